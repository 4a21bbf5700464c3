using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Learning;

/// <summary>One actor of a team.</summary>
/// <param name="Kind">Agent or adversary.</param>
/// <param name="Seat">The agent's seat, 0 for one that plays all seats; for an adversary, the seat of the agent that it trains.</param>
public readonly record struct ActorId(ActorKind Kind, int Seat)
{
    /// <inheritdoc/>
    public override string ToString() => Kind == ActorKind.Agent ? $"agent {Seat}" : $"adversary {Seat}";
}

/// <summary>Who takes which seat of an environment instance.</summary>
public enum Casting
{
    /// <summary>Every lane as <see cref="InstancePlan.Cast"/> says, throughout.</summary>
    Fixed = 0,

    /// <summary>In every lane one seat of the team, drawn at random for the rollout, is played by the second actor; also where the rollout goes on with an episode.</summary>
    RandomAdversary = 1,

    /// <summary>In every episode the first actor takes a random seat of the team and one random partner the others.</summary>
    RandomPartner = 2,
}

/// <summary>A partner that acts by an actor's present policy, mixed with noise, and does not learn.</summary>
/// <param name="Actor">Index among the instance's actors.</param>
/// <param name="Noise">Share of uniform noise over the legal actions, 0 to 1.</param>
public sealed record Mirror(int Actor, double Noise);

/// <summary>
/// One environment instance of a team's round: who sits where, and its lanes. Its players are its actors, then the frozen opponents, the
/// frozen partners and the mirrors.
/// </summary>
/// <param name="Casting">How seats are given to players.</param>
/// <param name="Actors">Indices in <see cref="TeamPlan.Actors"/> of those who learn from it.</param>
/// <param name="Cast">The player in every seat of the environment, as far as it is fixed.</param>
/// <param name="FirstLane">Number of its first lane in the round's random streams.</param>
/// <param name="Lanes">Its number of lanes.</param>
public sealed record InstancePlan(Casting Casting, IReadOnlyList<int> Actors, IReadOnlyList<int> Cast, int FirstLane, int Lanes)
{
    /// <summary>Partners that act by the actors' own policies; they are drawn like frozen ones.</summary>
    public IReadOnlyList<Mirror> Mirrors { get; init; } = [];

    /// <summary>Index in <see cref="TeamPlan.Actors"/> of the actor with whose state that of the lanes is kept, where rollouts continue episodes; another one for every instance.</summary>
    public int Keeper => Actors[0];
}

/// <summary>
/// Which actors a team has, which rollouts a round of it needs, and what each learns from, for any number of seats: what its method says,
/// worked out for its settings and environment.
/// </summary>
public sealed class TeamPlan
{
    /// <summary>Numbers in the observations of one actor in a round; buffers of twice as many still have an index.</summary>
    private const long LargestRollout = 1 << 29;

    private TeamPlan(PopulationSpec spec, EnvironmentInfo environment, TeamSeats team)
    {
        (Seats, Agents) = (environment.Seats, team.Agents);
        (Opponents, Partners) = (spec.Opponents.Count, spec.Partners.Count);
        var (settings, method) = (spec.Training, MethodRegistry.Of(spec.Training));
        Actors = method.Actors(settings, team.Agents);
        Objectives = [.. Actors.Select(actor => method.Objective(settings, actor.Kind))];
        Instances = method.Rollouts(settings, team);
        Evaluation = method.Together(settings, team) with { Lanes = settings.CurveEpisodes };
        StepsPerRound = Instances.Sum(instance => (long)instance.Lanes * settings.Horizon);
        StepsPerAgent = Instances[0].Lanes * settings.Horizon;
        PolicyStepsPerRound = PolicySteps(Instances, Actors, settings.Horizon, team.Agents, environment);
    }

    /// <summary>The actors: agents by seat, then adversaries by seat.</summary>
    public IReadOnlyList<ActorId> Actors { get; }

    /// <summary>What each actor learns from.</summary>
    public IReadOnlyList<Objective> Objectives { get; }

    /// <summary>The rollouts of a round.</summary>
    public IReadOnlyList<InstancePlan> Instances { get; }

    /// <summary>How the team is evaluated: its agents with each other, and with the opponents. Lanes are set by who plays it.</summary>
    public InstancePlan Evaluation { get; }

    /// <summary>Seats of the environment.</summary>
    public int Seats { get; }

    /// <summary>Seats whose players learn.</summary>
    public int Agents { get; }

    /// <summary>Number of frozen opponents; they come before the partners.</summary>
    public int Opponents { get; }

    /// <summary>Number of frozen partners.</summary>
    public int Partners { get; }

    /// <summary>Environment steps of the whole team in a round.</summary>
    public long StepsPerRound { get; }

    /// <summary>Environment steps of each agent in a round.</summary>
    public int StepsPerAgent { get; }

    /// <summary>
    /// Steps of its own from which each agent's policy learns in a round, the mean over agents. Adversaries' and frozen partners' steps do not count;
    /// where seats take turns, the policy's share of the turns does.
    /// </summary>
    public long PolicyStepsPerRound { get; }

    /// <summary>The plan of every team of a population.</summary>
    /// <exception cref="SettingsException">The spec does not fit the environment, see <see cref="Problems"/>.</exception>
    public static TeamPlan For(PopulationSpec spec, EnvironmentInfo environment)
    {
        var problems = Problems(spec, environment);
        if (problems.Count > 0) throw new SettingsException(problems);
        return new TeamPlan(spec, environment, new TeamSeats(spec.Opponents.Count > 0 ? environment.TeamSeats : environment.Seats, spec.Opponents.Count));
    }

    /// <summary>Environment steps of a team's round, and steps of each agent's policy; null where the method is not known.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="hasOpponents">Whether frozen opponents take the seats after the team's.</param>
    public static (long Environment, long Policy)? StepsOfRound(TrainingSettings settings, EnvironmentInfo environment, bool hasOpponents)
    {
        if (MethodRegistry.Find(settings.Method) is not { } method) return null;
        var seats = hasOpponents ? new TeamSeats(environment.TeamSeats, environment.Seats - environment.TeamSeats) : new TeamSeats(environment.Seats, 0);
        var instances = method.Rollouts(settings, seats);
        return (instances.Sum(instance => (long)instance.Lanes * settings.Horizon), PolicySteps(instances, method.Actors(settings, seats.Agents), settings.Horizon, seats.Agents, environment));
    }

    /// <summary>What keeps a spec, valid in itself, from being trained in an environment; none if it can.</summary>
    public static IReadOnlyList<SettingsProblem> Problems(PopulationSpec spec, EnvironmentInfo environment)
    {
        var problems = new List<SettingsProblem>();
        var settings = spec.Training;
        if (MethodRegistry.Find(settings.Method) is not { } method)
        {
            try
            {
                MethodRegistry.Get(settings.Method);
            }
            catch (SettingsException unknown)
            {
                problems.AddRange(unknown.Problems);
            }

            return problems;
        }

        if (!LearnerDevices.IsName(settings.Device)) problems.Add(LearnerDevices.Unknown(settings.Device));
        if (DeviceName.IsTorch(settings.Device) && HasRegulariser(method, settings))
            Add("learner.device", $"{method.Title} has a regulariser of its own, with which '{settings.Device}' does not learn", "use cpu");
        if (method.Trains == spec.Imported is not null)
            Add("method", $"{(method.Trains ? "what was imported" : "what was trained")} is not of the method \"{method.Id}\"", "use `srpo import` for policies of other programs, and for nothing else");
        OwnSettings(method, settings, Add);
        Others(method, spec, environment, Add);
        var agents = spec.Opponents.Count > 0 ? environment.TeamSeats : environment.Seats;
        if (agents < 2 && method.NeedsTeammates)
            Add("method", $"a team of one has no partner in {environment.Name} {environment.Variant}", $"use {Named(known => !known.NeedsTeammates)}");
        problems.AddRange(method.Refuses(settings, environment));
        var rollouts = method.Rollouts(settings with { SplitLanes = false }, new TeamSeats(agents, spec.Opponents.Count)).Count;
        if (settings.SplitLanes && settings.Lanes % rollouts != 0)
            Add("lanes", $"{settings.Lanes} lanes cannot be split among {rollouts} pairings", $"use a multiple of {rollouts}, or splitLanes = false");
        if (settings.ContinueEpisodes && !environment.SavesLanes)
            Add("continueEpisodes", $"an episode of {environment.Name} {environment.Variant} cannot be gone on with in the next rollout: the environment does not save its lanes", "use false");
        if (environment.TurnBased && settings.Horizon <= environment.Seats)
            Add("horizon", $"in {settings.Horizon} steps of {environment.Name} {environment.Variant} nobody sees what follows a turn", $"use more than {environment.Seats}");
        var encoding = ActorShape.EncodingFor(settings);
        var inputs = environment.ObservationLengths[(int)encoding];
        if (inputs <= 0)
            Add(settings.Network.OneHot ? "network.oneHot" : "method", $"{environment.Name} {environment.Variant} does not offer the observation encoding '{encoding}'", settings.Network.OneHot ? "use false" : "use a method with a policy for every seat");
        var rows = (long)settings.Lanes * (settings.Horizon + 1) * (environment.TurnBased ? 1 : agents);
        if ((!environment.HasStates || settings.Network.Gru > 0) && rows * Math.Max(settings.Network.CentralCritic ? inputs * environment.Seats : inputs, 64L * ((environment.Actions + 15) / 16)) > LargestRollout)
            Add("horizon", $"{rows} observations of {inputs} numbers in a round are too many to hold", "use fewer lanes or steps");
        return problems;

        void Add(string field, FormattableString reason, string remedy) => problems.Add(new SettingsProblem(field, reason.ToString(CultureInfo.InvariantCulture), remedy));
    }

    private static bool HasRegulariser(Method method, TrainingSettings settings) =>
        new[] { ActorKind.Agent, ActorKind.Adversary }.Any(kind => method.Objective(settings, kind).Regulariser is not null);

    private static long PolicySteps(IReadOnlyList<InstancePlan> instances, IReadOnlyList<ActorId> actors, int horizon, int team, EnvironmentInfo environment)
    {
        var steps = instances.Sum(instance => (long)instance.Lanes * horizon * SeatsOfAgents(instance));
        return steps / actors.Count(actor => actor.Kind == ActorKind.Agent) / (environment.TurnBased ? environment.Seats : 1);

        int SeatsOfAgents(InstancePlan instance) => instance.Casting switch
        {
            Casting.RandomAdversary => team - 1,
            Casting.RandomPartner => 1,
            _ => instance.Cast.Take(team).Count(player => player < instance.Actors.Count && actors[instance.Actors[player]].Kind == ActorKind.Agent),
        };
    }

    /// <summary>Frozen opponents and partners that are missing, too many, or of no use.</summary>
    private static void Others(Method method, PopulationSpec spec, EnvironmentInfo environment, Action<string, FormattableString, string> add)
    {
        var opponents = environment.Seats - environment.TeamSeats;
        if (spec.Opponents.Count > 0 && spec.Opponents.Count != opponents)
        {
            add("opponents", $"{spec.Opponents.Count} frozen opponents are given; {environment.Name} {environment.Variant} has {opponents} seats for opponents",
                opponents == 0 ? "leave them out" : $"name {opponents}");
        }
        else if (opponents > 0 && spec.Opponents.Count == 0 && !method.TrainsOpponents)
        {
            add("opponents", $"in {environment.Name} {environment.Variant} only method {Named(known => known.TrainsOpponents)} can train a team and its opponents against each other",
                $"name {opponents} frozen opponents for the seats from {environment.TeamSeats} on");
        }
        else if (opponents > 0 && spec.Opponents.Count == 0 && spec.Training.SharePolicy)
        {
            add("sharePolicy", $"a team and its opponents cannot share a policy", "use false, or name frozen opponents");
        }

        if (method.NeedsPartners && spec.Partners.Count == 0)
            add("partners", $"{method.Title} has no partners", $"name a population trained with method {Named(known => known.MakesPartners)}");
        if (!method.NeedsPartners && spec.Partners.Count > 0)
            add("partners", $"{spec.Partners.Count} frozen partners are given to a method that plays with none", $"use method = {Named(known => known.NeedsPartners)}, or leave them out");
    }

    /// <summary>Settings of one method that are given to another, or out of range.</summary>
    private static void OwnSettings(Method method, TrainingSettings settings, Action<string, FormattableString, string> add)
    {
        if (settings.Own is not { } own) return;
        foreach (var (path, value) in own)
        {
            if (method.OwnSettings.FirstOrDefault(setting => setting.Path == path) is not { } setting)
                add(path, $"method \"{method.Id}\" has no such setting", "leave it out");
            else if (!(value >= setting.Low && value <= setting.High))
                add(path, $"{value} is out of range", string.Create(CultureInfo.InvariantCulture, $"use a number from {setting.Low} to {setting.High}"));
        }
    }

    private static string Named(Func<Method, bool> condition) => string.Join(" or ", MethodRegistry.All.Where(condition).Select(method => $"\"{method.Id}\""));
}

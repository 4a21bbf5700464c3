using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>
/// Which actors a team has and which rollouts a round of it needs (spec "algorithm": IPPO, SRPO, policy sharing, fictitious
/// co-play), for any number of seats. Opponents' seats follow the team's; their frozen policies, where there are any, are
/// players after the actors, and so are the frozen partners.
/// </summary>
public sealed class TeamPlan
{
    /// <summary>Numbers in the observations of one actor in a round; buffers of twice as many still have an index.</summary>
    private const long LargestRollout = 1 << 29;

    private readonly TrainingSettings _settings;

    private TeamPlan(PopulationSpec spec, int seats, int agents)
    {
        (_settings, Seats, Agents) = (spec.Training, seats, agents);
        (Opponents, Partners) = (spec.Opponents.Count, spec.Partners.Count);
    }

    /// <summary>The actors: agents by seat, then adversaries by seat.</summary>
    public required IReadOnlyList<ActorId> Actors { get; init; }

    /// <summary>The rollouts of a round.</summary>
    public required IReadOnlyList<InstancePlan> Instances { get; init; }

    /// <summary>How the team is evaluated: its agents with each other, and with the opponents. Lanes are set by who plays it.</summary>
    public required InstancePlan Evaluation { get; init; }

    /// <summary>Seats of the environment.</summary>
    public int Seats { get; }

    /// <summary>Seats whose players learn.</summary>
    public int Agents { get; }

    /// <summary>Number of frozen opponents; they come before the partners.</summary>
    public int Opponents { get; }

    /// <summary>Number of frozen partners.</summary>
    public int Partners { get; }

    /// <summary>Environment steps of the whole team in a round.</summary>
    public long StepsPerRound => _settings.EnvironmentStepsPerUpdate(Agents);

    /// <summary>Environment steps of each agent in a round.</summary>
    public int StepsPerAgent => _settings.SamplesPerUpdate(Agents);

    /// <summary>The plan of every team of a population.</summary>
    /// <exception cref="SettingsException">The spec does not fit the environment, see <see cref="Problems"/>.</exception>
    public static TeamPlan For(PopulationSpec spec, EnvironmentInfo environment)
    {
        var problems = Problems(spec, environment);
        if (problems.Count > 0) throw new SettingsException(problems);
        var settings = spec.Training;
        var agents = spec.Opponents.Count > 0 ? environment.TeamSeats : environment.Seats;
        var one = settings.UsesOnePolicy;
        var seats = Enumerable.Range(0, one ? 1 : agents).ToArray();
        List<ActorId> actors = [.. seats.Select(seat => new ActorId(ActorKind.Agent, seat))];
        if (settings.UsesAdversaries) actors.AddRange(seats.Select(seat => new ActorId(ActorKind.Adversary, seat)));
        return new TeamPlan(spec, environment.Seats, agents)
        {
            Actors = actors,
            Instances = Rollouts(settings, agents, spec.Opponents.Count),
            Evaluation = Together(settings, agents, spec.Opponents.Count) with { Lanes = settings.CurveEpisodes },
        };
    }

    /// <summary>What keeps a spec, valid in itself, from being played in an environment; none if it can.</summary>
    public static IReadOnlyList<SettingsProblem> Problems(PopulationSpec spec, EnvironmentInfo environment)
    {
        var problems = new List<SettingsProblem>();
        var settings = spec.Training;
        var opponents = environment.Seats - environment.TeamSeats;
        if (spec.Opponents.Count > 0 && spec.Opponents.Count != opponents)
        {
            Add("opponents", $"{spec.Opponents.Count} frozen opponents are given; {environment.Name} {environment.Variant} has {opponents} seats for opponents",
                opponents == 0 ? "leave them out" : $"name {opponents}");
        }
        else if (opponents > 0 && spec.Opponents.Count == 0 && settings.Method != Method.Ippo)
        {
            Add("opponents", $"in {environment.Name} {environment.Variant} only method \"ippo\" can train a team and its opponents against each other",
                $"name {opponents} frozen opponents for the seats from {environment.TeamSeats} on");
        }
        else if (opponents > 0 && spec.Opponents.Count == 0 && settings.SharePolicy)
        {
            Add("sharePolicy", $"a team and its opponents cannot share a policy", "use false, or name frozen opponents");
        }

        var agents = spec.Opponents.Count > 0 ? environment.TeamSeats : environment.Seats;
        if (agents < 2 && (settings.UsesAdversaries || settings.Method == Method.FictitiousCoPlay))
            Add("method", $"a team of one has no partner in {environment.Name} {environment.Variant}", "use \"ippo\"");
        var rollouts = settings.RolloutsPerUpdate(agents);
        if (settings.SplitLanes && settings.Lanes % rollouts != 0)
            Add("lanes", $"{settings.Lanes} lanes cannot be split among {rollouts} pairings", $"use a multiple of {rollouts}, or splitLanes = false");
        if (settings.UsesAdversaries && settings.Adversary.Critic == AdversaryCritic.Shared && environment.TurnBased)
            Add("adversary.critic", $"in {environment.Name} agents and adversaries act at different times, so no advantage is shared", "use \"own\"");
        if (environment.TurnBased && settings.Horizon <= environment.Seats)
            Add("horizon", $"in {settings.Horizon} steps of {environment.Name} {environment.Variant} nobody sees what follows a turn", $"use more than {environment.Seats}");
        var encoding = ActorShape.EncodingFor(settings);
        var inputs = environment.ObservationLengths[(int)encoding];
        if (inputs <= 0)
            Add(settings.Network.OneHot ? "network.oneHot" : "method", $"{environment.Name} {environment.Variant} does not offer the observation encoding '{encoding}'", settings.Network.OneHot ? "use false" : "use a method with a policy for every seat");
        var rows = (long)settings.Lanes * (settings.Horizon + 1) * (environment.TurnBased ? 1 : agents);
        if (!StepViews.HasStates(environment) && rows * Math.Max(inputs, 4 * Padding.Pad(environment.Actions)) > LargestRollout)
            Add("horizon", $"{rows} observations of {inputs} numbers in a round are too many to hold", "use fewer lanes or steps");
        return problems;

        void Add(string field, FormattableString reason, string remedy) => problems.Add(new SettingsProblem(field, reason.ToString(CultureInfo.InvariantCulture), remedy));
    }

    private static IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, int agents, int opponents)
    {
        var together = Together(settings, agents, opponents) with { Lanes = settings.Lanes };
        if (settings.Method == Method.FictitiousCoPlay) return [together with { Casting = Casting.RandomPartner }];
        if (!settings.UsesAdversaries) return [together];
        if (settings.SharePolicy)
            return [new InstancePlan(Casting.RandomAdversary, [0, 1], Sit(agents, opponents, 2, _ => 0), 0, settings.Lanes)];

        // Agent i in its own seat, its adversary in all others.
        var lanes = settings.SplitLanes ? settings.Lanes / agents : settings.Lanes;
        return [.. Enumerable.Range(0, agents).Select(agent =>
            new InstancePlan(Casting.Fixed, [agent, agents + agent], Sit(agents, opponents, 2, seat => seat == agent ? 0 : 1), agent * lanes, lanes))];
    }

    /// <summary>The agents with each other.</summary>
    private static InstancePlan Together(TrainingSettings settings, int agents, int opponents)
    {
        var count = settings.UsesOnePolicy ? 1 : agents;
        return new InstancePlan(
            Casting.Fixed, [.. Enumerable.Range(0, count)], Sit(agents, opponents, count, seat => settings.UsesOnePolicy ? 0 : seat), 0, settings.Lanes);
    }

    /// <summary>A player for every seat; the opponents are the players after the actors.</summary>
    private static int[] Sit(int agents, int opponents, int actors, Func<int, int> player) =>
        [.. Enumerable.Range(0, agents).Select(player), .. Enumerable.Range(actors, opponents)];
}

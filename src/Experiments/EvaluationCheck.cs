using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Experiments;

/// <summary>Teams that play in an evaluation, or are opponents there.</summary>
/// <param name="Name">Their population, as messages name it.</param>
/// <param name="Training">How they are trained.</param>
/// <param name="Environment">What they are trained in.</param>
/// <param name="Teams">Their number.</param>
public sealed record EvaluatedTeams(string Name, TrainingSettings Training, EnvironmentSettings Environment, int Teams)
{
    /// <summary>The scripted player that they are; null where they were trained.</summary>
    public ScriptedReference? Scripted { get; init; }

    /// <summary>The teams of a population that exists.</summary>
    /// <param name="spec">The population.</param>
    public static EvaluatedTeams Of(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new(spec.Population, spec.Training, spec.Environment, spec.Teams) { Scripted = spec.Imported?[0].Scripted };
    }
}

/// <summary>Why an evaluation cannot be played.</summary>
/// <param name="Layout">Where; null if it is not one layout's doing.</param>
/// <param name="Field">What is to blame: "layouts", "opponents", "actions" or "seeds".</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What would be right.</param>
public sealed record EvaluationProblem(EvaluationLayout? Layout, string Field, string Reason, string Remedy);

/// <summary>
/// Whether teams can play where they are to be measured: seats, observations, actions, opponents, number of runs. Everything that a tournament
/// refuses when it begins is known before its teams are trained.
/// </summary>
public static class EvaluationCheck
{
    /// <summary>What keeps an evaluation from being played, at most one problem for a layout; none if it can.</summary>
    /// <param name="players">Who plays, each with each.</param>
    /// <param name="layouts">Where.</param>
    /// <param name="find">The population of an opponent, by the name that it is referred to by; null where it is not known.</param>
    public static IReadOnlyList<EvaluationProblem> Problems(
        IReadOnlyList<EvaluatedTeams> players, IReadOnlyList<EvaluationLayout> layouts, Func<string, EvaluatedTeams?> find)
    {
        var problems = new List<EvaluationProblem>();
        var shapes = new Dictionary<EvaluatedTeams, TrainedShape>(ReferenceEqualityComparer.Instance);
        var runs = players.Sum(player => (long)player.Teams);
        if (runs > TournamentSpec.MaxRuns)
        {
            problems.Add(new EvaluationProblem(null, "seeds",
                Invariant($"{runs} runs are measured, each with each, which makes {runs * runs} pairs on every layout; {TournamentSpec.MaxRuns} runs are the most"),
                "use fewer seeds, or write \"evaluate\": false in some populations"));
        }

        problems.AddRange(layouts.Select(Problem).OfType<EvaluationProblem>());
        return problems;

        EvaluationProblem? Problem(EvaluationLayout layout)
        {
            var info = Info(layout.Environment);
            var opponents = info.Seats - info.TeamSeats;
            if (info.TeamSeats > Seatings.MaxMixedSeats)
                return new(layout, "layouts", Invariant($"'{layout.Name}' has {info.TeamSeats} seats for a team, which are too many ways to mix two runs"), Invariant($"choose a layout with at most {Seatings.MaxMixedSeats}"));
            foreach (var player in players)
            {
                var shape = Shape(player);
                if ((shape.Info.TeamSeats, shape.Info.Seats) != (info.TeamSeats, info.Seats))
                {
                    return new(layout, "layouts",
                        Invariant($"'{layout.Name}' has {info.TeamSeats} seats for a team and {opponents} for opponents, the layout of training {shape.Info.TeamSeats} and {shape.Info.Seats - shape.Info.TeamSeats}"),
                        "choose a layout with the same seats" + Fitting(layout));
                }

                if (shape.Scripted is not null && shape.Info.Name != info.Name)
                    return new(layout, "layouts", $"'{player.Name}' was imported for {shape.Info.Name}, and '{layout.Name}' is one of {info.Name}", $"import it for {info.Name} under another name");
                if (shape.Misfit(info) is { } misfit) return new(layout, "layouts", $"'{player.Name}' cannot play on '{layout.Name}': {misfit}", "choose a layout with the same observations and actions" + Fitting(layout));
            }

            if (layout.Actions != ActionChoice.Sampled && !EnvironmentFactory.Find(layout.Environment.Name).IsStepped)
                return new(layout, "actions", $"how tokens are chosen on '{layout.Name}' is a field of the debate", "use \"sampled\", and the debate's evaluationTemperature, 0 for the most likely tokens");

            if (layout.Opponents.Count < opponents)
                return new(layout, "opponents", $"the seats of the opponents in {info.Name} {info.Variant} are empty", "name frozen opponents, for example [\"LABEL/0\"]");
            foreach (var name in layout.Opponents.Select(opponent => opponent.Population).Distinct())
            {
                if (find(name) is { } known && Shape(known).Misfit(info) is { } misfit)
                    return new(layout, "opponents", $"the opponents of '{name}' cannot play on '{layout.Name}': {misfit}", "name opponents with the same observations and actions");
            }

            return null;
        }

        TrainedShape Shape(EvaluatedTeams teams)
        {
            if (!shapes.TryGetValue(teams, out var shape)) shapes[teams] = shape = new TrainedShape(ActorShape.EncodingFor(teams.Training), Info(teams.Environment), teams.Scripted);
            return shape;
        }

        string Fitting(EvaluationLayout layout)
        {
            var registration = EnvironmentFactory.Find(layout.Environment.Name);
            var fitting = registration.Variants.Where(variant =>
            {
                var info = Info(new EnvironmentSettings(registration.Name, variant));
                return players.All(player => Shape(player) is var shape && (shape.Info.TeamSeats, shape.Info.Seats) == (info.TeamSeats, info.Seats) && shape.Misfit(info) is null);
            }).ToList();
            return fitting.Count == 0 ? "" : ", for example " + string.Join(", ", fitting);
        }
    }

    /// <summary>The teams of a population of an experiment.</summary>
    /// <param name="environment">The environment of training.</param>
    /// <param name="population">The population.</param>
    internal static EvaluatedTeams Teams(EnvironmentSettings environment, ExperimentPopulation population) => new(population.Label, population.Training, environment, population.Seeds);

    private static EnvironmentInfo Info(EnvironmentSettings settings) => EnvironmentFactory.Info(settings);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a policy observes and does, by where it was trained.</summary>
    private sealed record TrainedShape(ObservationEncoding Encoding, EnvironmentInfo Info, ScriptedReference? Scripted)
    {
        public string? Misfit(EnvironmentInfo environment) => Scripted is not null ? ScriptedPolicy.Misfit(Scripted, environment) : ActorShape.Misfit(Encoding, Info.ObservationLengths[(int)Encoding], Info.Actions, environment);
    }
}

using Srpo.Client.Cli;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Output;

/// <summary>Populations as text or JSON.</summary>
internal static class PopulationViews
{
    /// <summary>One population with its teams.</summary>
    public static void Print(CommandContext context, PopulationStatus status)
    {
        if (context.Json)
        {
            context.PrintJson(status);
            return;
        }

        var returns = status.Teams.Select(team => team.LastReturn).OfType<double>().ToArray();
        var score = Texts.AreDebates(status.Environment) ? "joint accuracy" : "return";
        Tables.PrintPairs(context.Shell,
        [
            ("population", status.Population),
            ("phase", Phase(status)),
            ("method", status.Method),
            ("environment", status.Environment),
            ("imported from", status.Imported is { } files ? string.Join("; ", files.Select(Texts.Imported)) : null),
            ("done", status.Imported is not null ? null : $"{Texts.Percent(PopulationTraining.Fraction(status))} of {Texts.Count(status.EnvironmentStepsTotal)} env-steps"),
            ("rate", status.TokensPerSecond > 0 ? Texts.Rate(status.TokensPerSecond, "tokens") : status.EnvironmentStepsPerSecond > 0 ? Texts.Rate(status.EnvironmentStepsPerSecond) : null),
            ("training time", status.Imported is not null ? null : Texts.Duration(TimeSpan.FromSeconds(status.TrainingSeconds))),
            (score, returns.Length == 0 ? null : $"{Shown(returns.Average())} (worst team {Shown(returns.Min())}, best {Shown(returns.Max())})"),
            ("error", status.Error),
            ("warning", status.Warning),
        ]);
        var looked = Array.Exists(status.Teams, team => team.ReadableRound is not null);
        Tables.Print(
            context.Shell,
            ["team#", "rounds#", "checkpoint#", .. looked ? ["readable#"] : Array.Empty<string>(), score + "#", ""],
            status.Teams.Select(team => (IReadOnlyList<string>)
            [
                Whole(team.Team),
                $"{Whole(team.Round)}/{Whole(status.Rounds)}",
                Whole(team.CheckpointRound),
                .. looked ? [team.ReadableRound is { } readable ? Whole(readable) : ""] : Array.Empty<string>(),
                team.LastReturn is { } last ? Shown(last) : "",
                team.Quarantine is null ? "" : "in quarantine",
            ]));

        string Shown(double value) => Texts.Score(value, status.Environment);
    }

    /// <summary>All populations, one a line.</summary>
    public static void PrintList(CommandContext context, IReadOnlyList<PopulationStatus> statuses)
    {
        if (context.Json)
        {
            context.PrintJson(statuses);
            return;
        }

        if (statuses.Count == 0)
        {
            context.Out.WriteLine("no populations yet; `srpo run overcooked-quick` makes two");
            return;
        }

        Tables.Print(
            context.Shell,
            ["population", "phase", "method", "environment", "teams#", "done#", "return#"],
            statuses.Select(status => (IReadOnlyList<string>)
            [
                status.Population,
                Phase(status),
                status.Method,
                status.Environment,
                Whole(status.Teams.Length),
                Texts.Percent(PopulationTraining.Fraction(status)),
                status.Teams.Select(team => team.LastReturn).OfType<double>().ToArray() is { Length: > 0 } returns ? Texts.Score(returns.Average(), status.Environment) : "",
            ]));
    }

    internal static string Phase(PopulationStatus status) => status.Wish switch
    {
        PopulationPhase.Paused => "pausing",
        PopulationPhase.Stopped => "stopping",
        _ => status.Phase.ToString().ToLowerInvariant(),
    };

    private static string Whole(int value) => value.ToString();
}

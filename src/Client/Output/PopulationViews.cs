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
        Tables.PrintPairs(context.Shell,
        [
            ("population", status.Population),
            ("phase", Phase(status)),
            ("method", status.Method),
            ("environment", status.Environment),
            ("done", $"{Texts.Percent(PopulationTraining.Fraction(status))} of {Texts.Count(status.EnvironmentStepsTotal)} env-steps"),
            ("rate", status.EnvironmentStepsPerSecond > 0 ? Texts.Rate(status.EnvironmentStepsPerSecond) : null),
            ("training time", Texts.Duration(TimeSpan.FromSeconds(status.TrainingSeconds))),
            ("return", returns.Length == 0 ? null : $"{Texts.Number(returns.Average())} (worst team {Texts.Number(returns.Min())}, best {Texts.Number(returns.Max())})"),
            ("error", status.Error),
            ("warning", status.Warning),
        ]);
        var looked = Array.Exists(status.Teams, team => team.ReadableRound is not null);
        Tables.Print(
            context.Shell,
            ["team#", "rounds#", "checkpoint#", .. looked ? ["readable#"] : Array.Empty<string>(), "return#", ""],
            status.Teams.Select(team => (IReadOnlyList<string>)
            [
                Whole(team.Team),
                $"{Whole(team.Round)}/{Whole(status.Rounds)}",
                Whole(team.CheckpointRound),
                .. looked ? [team.ReadableRound is { } readable ? Whole(readable) : ""] : Array.Empty<string>(),
                team.LastReturn is { } last ? Texts.Number(last) : "",
                team.Quarantine is null ? "" : "in quarantine",
            ]));
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
                status.Teams.Select(team => team.LastReturn).OfType<double>().ToArray() is { Length: > 0 } returns ? Texts.Number(returns.Average()) : "",
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

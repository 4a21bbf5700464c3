using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Experiments.Data;
using Srpo.Experiments.Packs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Output;

/// <summary>Runs as text or JSON.</summary>
internal static class RunViews
{
    /// <summary>What a packed run holds: "2 populations, 1 tournament, 116 entries".</summary>
    public static string Contents(PackManifest pack)
    {
        return string.Join(", ", Of(pack.Populations.Count, "population"), Of(pack.Tournaments.Count, "tournament"), pack.Entries.Count == 1 ? "1 entry" : $"{Texts.Count(pack.Entries.Count)} entries");

        static string Of(int count, string what) => $"{Texts.Count(count)} {what}{(count == 1 ? "" : "s")}";
    }

    /// <summary>All runs, one a line.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="states">Where those stand that have no file that says it, by id.</param>
    public static void PrintList(CommandContext context, IReadOnlyList<StoredRun> runs, IReadOnlyDictionary<string, string> states)
    {
        if (context.Json)
        {
            context.PrintJson(runs.Select(run => ToJson(context, run, states.GetValueOrDefault(run.Id, ""))));
            return;
        }

        if (runs.Count == 0)
        {
            context.Out.WriteLine($"no runs; `{CommandHints.For(context.Shell, "run overcooked-quick")}` makes one");
            return;
        }

        Tables.Print(
            context.Shell,
            ["run", "name", "kind", "state", "started", "populations#", "tournaments#", "tags", "note"],
            runs.Select(run => (IReadOnlyList<string>)
            [
                run.Id, run.Labels.Name ?? "", Kind(run), State(context, run, states.GetValueOrDefault(run.Id, "")), Started(run) ?? "", run.Populations.Count.ToString(), run.Tournaments.Count.ToString(),
                string.Join(' ', run.Labels.Tags), Line(run.Labels.Note),
            ]));
    }

    /// <summary>One run with what is stored of it.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="run">The run.</param>
    /// <param name="otherwise">Where it stands if no file says it.</param>
    /// <param name="populations">Its populations.</param>
    /// <param name="tournaments">Its tournaments.</param>
    /// <param name="problems">What of it cannot be read.</param>
    /// <param name="needs">Who needs it.</param>
    public static void Print(
        CommandContext context, StoredRun run, string otherwise, IReadOnlyList<PopulationStatus> populations, IReadOnlyList<TournamentStatus> tournaments, IReadOnlyList<string> problems, IReadOnlyList<string> needs)
    {
        if (context.Json)
        {
            context.PrintJson(new { Run = ToJson(context, run, otherwise), Populations = populations, Tournaments = tournaments, Problems = problems, NeededBy = needs });
            return;
        }

        Tables.PrintPairs(context.Shell,
        [
            ("run", run.Id),
            ("name", run.Labels.Name),
            ("kind", Kind(run)),
            ("state", State(context, run, otherwise)),
            ("started", Started(run)),
            ("command", run.CommandLine),
            ("directory", run.Directory),
            ("outputs", run.Out),
            ("tags", string.Join(' ', run.Labels.Tags)),
            ("note", run.Labels.Note),
            ("needed by", string.Join('\n', needs)),
            ("problem", string.Join('\n', problems.Prepend(run.Problem).OfType<string>())),
        ]);
        if (populations.Count > 0) PopulationViews.PrintList(context, populations);
        if (tournaments.Count == 0) return;
        Tables.Print(
            context.Shell,
            ["tournament", "environment", "runs#", "pairs#", "played#"],
            tournaments.Select(tournament => (IReadOnlyList<string>)
            [
                tournament.Tournament, tournament.Environment, tournament.Players.ToString(), tournament.PairsTotal.ToString(), Texts.Percent((double)tournament.PairsDone / Math.Max(1, tournament.PairsTotal)),
            ]));
    }

    private static object ToJson(CommandContext context, StoredRun run, string otherwise) => new
    {
        run.Id,
        run.Labels.Name,
        run.Kind,
        State = State(context, run, otherwise),
        run.Started,
        run.CommandLine,
        run.Directory,
        run.Out,
        run.Populations,
        run.Tournaments,
        run.Labels.Tags,
        run.Labels.Note,
        run.Problem,
    };

    private static string Kind(StoredRun run) => run.Kind switch
    {
        RunKind.CrossPlay => "cross-play",
        _ => run.Kind.ToString().ToLowerInvariant(),
    };

    private static string State(CommandContext context, StoredRun run, string otherwise) =>
        RunStates.Of(run, isAlive: !context.UsesCluster && RunLock.IsHeld(context.Data, run.Id)) ?? otherwise;

    private static string? Started(StoredRun run) => run.Started?.ToLocalTime().ToString("yyyy-MM-dd HH:mm");

    private static string Line(string? note)
    {
        const int longest = 40;
        var line = note?.Split('\n')[0].Trim() ?? "";
        return line.Length <= longest ? line : line[..(longest - 3)] + "...";
    }
}

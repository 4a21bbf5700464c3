using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Dashboards;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench pages`: how long pages of the dashboard take over many stored runs, how soon they show what is new, and what an open one costs training.</summary>
internal static class BenchPagesCommand
{
    private static readonly Option<int?> Runs = CommandExtensions.WholeOption("--runs", "Stored runs. Default: 1000.", 1, 100_000);

    private static readonly Option<int?> Teams = CommandExtensions.WholeOption("--teams", "Teams of each, each with a learning curve. Default: 1.", 1, 10_000);

    private static readonly Option<int?> Points = CommandExtensions.WholeOption("--points", "Points of every curve. Default: 100.", 2, 1_000_000);

    private static readonly Option<int?> Processes = CommandExtensions.WholeOption("--processes", "Dashboards that are started for each page, to open it as their first one. Default: 3.", 1, 1000);

    private static readonly Option<int?> Seconds = CommandExtensions.WholeOption("--seconds", "How long a page is followed beside training, twice; 0 leaves it out. Default: 60.", 0, 3600);

    public static Command Create(Shell shell) =>
        new Command("pages", "Measure the pages of the dashboard in chromium: over many stored runs, and open beside training. Takes some minutes; leave the machine alone meanwhile.") { Runs, Teams, Points, Processes, Seconds }
            .OnThisMachine()
            .Without(GlobalOptions.Data, "it works in a temporary directory")
            .Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var browser = BrowserTab.Find(context.Shell.Variable("PATH"))
            ?? throw new SrpoException(ErrorKind.Environment, "there is no chromium on PATH, in which pages are opened; install it, for instance with apt-get install chromium");
        var (runs, teams, points, seconds) = (context.Get(Runs) ?? 1000, context.Get(Teams) ?? 1, context.Get(Points) ?? 100, context.Get(Seconds) ?? 60);

        // Training that is started and killed here is not gone on with.
        context.EndInOrder();
        var directory = Directory.CreateTempSubdirectory("srpo-bench-");
        try
        {
            var bench = new PagesBench(new DataDirectory(directory.FullName), browser, context.Workers, context.Error.WriteLine);
            var made = await bench.MakeAsync(runs, teams, points, context.Cancellation);
            var opening = await bench.OpenAsync(runs, context.Get(Processes) ?? 3, context.Cancellation);
            var following = seconds == 0 ? null : await bench.FollowAsync(seconds, context.Cancellation);
            var open = seconds == 0 ? null : await bench.ShareAsync(seconds, context.Cancellation);
            if (context.Json) context.PrintJson(new { Runs = runs, Teams = teams, Points = points, SecondsOfMaking = made, Opening = opening, NewRounds = following, OpenPage = open });
            else Print(context.Shell, opening, following, open);
            return (int)ExitCode.Ok;
        }
        finally
        {
            await RemoveAsync(directory);
        }
    }

    /// <summary>Parts of a browser that has been ended may write a last file.</summary>
    private static async Task RemoveAsync(DirectoryInfo directory)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                directory.Delete(recursive: true);
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException && attempt < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
        }
    }

    private static void Print(Shell shell, PageTimes[] opening, RoundTimes? following, OpenPage? open)
    {
        Tables.Print(
            shell, ["page", "first of a process, ms#", "longest#", "later ones, ms#", "longest#"],
            opening.Select(page => (IReadOnlyList<string>)[page.Page, Number(page.Cold.Median), Number(page.Cold.Longest), Number(page.Warm.Median), Number(page.Warm.Longest)]));
        if (following is null || open is null) return;
        Tables.PrintPairs(shell,
        [
            ("new rounds", string.Create(CultureInfo.InvariantCulture, $"shown after {Number(following.Milliseconds.Median)} ms in the median, {Number(following.Milliseconds.Longest)} ms at most, of {following.Count} times")),
            ("open page", string.Create(CultureInfo.InvariantCulture, $"{open.DashboardSeconds:0.00} s of the processor in {open.Seconds:0} s, training beside it {open.TrainingSeconds:0.00} s")),
            ("share", open.Share.ToString("P2", CultureInfo.InvariantCulture)),
        ]);
    }

    private static string Number(double milliseconds) => milliseconds.ToString(milliseconds < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}

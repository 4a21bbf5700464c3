using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Dashboards;
using Srpo.Client.Output;
using Srpo.Experiments.Data;

namespace Srpo.Client.Commands;

/// <summary>`srpo bench pages`: how long pages of the dashboard take over many stored runs, and what an open one costs training.</summary>
internal static class BenchPagesCommand
{
    private static readonly Option<int?> Runs = CommandExtensions.WholeOption("--runs", "Stored runs. Default: 1000.", 1, 100_000);

    private static readonly Option<int?> Teams = CommandExtensions.WholeOption("--teams", "Teams of each, each with a learning curve. Default: 1.", 1, 10_000);

    private static readonly Option<int?> Points = CommandExtensions.WholeOption("--points", "Points of every curve. Default: 100.", 2, 1_000_000);

    private static readonly Option<int?> Seconds = CommandExtensions.WholeOption("--seconds", "How long an open page is measured beside training, with chromium; 0 leaves it out. Default: 60.", 0, 86_400);

    public static Command Create(Shell shell) =>
        new Command("pages", "Measure the pages of the dashboard: over many stored runs, and open beside training. Takes some minutes; leave the machine alone meanwhile.") { Runs, Teams, Points, Seconds }
            .OnThisMachine()
            .Without(GlobalOptions.Data, "it works in a temporary directory")
            .Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var (runs, seconds) = (context.Get(Runs) ?? 1000, context.Get(Seconds) ?? 60);
        var browser = seconds > 0 ? FindBrowser(context.Shell.Variable("PATH")) : null;
        if (seconds > 0 && browser is null) context.Error.WriteLine("srpo: warning: an open page is not measured; there is no chromium on the PATH");
        var directory = Directory.CreateTempSubdirectory("srpo-bench-");
        try
        {
            var bench = new PagesBench(new DataDirectory(directory.FullName), context.Workers, context.Error.WriteLine);
            var made = await bench.MakeAsync(runs, context.Get(Teams) ?? 1, context.Get(Points) ?? 100, context.Cancellation);
            var pages = await bench.PagesAsync(runs, context.Cancellation);
            var open = browser is null ? null : await bench.OpenAsync(browser, seconds, context.Cancellation);
            if (context.Json)
            {
                context.PrintJson(new { Runs = runs, Teams = context.Get(Teams) ?? 1, Points = context.Get(Points) ?? 100, SecondsOfMaking = made, Milliseconds = pages, OpenPage = open });
                return (int)ExitCode.Ok;
            }

            Tables.Print(
                context.Shell, ["page", "first, ms#", "then, median#", "longest#"],
                pages.Select(page => (IReadOnlyList<string>)[page.Page, Number(page.First), Number(page.Median), Number(page.Longest)]));
            if (open is not null)
            {
                Tables.PrintPairs(context.Shell,
                [
                    ("open page", string.Create(CultureInfo.InvariantCulture, $"{open.DashboardSeconds:0.00} s of the processor in {open.Seconds:0} s, training beside it {open.TrainingSeconds:0.00} s")),
                    ("share", open.Share.ToString("P2", CultureInfo.InvariantCulture)),
                ]);
            }

            return (int)ExitCode.Ok;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Number(double milliseconds) => milliseconds.ToString(milliseconds < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string? FindBrowser(string? path) => (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}

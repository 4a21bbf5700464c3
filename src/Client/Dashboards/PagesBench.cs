using System.Diagnostics;
using System.Globalization;
using Srpo.Bench.Throughput;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;

namespace Srpo.Client.Dashboards;

/// <summary>The median and the longest of several times, in milliseconds.</summary>
internal sealed record Times(double Median, double Longest)
{
    public static Times Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new Times(sorted[sorted.Length / 2], sorted[^1]);
    }
}

/// <summary>How long a page takes to open: as the first one of a process, and after others.</summary>
internal sealed record PageTimes(string Page, Times Cold, Times Warm);

/// <summary>Times from when a population knows of further rounds until an open page shows them, and how many there are of them.</summary>
internal sealed record RoundTimes(int Count, Times Milliseconds);

/// <summary>Processor seconds of the dashboard and of the training beside it, over a time in which a page is open.</summary>
internal sealed record OpenPage(double Seconds, double DashboardSeconds, double TrainingSeconds)
{
    /// <summary>The dashboard's part of what training takes.</summary>
    public double Share => DashboardSeconds / Math.Max(TrainingSeconds, 1e-9);
}

/// <summary>
/// What pages cost: how long they take to open over many stored runs, how soon they show what is new, and what the dashboard takes of the processor beside training. Measured is
/// `srpo dashboard` in processes of its own, with a browser.
/// </summary>
/// <param name="data">A directory for nothing else.</param>
/// <param name="browser">The file of chromium.</param>
/// <param name="workers">Worker threads; 0 for one per core.</param>
/// <param name="progress">Told what is being done.</param>
internal sealed class PagesBench(DataDirectory data, string browser, int workers, Action<string> progress)
{
    private const int WarmTimes = 10;

    /// <summary>Notes when a page shows what it is opened for, and which round of the first team it shows at which time: figures have the points of that round at the same time.</summary>
    private const string Watch = """
        new MutationObserver(() => {
          const shown = document.querySelector(location.pathname === "/" ? "main tbody tr" : ".live figure svg.fig");
          if (shown) window.srpoShown ??= performance.now();
          const cell = document.querySelector("[aria-label=Teams] tbody td.n");
          const round = cell ? Number(cell.textContent.split(" of ")[0].replace(/[^0-9]/g, "")) : 0;
          const known = window.srpoRounds ??= [];
          if (round > (known.at(-1)?.[0] ?? 0)) known.push([round, Date.now()]);
        }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
        """;

    /// <summary>Before it is measured what a page takes: programs and pages start. Not longer than it is measured.</summary>
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(15);

    /// <summary>How long is waited for rounds of which there are too few.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private const int LeastCount = 3;

    /// <summary>Trains small populations, each with learning curves of every team.</summary>
    /// <returns>Seconds that it took.</returns>
    public async Task<double> MakeAsync(int runs, int teams, int points, CancellationToken cancellation)
    {
        progress(string.Create(CultureInfo.InvariantCulture, $"making {runs} runs of {teams} curves of {points} points"));
        await using var session = await LocalSession.StartAsync(data, workers, cancellation);
        return await new IdleBench(session.Grains, runs, teams, hidden: 1, points).RegisterAsync(
            done =>
            {
                if (done % 100 == 0) progress(string.Create(CultureInfo.InvariantCulture, $"{done} runs"));
            },
            cancellation);
    }

    /// <summary>Opens the list of all runs, and pages of several of them.</summary>
    /// <param name="runs">How many there are.</param>
    /// <param name="processes">Processes that each page is the first of.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<PageTimes[]> OpenAsync(int runs, int processes, CancellationToken cancellation)
    {
        progress("opening pages");
        await using var tab = await BrowserTab.StartAsync(browser, Profile("opening"), cancellation);
        await tab.AddScriptAsync(Watch, cancellation);
        return [await TimeAsync("all runs", _ => "/"), await TimeAsync("a run", turn => PathOf(IdleBench.Name(turn % runs)))];

        async Task<PageTimes> TimeAsync(string page, Func<int, string> path)
        {
            var (cold, warm) = (new List<double>(), new List<double>());
            for (var process = 0; process < processes; process++)
            {
                await using var dashboard = await DashboardProcess.StartAsync(data, cancellation);

                // A browser has its own first time too: the page that asks for the token is none of those that are measured.
                await tab.GoAsync(dashboard.Address.ToString(), cancellation);
                await tab.WaitAsync("document.querySelector('form')?.method", cancellation);
                cold.Add(await ShownAsync(dashboard, path(0)));
                for (var turn = 1; process == processes - 1 && turn <= WarmTimes; turn++) warm.Add(await ShownAsync(dashboard, path(turn)));
            }

            return new PageTimes(page, Times.Of(cold), Times.Of(warm));
        }

        async Task<double> ShownAsync(DashboardProcess dashboard, string path)
        {
            await tab.GoAsync(dashboard.LinkTo(path), cancellation);
            return (await tab.WaitAsync("window.srpoShown", cancellation)).GetDouble();
        }
    }

    /// <summary>How soon an open page shows further rounds, from when the population knows of them, which is asked fifty times a second: learners tell of several rounds together.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<RoundTimes> FollowAsync(double seconds, CancellationToken cancellation)
    {
        progress("measuring how soon rounds are shown");
        const string population = "followed";
        return await BesideTrainingAsync(
            population, ["seeds=1", "lanes=64", "horizon=400", "curveInterval=1", "iterations=100000"],
            async (source, tab, _, _) =>
            {
                var news = new List<(int Round, double At)>();
                var known = await RoundAsync();
                for (var began = Stopwatch.GetTimestamp(); IsEarly(Stopwatch.GetElapsedTime(began)); await Task.Delay(Poll, cancellation))
                {
                    var round = await RoundAsync();
                    if (round <= known) continue;
                    known = round;
                    news.Add((round, (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds));
                }

                await tab.WaitAsync(string.Create(CultureInfo.InvariantCulture, $"window.srpoRounds.at(-1)[0] >= {known} || null"), cancellation);
                var shown = (await tab.WaitAsync("window.srpoRounds", cancellation)).EnumerateArray().Select(pair => (Round: pair[0].GetInt32(), At: pair[1].GetDouble())).ToArray();
                return new RoundTimes(news.Count, Times.Of(news.Select(one => shown.First(look => look.Round >= one.Round).At - one.At)));

                async Task<int> RoundAsync() => (await source.AskAsync(reader => reader.GetStatusAsync(population), cancellation)).Teams[0].Round;

                bool IsEarly(TimeSpan elapsed) => elapsed.TotalSeconds < seconds
                    || (news.Count < LeastCount && (elapsed < Patience ? true : throw new SrpoException(ErrorKind.Failed, "rounds of training take too long here to measure how soon pages show them")));
            },
            cancellation);
    }

    /// <summary>Measures the processor time of the dashboard while a browser has a page open beside training.</summary>
    /// <param name="seconds">How long.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<OpenPage> ShareAsync(double seconds, CancellationToken cancellation)
    {
        progress("measuring an open page beside training");
        return await BesideTrainingAsync(
            "beside", ["seeds=8", "iterations=10000000"],
            async (_, _, dashboard, training) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(seconds, Warming.TotalSeconds)), cancellation);
                var (own, its, began) = (Used(dashboard), Used(training), Stopwatch.GetTimestamp());
                await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
                return new OpenPage(Stopwatch.GetElapsedTime(began).TotalSeconds, Used(dashboard) - own, Used(training) - its);
            },
            cancellation);

        static double Used(Process process)
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Opens the page of a population that trains, and ends its training afterwards.</summary>
    private async Task<T> BesideTrainingAsync<T>(string population, string[] settings, Func<DataDirectorySource, BrowserTab, Process, Process, Task<T>> measure, CancellationToken cancellation)
    {
        await using var source = new DataDirectorySource(data, data.Root, data.Root, workers);
        await source.StartAsync(population, settings, cancellation);
        try
        {
            var owner = LiveRegistry.All(data).FirstOrDefault() ?? throw new SrpoException(ErrorKind.Failed, $"what trains beside the page ended at once; its messages are in {data.Live}");
            using var training = Process.GetProcessById(owner.Info.ProcessId);
            await using var dashboard = await DashboardProcess.StartAsync(data, cancellation);
            await using var tab = await BrowserTab.StartAsync(browser, Profile(population), cancellation);
            await tab.AddScriptAsync(Watch, cancellation);
            await tab.GoAsync(dashboard.LinkTo(PathOf(population)), cancellation);
            await tab.WaitAsync("window.srpoShown", cancellation);
            return await measure(source, tab, dashboard.Process, training);
        }
        finally
        {
            foreach (var owner in LiveRegistry.All(data))
            {
                using var training = Process.GetProcessById(owner.Info.ProcessId);
                await DashboardProcess.EndAsync(training);
            }
        }
    }

    private string Profile(string name) => Path.Combine(data.Root, ".browser", name);

    private static string PathOf(string population) => $"/runs/{population}";
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Srpo.Bench.Throughput;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Dashboard.Security;
using Srpo.Experiments.Data;

namespace Srpo.Client.Dashboards;

/// <summary>Milliseconds of a page: the first time that it is asked for, and the median and the longest of the times after that.</summary>
internal sealed record PageTime(string Page, double First, double Median, double Longest);

/// <summary>Processor seconds of the dashboard and of the training beside it, over a time in which a page is open.</summary>
internal sealed record OpenPage(double Seconds, double DashboardSeconds, double TrainingSeconds)
{
    /// <summary>The page's part of what training takes.</summary>
    public double Share => DashboardSeconds / Math.Max(TrainingSeconds, 1e-9);
}

/// <summary>
/// What pages cost: how long the list of many stored runs and the page of one of them take, asked for over HTTP as a browser does, and what the dashboard takes of the processor while a browser has
/// the page of a population open that trains.
/// </summary>
/// <param name="data">A directory for nothing else.</param>
/// <param name="workers">Worker threads; 0 for one per core.</param>
/// <param name="progress">Told what is being done.</param>
internal sealed class PagesBench(DataDirectory data, int workers, Action<string> progress)
{
    private const int Repetitions = 10;

    private const string Population = "beside";

    /// <summary>Before it is measured: programs and pages start.</summary>
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(15);

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

    /// <summary>Asks for the list of all runs, and for the pages of several of them.</summary>
    public async Task<PageTime[]> PagesAsync(int runs, CancellationToken cancellation)
    {
        progress("asking for pages");
        await using var source = Source();
        await using var host = await DashboardHost.StartAsync(source, port: 0, cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(new Uri(host.Link).GetLeftPart(UriPartial.Authority)) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Uri.UnescapeDataString(new Uri(host.Link).Query[$"?{PageAccess.Parameter}=".Length..]));
        return [await TimeAsync(client, "all runs", _ => "/", cancellation), await TimeAsync(client, "a run", turn => "/runs/" + IdleBench.Name(turn % runs), cancellation)];
    }

    /// <summary>Measures the dashboard while a browser has a page open beside training.</summary>
    /// <param name="browser">Path of chromium.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<OpenPage> OpenAsync(string browser, double seconds, CancellationToken cancellation)
    {
        progress("measuring an open page beside training");
        await using var source = Source();
        await using var host = await DashboardHost.StartAsync(source, port: 0, cancellation);
        await source.StartAsync(Population, ["seeds=8", "iterations=10000000"], cancellation);
        try
        {
            var owner = LiveRegistry.All(data).FirstOrDefault() ?? throw new SrpoException(ErrorKind.Failed, $"what trains beside the page ended at once; its messages are in {data.Live}");
            using var training = Process.GetProcessById(owner.Info.ProcessId);
            using var page = Browse(browser, host.Link.Replace("/?", $"/runs/{Population}?", StringComparison.Ordinal));
            try
            {
                await Task.Delay(Warming, cancellation);
                var (own, its, began) = (Own(), Its(training), Stopwatch.GetTimestamp());
                await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
                return new OpenPage(Stopwatch.GetElapsedTime(began).TotalSeconds, Own() - own, Its(training) - its);
            }
            finally
            {
                page.Kill(entireProcessTree: true);
                await page.WaitForExitAsync(CancellationToken.None);
            }
        }
        finally
        {
            await source.PauseAsync(Population, stop: true, CancellationToken.None);
            await EndedAsync();
        }

        static double Own()
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime.TotalSeconds;
        }

        static double Its(Process process)
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    private DataDirectorySource Source() => new(data, data.Root, data.Root, workers);

    private static async Task<PageTime> TimeAsync(HttpClient client, string page, Func<int, string> address, CancellationToken cancellation)
    {
        var times = new double[Repetitions + 1];
        for (var turn = 0; turn < times.Length; turn++)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(address(turn), cancellation);
            answer.EnsureSuccessStatusCode();
            times[turn] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        var later = times.Skip(1).Order().ToArray();
        return new PageTime(page, times[0], later[later.Length / 2], later[^1]);
    }

    /// <summary>A browser without a window, with a profile of its own.</summary>
    private Process Browse(string browser, string link)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "--headless=new", "--remote-debugging-port=0", "--disable-gpu", "--user-data-dir=" + Path.Combine(data.Root, ".browser") }) start.ArgumentList.Add(argument);

        // Its sandbox is not for root.
        if (Environment.IsPrivilegedProcess) start.ArgumentList.Add("--no-sandbox");
        start.ArgumentList.Add(link);
        var process = Process.Start(start) ?? throw new SrpoException(ErrorKind.Environment, $"{browser} could not be started");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task EndedAsync()
    {
        for (var look = 0; look < 200 && LiveRegistry.All(data).Count > 0; look++) await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
    }
}

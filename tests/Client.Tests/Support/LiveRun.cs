using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Experiments.Data;

namespace Srpo.Client.Tests.Support;

/// <summary>
/// A real `srpo run` in a process of its own, in a directory of its own. It has trained <see cref="Finished"/> and trains
/// <see cref="Population"/> until it is ended.
/// </summary>
internal sealed class LiveRun : IDisposable
{
    public const string Population = "r.srpo";
    public const string Finished = "r.ippo";

    private readonly TemporaryDirectory _directory = new();

    private LiveRun(params string[] more) => Process = SrpoProcess.Start(
        _directory.Root,
        ["run", "overcooked-paper", "--id", "r", "--workers", "1", "--seeds", "2", "--set", "lanes=4", "--set", "horizon=50", "--set", "checkpointInterval=20", "--set", "iterations=10000000", "--set", "populations.ippo.iterations=20", .. more]);

    public SrpoProcess Process { get; }

    /// <summary>The directory in which it was started.</summary>
    public string Root => _directory.Root;

    public DataDirectory Data => new(_directory["runs"]);

    /// <summary>What it says of itself to other processes.</summary>
    public LiveProcess Owner => LiveRegistry.FindOwner(Data)!;

    /// <summary>Starts it and waits until agents have learned.</summary>
    public static async Task<LiveRun> StartAsync(params string[] more)
    {
        var run = new LiveRun(more);
        try
        {
            await run.Process.UntilAsync("another process sees that an agent has learned", async () => File.Exists(Path.Combine(run.Data.Live, "r.json")) && await run.VersionAsync() > 0);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Runs a command in this process.</summary>
    public Task<Outcome> AskAsync(params string[] arguments) => InProcess.RunAsync(Root, arguments);

    /// <summary>Number of updates of an agent, as another process sees it.</summary>
    public async Task<int> VersionAsync()
    {
        var agent = await AskAsync("query", "agent", Population + "/0/0", "--json");
        return agent.ExitCode == ExitCode.Ok ? JsonDocument.Parse(agent.Out).RootElement.GetProperty("version").GetInt32() : 0;
    }

    /// <summary>Waits until agents have learned more.</summary>
    public async Task GoesOnAsync()
    {
        var before = await VersionAsync();
        await Process.UntilAsync($"training goes on beyond version {before}", async () => await VersionAsync() > before);
    }

    /// <summary>A client of it, in this process.</summary>
    public async Task<OwnerSession> ConnectAsync(CancellationToken giveUpCalls = default) =>
        (OwnerSession)(await OwnerSession.TryConnectAsync(Data, Owner, giveUpCalls, CancellationToken.None))!;

    public void Dispose()
    {
        Process.Dispose();
        _directory.Dispose();
    }
}

using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

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
            await run.Process.UntilAsync("it says how others can ask it", () => Task.FromResult(LiveRegistry.FindOwner(run.Data)?.Info.ClusterId is not null));
            await run.LearnedAsync("another process sees that an agent has learned", beyond: 0);
            SrpoProcess.StandBack(run.Process.Id);
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

    /// <summary>Waits until agents have learned more.</summary>
    public Task GoesOnAsync() => LearnedAsync("training goes on");

    /// <summary>Waits until an agent has more updates than a number, by default that of now. One that there is not yet has none.</summary>
    private async Task LearnedAsync(string what, int? beyond = null)
    {
        await using var session = await ConnectAsync();
        var agent = session.Grains.GetGrain<IAgentGrain>(Population + "/0/0");
        var before = beyond ?? await VersionAsync();
        await Process.UntilAsync($"{what}, beyond version {before}", async () => await VersionAsync() > before);

        async Task<int> VersionAsync()
        {
            try
            {
                return (await agent.QueryAsync()).Version;
            }
            catch (UnknownGrainException)
            {
                return 0;
            }
        }
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

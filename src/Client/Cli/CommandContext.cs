using System.CommandLine;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Cli;

/// <summary>What a command's handler works with: its shell, options common to all commands, and the way to the grains.</summary>
internal sealed class CommandContext
{
    private readonly ParseResult _parse;
    private readonly string? _cluster;
    private readonly HashSet<string> _older = new(StringComparer.Ordinal);

    public CommandContext(Shell shell, ParseResult parse, CancellationToken cancellation)
    {
        Shell = shell;
        _parse = parse;
        Cancellation = cancellation;
        Data = new DataDirectory(GlobalOptions.DataDirectory(parse, shell));
        _cluster = parse.GetValue(GlobalOptions.Cluster);
        Workers = parse.GetValue(GlobalOptions.Workers) ?? 0;
        Json = parse.GetValue(GlobalOptions.Json);
    }

    public Shell Shell { get; }

    /// <summary>Set by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Whether the command has begun what it ends in order after a signal: finish what is under way, store it and say how to go on.</summary>
    public bool EndsInOrder { get; private set; }

    public DataDirectory Data { get; }

    /// <summary>Number of worker threads; 0 for one per core.</summary>
    public int Workers { get; }

    /// <summary>Number of worker threads that this machine works with.</summary>
    public int Threads => Workers > 0 ? Workers : Environment.ProcessorCount;

    public bool Json { get; }

    public TextWriter Out => Shell.Out;

    public TextWriter Error => Shell.Error;

    /// <summary>Whether the grains live in a cluster rather than on this machine's data directory.</summary>
    public bool UsesCluster => _cluster is not null;

    /// <summary>What --cluster names; null for this machine.</summary>
    public string? Cluster => _cluster;

    /// <summary>From here on the command ends in order after a signal, see <see cref="EndsInOrder"/>.</summary>
    public void EndInOrder() => EndsInOrder = true;

    public T? Get<T>(Option<T> option) => _parse.GetValue(option);

    public T Get<T>(Argument<T> argument) => _parse.GetRequiredValue(argument);

    /// <summary>What was given of an option that every command understands; null for nothing.</summary>
    public string? Given<T>(Option<T> option) => _parse.GetResult(option) is { Implicit: false, Tokens: [.., { Value: var value }] } ? value : null;

    /// <summary>An argument that may be left out; null if it was.</summary>
    public string? Find(Argument<string?> argument) => _parse.GetValue(argument);

    /// <summary>Says once of weights that they are older than the newest that were stored; null where the user has not allowed those.</summary>
    public Action<string>? Older => Get(CommandExtensions.AllowOlder) ? NoteOlder : null;

    /// <summary>Prints a value as JSON.</summary>
    public void PrintJson<T>(T value) => PrintJson(Out, value);

    /// <summary>Prints a value as JSON somewhere else than where results go.</summary>
    public static void PrintJson<T>(TextWriter output, T value) => output.WriteLine(JsonText.Show(value));

    /// <summary>Where to print what else there is to say when an output was written: not into it, where it went to stdout.</summary>
    /// <param name="file">The output, absolute; null for none.</param>
    public TextWriter Beside(string? file) => file is "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1" ? Error : Out;

    /// <summary>Opens the grains: of the cluster, of the process of this machine that works on the data directory, or in this process.</summary>
    /// <exception cref="SrpoException">There is no data directory, or what has the grains does not answer.</exception>
    public Task<IGrainSession> OpenAsync() => OpenAsync(CancellationToken.None);

    /// <summary>Commands that come later find the plug-ins of this one again.</summary>
    /// <exception cref="SrpoException">There are some, and the data directory cannot be written.</exception>
    public void RememberPlugins()
    {
        if (LoadedPlugins.All.Count == 0) return;
        Data.EnsureWritable();
        KnownPlugins.Remember(Data);
    }

    /// <summary>Opens the grains for long work: of the cluster, or in this process, where other processes can ask them meanwhile.</summary>
    /// <param name="held">The lock of the work; not used with a cluster.</param>
    public async Task<IGrainSession> OpenToWorkAsync(RunLock held)
    {
        EndsInOrder = true;
        Data.EnsureWritable();
        KnownPlugins.Remember(Data);
        if (_cluster is not null) return await ClusterSession.ConnectAsync(_cluster, Shell.Variable, Error, Cancellation);
        return await LocalSession.StartAsync(Data, held, string.Join(' ', Shell.Arguments), Workers, Cancellation);
    }

    /// <summary>
    /// Runs work that Ctrl-C pauses: whenever it comes, also while grains are started or asked, the command ends as paused and says how to go on.
    /// </summary>
    /// <param name="goOn">The command that goes on, as things stand when it is asked for.</param>
    /// <param name="work">The work.</param>
    public async Task<T> PausableAsync<T>(Func<string> goOn, Func<Task<T>> work)
    {
        Shell.GoOn.Command = goOn();
        EndsInOrder = true;
        try
        {
            return await work();
        }
        catch (Exception error) when (Cancellation.IsCancellationRequested && IsOfInterruption(error))
        {
            throw PopulationTraining.Paused(goOn());
        }
    }

    /// <summary>What work in this command's sight works with.</summary>
    /// <param name="session">The way to the grains.</param>
    /// <param name="observer">Who looks on; null for plain lines on the error stream.</param>
    public RunContext ToRun(IGrainSession session, IRunObserver? observer = null) =>
        new(session, observer ?? new PlainProgress(Error), command => CommandHints.For(Shell, command), Cancellation);

    /// <summary>Runs a handler with the grains.</summary>
    public async Task<int> WithGrainsAsync(Func<IGrainSession, Task<int>> handler)
    {
        EndsInOrder = true;
        await using var session = await OpenAsync();
        return await handler(session);
    }

    /// <summary>
    /// The same for a handler that only reads: Ctrl-C ends the waiting for an answer, and when the process that has the grains ends
    /// in the middle, the handler is run again with what that process stored.
    /// </summary>
    public Task<int> WithGrainsToReadAsync(Func<IGrainSession, Task<int>> handler) => UntilAnsweredAsync(handler, Cancellation);

    /// <summary>
    /// The same for a handler that notes a wish and may note it twice. A process whose work is paused ends, often before it has answered whoever
    /// follows the pause.
    /// </summary>
    public Task<int> WithGrainsToWishAsync(Func<IGrainSession, Task<int>> handler)
    {
        EndsInOrder = true;
        return UntilAnsweredAsync(handler, CancellationToken.None);
    }

    /// <summary>
    /// Runs a handler that asks for what grains say of themselves, and changes nothing: those of the cluster or of the process that works
    /// on the data directory, or what is stored there, for which no silo is started.
    /// </summary>
    public async Task<int> WithStateAsync(Func<IStateReader, Task<int>> handler)
    {
        while (true)
        {
            await using var session = await FindAsync(Cancellation);
            if (session is null)
            {
                using var stored = new StoredReader(Data.Grains, Older);
                return await handler(stored);
            }

            try
            {
                return await handler(new GrainReader(session.Grains, Older));
            }
            catch (OwnerEndedException)
            {
                // There is another owner now, or none.
            }
        }
    }

    /// <summary>What starting, asking and leaving grains throws when it is called off.</summary>
    private static bool IsOfInterruption(Exception error) => error is OperationCanceledException or Orleans.Runtime.OrleansException or ObjectDisposedException;

    /// <summary>Ids that a new run must not have, see <see cref="RunCatalog.TakenAsync"/>.</summary>
    public Task<IReadOnlySet<string>> TakenIdsAsync() => ReadStoredAsync(state => RunCatalog.TakenAsync(Data, state));

    /// <summary>Asks the cluster; on this machine, what is stored, whoever works there and whether or not there is anything.</summary>
    /// <param name="ask">The question.</param>
    public async Task<T> ReadStoredAsync<T>(Func<IStateReader, Task<T>> ask)
    {
        if (UsesCluster)
        {
            T answer = default!;
            await WithStateAsync(async state =>
            {
                answer = await ask(state);
                return (int)ExitCode.Ok;
            });
            return answer;
        }

        using var stored = new StoredReader(Data.Grains);
        return await ask(stored);
    }

    private void NoteOlder(string why)
    {
        lock (_older)
        {
            if (_older.Add(why)) Error.WriteLine($"srpo: warning: {why}");
        }
    }

    private async Task<int> UntilAnsweredAsync(Func<IGrainSession, Task<int>> handler, CancellationToken giveUpCalls)
    {
        while (true)
        {
            try
            {
                await using var session = await OpenAsync(giveUpCalls);
                return await handler(session);
            }
            catch (OwnerEndedException)
            {
                // There is another owner now, or none.
            }
        }
    }

    private async Task<IGrainSession> OpenAsync(CancellationToken giveUpCalls) =>
        await FindAsync(giveUpCalls) ?? await LocalSession.StartAsync(Data, Workers, Cancellation);

    /// <summary>The grains of the cluster, or of the process that works on the data directory; null if nobody does.</summary>
    private async Task<IGrainSession?> FindAsync(CancellationToken giveUpCalls)
    {
        if (_cluster is not null) return await ClusterSession.ConnectAsync(_cluster, Shell.Variable, Error, Cancellation);
        Data.EnsureExists();
        while (LiveRegistry.FindOwner(Data) is { } owner)
        {
            if (await OwnerSession.TryConnectAsync(Data, owner, giveUpCalls, Cancellation) is { } session) return session;
        }

        return null;
    }
}

using System.CommandLine;
using Srpo.Client.Data;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Client.Sessions;

namespace Srpo.Client.Cli;

/// <summary>What a command's handler works with: its shell, options common to all commands, and the way to the grains.</summary>
internal sealed class CommandContext
{
    private readonly ParseResult _parse;
    private readonly string? _cluster;

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

    /// <summary>Set by Ctrl-C, or when a forwarding process goes away.</summary>
    public CancellationToken Cancellation { get; }

    public DataDirectory Data { get; }

    /// <summary>Number of worker threads; 0 for one per core.</summary>
    public int Workers { get; }

    public bool Json { get; }

    public TextWriter Out => Shell.Out;

    public TextWriter Error => Shell.Error;

    /// <summary>Whether the grains live in a cluster rather than on this machine's data directory.</summary>
    public bool UsesCluster => _cluster is not null;

    public T? Get<T>(Option<T> option) => _parse.GetValue(option);

    public T Get<T>(Argument<T> argument) => _parse.GetRequiredValue(argument);

    /// <summary>Prints a value as JSON.</summary>
    public void PrintJson<T>(T value) => Out.WriteLine(JsonText.Show(value));

    /// <summary>Opens the grains: of the process that runs this command for another one, of the cluster, or in this process.</summary>
    /// <param name="create">Whether a missing data directory is made; otherwise that is an error.</param>
    public async Task<IGrainSession> OpenAsync(bool create)
    {
        if (Shell.Owner is { } owner) return new BorrowedSession(owner);
        if (_cluster is not null) return await ClusterSession.ConnectAsync(_cluster, Error, Cancellation);
        if (create) Data.EnsureWritable();
        else Data.EnsureExists();
        return await LocalSession.StartAsync(Data, Workers, Cancellation);
    }

    /// <summary>Runs a handler where the grains are: in the process of this machine that works on the data directory, or here.</summary>
    public async Task<int> WithGrainsAsync(Func<IGrainSession, Task<int>> handler)
    {
        if (Shell.Owner is null && _cluster is null && LiveRegistry.FindOwner(Data) is { } owner)
        {
            var forwarded = await LiveClient.TryForwardAsync(owner, Shell, Cancellation);
            if (forwarded is { } code) return code;
        }

        await using var session = await OpenAsync(create: false);
        return await handler(session);
    }
}

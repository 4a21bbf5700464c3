using Srpo.Client.Cli;
using Srpo.Client.Dashboards;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Development;

/// <summary>
/// Starts what is not running of a development cluster: the storage, then the silos, then the dashboard, each when what it needs is ready. What fails or is interrupted ends what this start
/// has started, and nothing else.
/// </summary>
/// <param name="folder">The cluster's folder, which this command has taken.</param>
/// <param name="shell">The command's surroundings; progress goes to its error stream.</param>
/// <param name="cancellation">Set by Ctrl-C.</param>
internal sealed class DevStart(DevFolder folder, Shell shell, CancellationToken cancellation)
{
    public const int DefaultSilos = 3;

    /// <summary>As silos and clients are called that nobody has named otherwise: a database of its own keeps clusters apart.</summary>
    public const string ClusterName = "srpo";

    private const int FirstSiloPort = 11111;
    private const int FirstGatewayPort = 30000;
    private const int FirstHttpPort = 8090;

    private static readonly TimeSpan SiloPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan DashboardPatience = TimeSpan.FromMinutes(1);

    /// <summary>How long what was started in vain may take to end.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30);

    /// <summary>Settings of a silo that this start decides; in the environment they would contradict it.</summary>
    private static readonly string[] Decided = ["Srpo__Cluster__", "Srpo__Storage__", "Srpo__ClusterId", "Srpo__ServiceId", "Srpo__SiloPort", "Srpo__GatewayPort", "Srpo__PrimarySiloPort", "Srpo__HealthUrl", "Srpo__DataDirectory", "Srpo__ShareDataDirectory"];

    private readonly List<(DevPart Part, UnixSignal Signal)> _started = [];

    /// <summary>Starts it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <returns>What it is now.</returns>
    /// <exception cref="SrpoException">Something is missing, failed, or was interrupted; the message says what was ended and what is left.</exception>
    public async Task<DevSettings> RunAsync(DevRequest request)
    {
        var before = folder.Load();
        var settings = Merge(before, request);
        var storage = StorageOf(settings);

        // What is missing is said before anything starts.
        await storage.PrepareAsync(cancellation);
        var silo = await SiloProgram.FindAsync(request.SiloProgram, shell, cancellation);
        settings = ChoosePorts(settings, storage);
        folder.Save(settings);
        AtomicFile.WritePrivate(folder.Connection, storage.ConnectionString(settings.StoragePorts) + "\n");
        Directory.CreateDirectory(folder.Silos);
        try
        {
            await StartStorageAsync(storage, settings);
            await StartSilosAsync(silo, storage, settings);
            await StartDashboardAsync(settings);
            return settings;
        }
        catch (Exception error)
        {
            var left = await EndStartedAsync();
            if (error is OperationCanceledException && cancellation.IsCancellationRequested) throw new SrpoException(ErrorKind.Interrupted, $"interrupted; {left}", error);
            if (error is SrpoException known) throw new SrpoException(known.Kind, $"{known.Message}\n{char.ToUpperInvariant(left[0])}{left[1..]}.", known);
            throw;
        }
    }

    /// <summary>What was there before, and what is asked for; ports are chosen later.</summary>
    private DevSettings Merge(DevSettings? before, DevRequest request)
    {
        if (before is not null && request.Storage is { } kind && kind != before.Storage)
        {
            throw new SrpoException(
                ErrorKind.Usage,
                $"the cluster in {folder.Root} keeps its state in {Word(before.Storage)}; leave --storage out, make another one with --folder DIR, or remove this one with `srpo dev down --delete`");
        }

        var running = Enumerable.Range(1, before?.Silos.Count ?? 0).Where(number => new DevPart(folder, DevPart.Silo(number)).IsAlive).ToArray();
        var count = request.Silos ?? before?.Silos.Count ?? DefaultSilos;
        if (running.Length > 0 && running[^1] > count)
            throw new SrpoException(ErrorKind.Usage, $"--silos {count}: {DevPart.Silo(running[^1])} is running; end the cluster first with `srpo dev down`, or leave --silos out");
        if (running.Length > 0 && request.Plugins.Count > 0 && !request.Plugins.SequenceEqual(before!.Plugins, StringComparer.Ordinal))
            throw new SrpoException(ErrorKind.Usage, "--plugin: silos are running without it, and all of them need the same plug-ins; end the cluster first with `srpo dev down`");
        var ports = before?.Silos ?? [];
        return (before ?? new DevSettings { Storage = request.Storage ?? DevStorageKind.Postgres }) with
        {
            Silos = [.. ports.Take(count), .. Enumerable.Repeat(new DevSiloPorts(0, 0, 0), Math.Max(0, count - ports.Count))],
            Workers = request.Workers ?? before?.Workers ?? 0,
            Plugins = request.Plugins.Count > 0 ? request.Plugins : before?.Plugins ?? [],
        };
    }

    private IDevStorage StorageOf(DevSettings settings) => settings.Storage == DevStorageKind.Azurite
        ? new AzuriteStorage(folder, shell.Variable("PATH"), SourceTree.Root)
        : new PostgresStorage(folder, shell.Variable("PATH"), PostgresPrograms.DebianFolder, settings.Silos.Count);

    /// <summary>Those that are remembered, where they are free; of what runs they stay.</summary>
    private DevSettings ChoosePorts(DevSettings settings, IDevStorage storage)
    {
        using var ports = new PortChooser(settings.Silos.SelectMany(silo => new[] { silo.Silo, silo.Gateway, silo.Http }).Concat(settings.StoragePorts).Append(settings.DashboardPort));
        var siloRuns = settings.Silos.Select((_, i) => new DevPart(folder, DevPart.Silo(i + 1)).IsAlive).ToArray();
        var storagePorts = settings.StoragePorts;
        if (!new DevPart(folder, storage.Part).IsAlive)
        {
            storagePorts = [.. storage.FirstPorts.Select((first, i) => ports.Choose(settings.StoragePorts.ElementAtOrDefault(i), first))];
            if (siloRuns.Contains(true) && !storagePorts.SequenceEqual(settings.StoragePorts))
            {
                throw new SrpoException(
                    ErrorKind.InUse,
                    $"{storage.Title} is gone, silos look for it at port {settings.StoragePorts[0]}, and another program listens there or at one beside it; end that one, or the cluster with `srpo dev down`, and repeat the command");
            }
        }

        DevSiloPorts[] silos = [.. settings.Silos.Select((silo, i) => siloRuns[i]
            ? silo
            : new DevSiloPorts(ports.Choose(silo.Silo, FirstSiloPort), ports.Choose(silo.Gateway, FirstGatewayPort), ports.Choose(silo.Http, FirstHttpPort)))];
        var dashboard = new DevPart(folder, DevPart.Dashboard).IsAlive ? settings.DashboardPort : ports.Choose(settings.DashboardPort, DashboardHost.FirstPort);
        return settings with { StoragePorts = storagePorts, Silos = silos, DashboardPort = dashboard };
    }

    private async Task StartStorageAsync(IDevStorage storage, DevSettings settings)
    {
        var part = new DevPart(folder, storage.Part);
        var (command, mark) = storage.Start(settings.StoragePorts);
        var starts = Start(part, storage.EndSignal, () => part.Start(command, mark, folder.PathOf(storage.Part)));
        await part.ReadyAsync(() => storage.AnswersAsync(settings.StoragePorts, cancellation), storage.Patience, cancellation);
        await storage.CompleteAsync(settings.StoragePorts, cancellation);
        if (starts) Say($"{part.Name} is ready ({storage.Title}, port {settings.StoragePorts[0]})");
    }

    /// <summary>All at once: each takes seconds to start, most of them waiting.</summary>
    private async Task StartSilosAsync(IReadOnlyList<string> program, IDevStorage storage, DevSettings settings)
    {
        using var http = DevStatus.Http();
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => Decided.Any(decided => decided.EndsWith('_') ? name.StartsWith(decided, StringComparison.OrdinalIgnoreCase) : name.Equals(decided, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        var mark = Argument("DataDirectory", folder.Silos);
        var silos = settings.Silos.Select((ports, i) => (Part: new DevPart(folder, DevPart.Silo(i + 1)), Ports: ports)).ToArray();
        var starting = new List<string>();
        foreach (var (part, ports) in silos)
        {
            string[] arguments =
            [
                mark, Argument("ClusterId", ClusterName), Argument("ServiceId", ClusterName), Argument("SiloPort", ports.Silo), Argument("GatewayPort", ports.Gateway),
                Argument("HealthUrl", $"http://127.0.0.1:{ports.Http}"), Argument("Cluster:Kind", storage.SiloKind), Argument("Cluster:ConnectionStringFile", folder.Connection),
                Argument("Storage:Kind", storage.SiloKind), .. settings.Workers > 0 ? new[] { Argument("Workers", settings.Workers) } : [],
                .. settings.Plugins.Select((file, i) => Argument($"Plugins:{i}", file)),
            ];
            if (Start(part, UnixSignal.Terminate, () => part.Start([.. program, .. arguments], mark, folder.Root, environment))) starting.Add(part.Name);
        }

        if (starting.Count > 0) Say($"starting {string.Join(", ", starting)}");
        foreach (var (part, ports) in silos)
        {
            await part.ReadyAsync(async () => await DevStatus.ReadinessAsync(http, ports.Http, cancellation) is null, SiloPatience, cancellation);
            if (starting.Contains(part.Name)) Say($"{part.Name} is ready (localhost:{ports.Gateway})");
        }
    }

    private async Task StartDashboardAsync(DevSettings settings)
    {
        var part = new DevPart(folder, DevPart.Dashboard);
        string[] command =
        [
            .. OwnProgram.Command, "dashboard", GlobalOptions.Cluster.Name, settings.Gateways, "--port", $"{settings.DashboardPort}", GlobalOptions.Json.Name, GlobalOptions.Data.Name, folder.Silos,
            .. settings.Plugins.SelectMany(file => new[] { GlobalOptions.Plugin.Name, file }),
        ];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { [ClusterAddress.ClusterIdVariable] = ClusterName, [ClusterAddress.ServiceIdVariable] = ClusterName };
        var starts = Start(part, UnixSignal.Terminate, () => part.Start(command, folder.Silos, shell.Directory, environment));
        await part.ReadyAsync(() => Task.FromResult(DevStatus.LinkOf(part) is not null), DashboardPatience, cancellation);
        if (starts) Say("dashboard is ready");
    }

    /// <summary>Starts a part unless it lives, and notes that it is to be ended where the rest fails.</summary>
    /// <returns>Whether it was started.</returns>
    private bool Start(DevPart part, UnixSignal signal, Action start)
    {
        cancellation.ThrowIfCancellationRequested();
        if (part.IsAlive) return false;
        _started.Add((part, signal));
        start();
        return true;
    }

    /// <summary>Ends what this start has started, the last first.</summary>
    /// <returns>What was ended, and what was running before, as a clause.</returns>
    private async Task<string> EndStartedAsync()
    {
        var failed = new List<string>();
        foreach (var group in Enumerable.Reverse(_started).GroupBy(each => DevPart.IsSilo(each.Part.Name) ? "silos" : each.Part.Name))
        {
            foreach (var (part, signal) in group) part.Ask(signal);
            foreach (var (part, _) in group)
            {
                try
                {
                    await part.EndedAsync(EndPatience, CancellationToken.None);
                }
                catch (SrpoException error)
                {
                    failed.Add(error.Message);
                }
            }
        }

        var ended = _started.Count == 0 ? "nothing was started" : $"what was started was ended again ({string.Join(", ", _started.Select(each => each.Part.Name))}); logs and data stay in {folder.Root}";
        return string.Join("; ", [ended, .. failed]);
    }

    private void Say(string line) => shell.Error.WriteLine(line);

    private static string Argument<T>(string setting, T value) => $"--Srpo:{setting}={value}";

    private static string Word(DevStorageKind kind) => kind == DevStorageKind.Azurite ? "Azurite" : "PostgreSQL";
}

using Srpo.Client.Cli;
using Srpo.Client.Dashboards;
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

    private readonly List<DevPart> _started = [];

    /// <summary>Starts it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <returns>What it is now.</returns>
    /// <exception cref="SrpoException">Something is missing, failed, or was interrupted; the message says what was ended and what is left.</exception>
    public async Task<DevSettings> RunAsync(DevRequest request)
    {
        var before = folder.Load();
        var settings = Merge(before, request);

        // What is missing is said before anything is made or starts. Silos that all run ask for no program.
        var storage = StorageOf(settings);
        IReadOnlyList<string> silo = SilosOf(settings).All(part => part.IsAlive) ? [] : await SiloProgram.FindAsync(settings.Silo, shell, cancellation);
        if (!Path.Exists(folder.PathOf(settings.Storage.Name()))) Say($"making the data of {settings.Storage.Title()}");
        await storage.PrepareAsync(cancellation);
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
                $"the cluster in {folder.Root} keeps its state in {before.Storage.Title()}; leave --storage out, make another one with --folder DIR, or remove this one with `srpo dev down --delete`");
        }

        string[] running = [.. before is null ? [] : SilosOf(before).Where(part => part.IsAlive).Select(part => part.Name)];
        var count = request.Silos ?? before?.Silos.Count ?? DefaultSilos;
        if (running.FirstOrDefault(name => !SilosOf(count).Any(part => part.Name == name)) is { } more)
            throw new SrpoException(ErrorKind.Usage, $"--silos {count}: {more} is running; end the cluster first with `srpo dev down`, or leave --silos out");
        if (running.Length > 0 && request.Plugins.Count > 0 && !request.Plugins.SequenceEqual(before!.Plugins, StringComparer.Ordinal))
            throw new SrpoException(ErrorKind.Usage, "--plugin: silos are running without it, and all of them need the same plug-ins; end the cluster first with `srpo dev down`");
        var ports = before?.Silos ?? [];
        return (before ?? new DevSettings { Storage = request.Storage ?? DevStorageKind.Postgres }) with
        {
            Silos = [.. ports.Take(count), .. Enumerable.Repeat(new DevSiloPorts(0, 0, 0), Math.Max(0, count - ports.Count))],
            Workers = request.Workers ?? before?.Workers ?? 0,
            Silo = request.SiloProgram ?? before?.Silo,
            Plugins = request.Plugins.Count > 0 ? request.Plugins : before?.Plugins ?? [],
        };
    }

    private IDevStorage StorageOf(DevSettings settings) => settings.Storage == DevStorageKind.Azurite
        ? new AzuriteStorage(folder, AzuriteStorage.Find(shell.Variable("PATH"), SourceTree.Root))
        : new PostgresStorage(folder, PostgresPrograms.Find(shell.Variable("PATH"), PostgresPrograms.DebianFolder, PostgresStorage.VersionOf(folder)), settings.Silos.Count);

    private IEnumerable<DevPart> SilosOf(DevSettings settings) => SilosOf(settings.Silos.Count);

    private IEnumerable<DevPart> SilosOf(int count) => Enumerable.Range(1, count).Select(number => new DevPart(folder, DevPart.Silo(number)));

    /// <summary>Those that are remembered, where they are free; of what runs they stay.</summary>
    private DevSettings ChoosePorts(DevSettings settings, IDevStorage storage)
    {
        var ports = new PortChooser(settings.Silos.SelectMany(silo => new[] { silo.Silo, silo.Gateway, silo.Http }).Concat(settings.StoragePorts).Append(settings.DashboardPort));
        var siloRuns = SilosOf(settings).Select(part => part.IsAlive).ToArray();
        var storagePorts = settings.StoragePorts;
        if (!new DevPart(folder, settings.Storage.Name()).IsAlive)
        {
            storagePorts = [.. storage.FirstPorts.Select((first, i) => ports.Choose(settings.StoragePorts.ElementAtOrDefault(i), first))];
            if (siloRuns.Contains(true) && !storagePorts.SequenceEqual(settings.StoragePorts))
            {
                throw new SrpoException(
                    ErrorKind.InUse,
                    $"{settings.Storage.Title()} is gone, silos look for it at port {settings.StoragePorts[0]}, and another program listens there or at one beside it; end that one, or the cluster with `srpo dev down`, and repeat the command");
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
        var part = new DevPart(folder, settings.Storage.Name());
        var starts = Start(part, storage.Command(settings.StoragePorts), folder.PathOf(part.Name));
        await part.ReadyAsync(() => storage.AnswersAsync(settings.StoragePorts, cancellation), storage.Patience, cancellation);
        await storage.CompleteAsync(settings.StoragePorts, cancellation);
        if (starts) Say($"{part.Name} is ready ({settings.Storage.Title()}, port {settings.StoragePorts[0]})");
    }

    /// <summary>All at once: each takes seconds to start, most of them waiting.</summary>
    private async Task StartSilosAsync(IReadOnlyList<string> program, IDevStorage storage, DevSettings settings)
    {
        using var http = DevStatus.Http();
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => Decided.Any(decided => decided.EndsWith('_') ? name.StartsWith(decided, StringComparison.OrdinalIgnoreCase) : name.Equals(decided, StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        var silos = SilosOf(settings).Zip(settings.Silos).ToArray();
        var starting = new List<string>();
        foreach (var (part, ports) in silos)
        {
            string[] arguments =
            [
                Argument("DataDirectory", folder.Silos), Argument("ClusterId", ClusterName), Argument("ServiceId", ClusterName), Argument("SiloPort", ports.Silo), Argument("GatewayPort", ports.Gateway),
                Argument("HealthUrl", $"http://127.0.0.1:{ports.Http}"), Argument("Cluster:Kind", storage.SiloKind), Argument("Cluster:ConnectionStringFile", folder.Connection),
                Argument("Storage:Kind", storage.SiloKind), .. settings.Workers > 0 ? new[] { Argument("Workers", settings.Workers) } : [],
                .. settings.Plugins.Select((file, i) => Argument($"Plugins:{i}", file)),
            ];
            if (Start(part, [.. program, .. arguments], folder.Root, environment)) starting.Add(part.Name);
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
            .. OwnProgram.Command, "dashboard", GlobalOptions.Cluster.Name, settings.Gateways, "--port", $"{settings.DashboardPort}", GlobalOptions.Data.Name, folder.Silos,
            .. settings.Plugins.SelectMany(file => new[] { GlobalOptions.Plugin.Name, file }),
        ];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { [ClusterAddress.ClusterIdVariable] = ClusterName, [ClusterAddress.ServiceIdVariable] = ClusterName };
        var starts = Start(part, command, shell.Directory, environment);
        await part.ReadyAsync(() => Task.FromResult(DevStatus.LinkOf(part) is not null), DashboardPatience, cancellation);
        if (starts) Say("dashboard is ready");
    }

    /// <summary>Starts a part unless it lives, and notes that it is to be ended where the rest fails.</summary>
    /// <returns>Whether it was started.</returns>
    private bool Start(DevPart part, IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string?>? environment = null)
    {
        cancellation.ThrowIfCancellationRequested();
        if (part.IsAlive) return false;
        _started.Add(part);
        part.Start(command, directory, environment);
        return true;
    }

    /// <summary>Ends what this start has started.</summary>
    /// <returns>What was ended, as a clause.</returns>
    private async Task<string> EndStartedAsync()
    {
        if (_started.Count == 0) return "nothing was started";
        var ended = $"what was started was ended again ({string.Join(", ", _started.Select(part => part.Name))}); logs and data stay in {folder.Root}";
        try
        {
            await new DevEnd(_ => { }, EndPatience, CancellationToken.None).RunAsync(_started);
            return ended;
        }
        catch (SrpoException error)
        {
            return $"{ended}; {error.Message}";
        }
    }

    private void Say(string line) => shell.Error.WriteLine(line);

    private static string Argument<T>(string setting, T value) => $"--Srpo:{setting}={value}";
}

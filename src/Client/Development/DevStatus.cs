using System.Text.RegularExpressions;
using Srpo.Client.Live;

namespace Srpo.Client.Development;

/// <summary>How a process of a development cluster is.</summary>
internal enum DevState
{
    /// <summary>It was ended by a command, or never started.</summary>
    Down,

    /// <summary>It has ended, and nobody told it to.</summary>
    Died,

    /// <summary>It lives, and does not do yet, or any more, what it is for.</summary>
    NotReady,

    /// <summary>It does what it is for.</summary>
    Ready,
}

/// <summary>A process of a development cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">How it is.</param>
/// <param name="Process">Its number; null where it does not live.</param>
/// <param name="Started">Since when it lives, or when the one that died was started; null where it is down.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Log">Its log.</param>
/// <param name="Problem">Why it is not ready, or the last line that the one that died has said; null where nothing is wrong.</param>
internal sealed record DevPartStatus(string Name, DevState State, int? Process, DateTimeOffset? Started, string Address, string Log, string? Problem);

/// <summary>A development cluster as it is now.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Storage">What its storage is.</param>
/// <param name="Cluster">What `--cluster` takes.</param>
/// <param name="Dashboard">The link of the dashboard, with its token; null while there is none.</param>
/// <param name="ConnectionFile">The file with the connection string of the storage.</param>
/// <param name="Parts">Its processes: storage, silos, dashboard.</param>
internal sealed partial record DevStatus(string Folder, DevStorageKind Storage, string Cluster, string? Dashboard, string ConnectionFile, IReadOnlyList<DevPartStatus> Parts)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Whether everything does what it is for.</summary>
    public bool IsReady => Parts.All(part => part.State == DevState.Ready);

    /// <summary>Whether it was ended, or never started, as a whole.</summary>
    public bool IsDown => Parts.All(part => part.State == DevState.Down);

    /// <summary>Looks at a cluster, and changes nothing.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="settings">What it is.</param>
    /// <param name="cancellation">Ends the waiting for answers.</param>
    public static async Task<DevStatus> OfAsync(DevFolder folder, DevSettings settings, CancellationToken cancellation)
    {
        using var http = Http();
        Task<DevPartStatus>[] asked =
        [
            PartAsync(folder, settings.Storage.Name(), $"127.0.0.1:{settings.StoragePorts[0]}", () => ListensAsync(settings.StoragePorts[0], cancellation)),
            .. settings.Silos.Select((ports, i) => PartAsync(folder, DevPart.Silo(i + 1), $"localhost:{ports.Gateway}", () => ReadinessAsync(http, ports.Http, cancellation))),
            PartAsync(folder, DevPart.Dashboard, $"http://127.0.0.1:{settings.DashboardPort}", () => ListensAsync(settings.DashboardPort, cancellation)),
        ];
        var parts = await Task.WhenAll(asked);
        return new DevStatus(
            folder.Root, settings.Storage, settings.Gateways, parts[^1].State == DevState.Ready ? LinkOf(new DevPart(folder, DevPart.Dashboard)) : null, folder.Connection, parts);
    }

    /// <summary>The link that a dashboard has written into its log.</summary>
    public static string? LinkOf(DevPart dashboard) => dashboard.Said().Select(line => Link().Match(line)).LastOrDefault(match => match.Success)?.Value;

    /// <summary>Asks silos of this machine, past any proxy.</summary>
    public static HttpClient Http() => new(new SocketsHttpHandler { UseProxy = false }) { Timeout = AskTimeout };

    /// <summary>Why a silo is not ready; null if it is.</summary>
    public static async Task<string?> ReadinessAsync(HttpClient http, int port, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), cancellation);
            var said = (await answer.Content.ReadAsStringAsync(cancellation)).Trim();
            return answer.IsSuccessStatusCode ? null : said.Replace("not ready: ", "", StringComparison.Ordinal) is { Length: > 0 } reason ? reason : answer.StatusCode.ToString();
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return "no answer";
        }
    }

    private static async Task<string?> ListensAsync(int port, CancellationToken cancellation) => await Ports.AnswersAsync("127.0.0.1", port, cancellation) ? null : "no answer";

    private static async Task<DevPartStatus> PartAsync(DevFolder folder, string name, string address, Func<Task<string?>> problem)
    {
        var part = new DevPart(folder, name);
        if (part.Known is not { } process || process is { Asked: true, IsAlive: false }) return new DevPartStatus(name, DevState.Down, null, null, address, part.Log, null);
        if (!process.IsAlive) return new DevPartStatus(name, DevState.Died, null, process.Started, address, part.Log, part.Said(1) is [var last] ? last : "it has said nothing");
        var wrong = await problem();
        return new DevPartStatus(name, wrong is null ? DevState.Ready : DevState.NotReady, process.Id, process.Started, address, part.Log, wrong);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[0-9]+/\?[a-z]+=[^\s""]+")]
    private static partial Regex Link();
}

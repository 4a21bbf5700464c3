using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Grains;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Security;
using Srpo.Grains.Storage;
using Srpo.Silo;

namespace Srpo.Client.Tests.Documents;

/// <summary>What the files in deploy/ and the operators' pages name must exist.</summary>
public sealed partial class DeployTests
{
    public static TheoryData<string> Files() => [.. Texts().Select(path => Path.GetRelativePath(Repository.Root, path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_setting_that_is_named_exists(string file)
    {
        var known = Settings();
        foreach (Match match in Setting().Matches(File.ReadAllText(Repository.PathOf(file))))
        {
            var name = match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal);
            Assert.True(known.Contains(name) || known.Any(setting => setting.StartsWith(name + ":", StringComparison.Ordinal)), $"{file} names the setting {name}, which does not exist");
        }

        string[] variables =
        [
            ClusterAddress.ConnectionVariable, ClusterAddress.ConnectionFileVariable, ClusterAddress.ClusterIdVariable, ClusterAddress.ServiceIdVariable,
            "SRPO_DATA", "SRPO_EXPERIMENTS", Srpo.Experiments.Equilibria.ShippedGames.FolderVariable,
            "SRPO_COMMIT", // the build
        ];
        foreach (Match match in Variable().Matches(File.ReadAllText(Repository.PathOf(file))))
            Assert.True(variables.Contains(match.Value), $"{file} names the variable {match.Value}, which the command line does not read");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_that_is_referred_to_exists(string file)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(file))!;
        foreach (Match match in Reference().Matches(Uncommented(file)))
        {
            var target = match.Groups[1].Value;
            var exists = target.StartsWith("deploy/", StringComparison.Ordinal)
                ? Path.Exists(Repository.PathOf(target))
                : Path.Exists(Path.Combine(folder, target)) || target.StartsWith("./secrets/", StringComparison.Ordinal);
            Assert.True(exists, $"{file} refers to {target}, which does not exist");
        }
    }

    [Fact]
    public void What_the_image_copies_exists_and_is_sent_to_the_build()
    {
        var sent = File.ReadAllLines(Repository.PathOf(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();
        Assert.All(sent, path => Assert.True(Path.Exists(Repository.PathOf(path)), $".dockerignore names {path}"));
        foreach (Match match in Copied().Matches(Uncommented("deploy/docker/Dockerfile")))
        {
            var source = match.Groups[1].Value;
            Assert.Contains(source, sent);
        }

        // Every project that the two programs are built from, too.
        var projects = new HashSet<string>(StringComparer.Ordinal);
        Add(Repository.PathOf("src", "Silo", "Srpo.Silo.csproj"));
        Add(Repository.PathOf("src", "Client", "Srpo.Client.csproj"));
        Assert.True(projects.Count > 10, $"only {projects.Count} projects were found");
        Assert.All(projects, project => Assert.Contains(sent, path => Path.GetRelativePath(Repository.Root, project).StartsWith(path + "/", StringComparison.Ordinal)));

        void Add(string project)
        {
            if (!projects.Add(project)) return;
            foreach (Match reference in Referenced().Matches(File.ReadAllText(project))) Add(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, reference.Groups[1].Value)));
        }
    }

    [Theory]
    [InlineData("deploy/README.md")]
    [InlineData("docs/operations.md")]
    public void Every_command_that_operators_are_told_to_type_exists(string page)
    {
        var found = 0;
        foreach (Match match in Typed().Matches(File.ReadAllText(Repository.PathOf(page))))
        {
            string[] words = [.. match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\'', '"'))];
            if (words is ["silo", ..]) continue; // another program
            System.CommandLine.Command command = Srpo.Client.Cli.RootCommandBuilder.Build(new Srpo.Client.Cli.Shell(TextWriter.Null, TextWriter.Null, "/", 80, false, false));
            var at = 0;
            for (; at < words.Length && command.Subcommands.FirstOrDefault(sub => sub.Name == words[at]) is { } sub; at++) command = sub;
            Assert.True(at > 0 && command.Subcommands.Count == 0, $"{page}: `srpo {match.Groups[1].Value}` is no command");
            var known = command.Options.Concat(Srpo.Client.Cli.RootCommandBuilder.RecursiveOptions).Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var option in words[at..].Where(word => word.StartsWith("--", StringComparison.Ordinal))) Assert.True(known.Contains(option), $"{page}: `srpo {match.Groups[1].Value}`: there is no {option}");
            found++;
        }

        Assert.True(found > 3, $"only {found} commands were found on {page}");
    }

    [Theory]
    [InlineData("deploy/prometheus/alerts.yml")]
    [InlineData("deploy/prometheus/alerts.test.yml")]
    public void Every_metric_of_the_alarms_exists(string file)
    {
        var known = Metrics();
        foreach (Match match in Metric().Matches(Uncommented(file)))
        {
            var name = match.Value.EndsWith("_bucket", StringComparison.Ordinal) ? match.Value[..^"_bucket".Length] : match.Value;
            Assert.True(known.Contains(name), $"{file} names the metric {name}; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
    }

    [Fact]
    public void Every_alarm_is_explained()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "operations.md"));
        foreach (Match match in Alarm().Matches(File.ReadAllText(Repository.PathOf("deploy", "prometheus", "alerts.yml"))))
            Assert.Contains($"`{match.Groups[1].Value}`", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_ends_a_silo_waits_longer_than_its_shutdown_may_take()
    {
        foreach (var (file, pattern) in new[]
        {
            ("deploy/docker/common.yml", @"stop_grace_period: (\d+)s"),
            ("deploy/kubernetes/base/silos.yaml", @"terminationGracePeriodSeconds: (\d+)"),
            ("deploy/systemd/srpo-silo@.service", @"TimeoutStopSec=(\d+)"),
        })
        {
            var waits = int.Parse(Regex.Match(File.ReadAllText(Repository.PathOf(file)), pattern).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(waits > new SiloSettings().ShutdownSeconds, $"{file} waits {waits} s");
        }
    }

    [Theory]
    [InlineData("deploy/docker/Dockerfile", "deploy/docker/common.yml", "deploy/docker/compose.yml")]
    [InlineData("deploy/docker/Dockerfile", "deploy/docker/common.yml", "deploy/docker/compose.azurite.yml")]
    [InlineData("deploy/kubernetes/base/silos.yaml")]
    [InlineData("deploy/systemd/silo.env", "deploy/systemd/silo-1.env")]
    [InlineData("deploy/systemd/silo.env", "deploy/systemd/silo-2.env")]
    public void A_silo_starts_with_the_settings_of_each_deployment(params string[] files)
    {
        var given = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (Match match in Given().Matches(Uncommented(file))) given[match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)] = match.Groups[2].Value;
        Assert.True(given.Count >= 8, $"only {given.Count} settings were found");

        // Secrets are files that exist where it is deployed; the address of a pod is known there, too.
        Assert.True(given.Remove("Srpo:Cluster:ConnectionStringFile") || files[0].Contains("systemd", StringComparison.Ordinal));
        given["Srpo:Cluster:ConnectionString"] = given["Srpo:Cluster:Kind"] == "azure" ? "UseDevelopmentStorage=true" : "Host=db";
        if (files[0].Contains("kubernetes", StringComparison.Ordinal)) given["Srpo:Cluster:AdvertisedAddress"] = "10.0.0.7";
        var settings = new ConfigurationBuilder().AddInMemoryCollection(given).Build().GetSection(SiloSettings.Section).Get<SiloSettings>()!;
        settings.Validate();
        settings.Cluster.ValidateNetwork(encrypted: false);
    }

    private static IEnumerable<string> Texts() =>
        Directory.EnumerateFiles(Repository.PathOf("deploy"), "*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/secrets/", StringComparison.Ordinal))
            .Append(Repository.PathOf("docs", "operations.md"));

    /// <summary>A file without comments: they may speak of files of others.</summary>
    private static string Uncommented(string file) =>
        string.Join('\n', File.ReadLines(Repository.PathOf(file)).Where(line => !line.TrimStart().StartsWith('#')));

    /// <summary>All settings as in "Cluster:Kind", without the "Srpo:" in front.</summary>
    private static HashSet<string> Settings()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Add(typeof(SiloSettings), "");
        foreach (var (type, section) in new[]
        {
            (typeof(HttpSettings), HttpSettings.Section), (typeof(MetricsSettings), MetricsSettings.Section),
            (typeof(DashboardSettings), DashboardSettings.Section), (typeof(TlsSettings), TlsSettings.Section),
            (typeof(TelemetrySettings), TelemetrySettings.Section), (typeof(PagesSettings), PagesSettings.Section),
        })
        {
            Add(type, section[(SiloSettings.Section.Length + 1)..] + ":");
        }

        return names;

        void Add(Type type, string prefix)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
            {
                names.Add(prefix + property.Name);
                if (property.PropertyType.IsClass && property.PropertyType.Assembly == type.Assembly) Add(property.PropertyType, $"{prefix}{property.Name}:");
            }
        }
    }

    /// <summary>The instruments of the meter, under the names that Prometheus sees.</summary>
    private static HashSet<string> Metrics()
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "up" };
        using var services = new ServiceCollection().AddMetrics().AddSingleton(Options.Create(new ComputeOptions { Workers = 1 }))
            .AddSingleton<ComputePool>().AddSingleton(TimeProvider.System).AddSingleton<ActiveWork>().AddSingleton<StorageHealth>().AddSingleton<SrpoMeter>().AddSingleton<SiloGauges>().BuildServiceProvider();
        services.GetRequiredService<SrpoMeter>();
        services.GetRequiredService<SiloGauges>().Participate(null!);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope != services.GetRequiredService<IMeterFactory>()) return;
            var type = instrument.GetType().GetGenericTypeDefinition();
            var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            var counts = type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
            names.Add(instrument.Name.Replace('.', '_') + unit + (counts ? "_total" : ""));
        };
        listener.Start();
        return names;
    }

    [GeneratedRegex(@"\bSrpo(?:__|:)((?:[A-Z][A-Za-z]*)(?:(?:__|:)[A-Z][A-Za-z]*)*)")]
    private static partial Regex Setting();

    /// <summary>A setting with its value as in YAML, in a list of variables of Kubernetes, in an environment file or in a Dockerfile.</summary>
    [GeneratedRegex("""\b(Srpo__\w+)(?:: |, value: |=)"?([^"\s}]*)""")]
    private static partial Regex Given();

    [GeneratedRegex(@"\bSRPO_[A-Z_]+\b")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?:(?:file|dockerfile|path): |^  - |^      - )((?:\.\./|\./)?[A-Za-z0-9_./-]+(?:\.ya?ml|/base|/Dockerfile)|\./secrets/[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^COPY (?!--from)(?:--\S+ )*(\S+/\S+) ", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"<ProjectReference Include=""([^""]+)""")]
    private static partial Regex Referenced();

    /// <summary>Words after the program's name, in code: from `srpo` or ./srpo, or from the container of the command line, to the end of the code, of the line or of the command.</summary>
    [GeneratedRegex(@"(?:(?<=`)srpo|^ +(?:sudo )?(?:\./)?srpo|run --rm cli|deployment/client -- srpo) ((?:[a-z][a-z-]*)(?: [^`\n|;&<>#]*)?)", RegexOptions.Multiline)]
    private static partial Regex Typed();

    [GeneratedRegex(@"\bsrpo_[a-z_]+\b")]
    private static partial Regex Metric();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex Alarm();
}

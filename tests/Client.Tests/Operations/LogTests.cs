using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Events;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Interfaces;
using Srpo.Silo;

namespace Srpo.Client.Tests.Operations;

public sealed class LogTests
{
    [Fact]
    public void Levels_follow_the_settings_file()
    {
        using var directory = new TemporaryDirectory();
        var configuration = new ConfigurationBuilder().AddJsonFile(directory.Write("settings.json", Settings("Warning", "Error")), optional: false).Build();
        using var levels = new LogLevels(configuration);
        Assert.Equal((LogEventLevel.Warning, LogEventLevel.Error, LogEventLevel.Warning), (levels.Current["default"], levels.Current["Orleans"], levels.Current["Srpo"]));

        Assert.True(levels.Set("Orleans", LogEventLevel.Verbose));
        Assert.False(levels.Set("Nobody", LogEventLevel.Verbose));
        Assert.Equal(LogEventLevel.Verbose, levels.Current["Orleans"]);

        directory.Write("settings.json", Settings("Debug", "Fatal"));
        configuration.Reload();
        Assert.Equal((LogEventLevel.Debug, LogEventLevel.Fatal), (levels.Current["default"], levels.Current["Orleans"]));

        // A typing error in a file that is in use must not take the silo down.
        directory.Write("settings.json", Settings("Loud", "Fatal"));
        configuration.Reload();
        Assert.Equal(LogEventLevel.Information, levels.Current["default"]);
        Assert.Contains("Serilog:MinimumLevel:Default is 'Loud'", Assert.Throws<SiloSettingsException>(() => new LogLevels(configuration)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rolling_file_is_set_up_by_settings_alone()
    {
        using var directory = new TemporaryDirectory();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Serilog:Using:0"] = "Serilog.Sinks.File",
            ["Serilog:WriteTo:0:Name"] = "File",
            ["Serilog:WriteTo:0:Args:path"] = directory["silo-.json"],
            ["Serilog:WriteTo:0:Args:formatter"] = "Serilog.Formatting.Json.JsonFormatter, Serilog",
            ["Serilog:WriteTo:0:Args:rollingInterval"] = "Day",
            ["Serilog:WriteTo:0:Args:rollOnFileSizeLimit"] = "true",
            ["Serilog:WriteTo:0:Args:fileSizeLimitBytes"] = "2000",
            ["Serilog:WriteTo:0:Args:retainedFileCountLimit"] = "3",
        }).Build();
        using (var levels = new LogLevels(configuration))
        using (var log = levels.Control(new LoggerConfiguration().ReadFrom.Configuration(configuration)).CreateLogger())
        {
            for (var i = 0; i < 100; i++) log.Information("Message {Number}.", i);
            levels.Set(LogLevels.Default, LogEventLevel.Error);
            log.Information("Dropped.");
        }

        var files = Directory.GetFiles(directory.Root, "silo-*.json");
        Assert.Equal(3, files.Length);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 3000));
        Assert.DoesNotContain("Dropped", string.Concat(files.Select(File.ReadAllText)), StringComparison.Ordinal);
        Assert.Contains("\"Number\":99", string.Concat(files.Select(File.ReadAllText)), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_outage_only_our_own_lines_are_written_unless_Orleans_is_debugged()
    {
        using var log = new TestLog();
        Exception[] outages =
        [
            new Azure.RequestFailedException(0, "Connection refused"), new AggregateException(new Azure.RequestFailedException(503, "busy"), new Azure.RequestFailedException(0, "gone")),
            new Npgsql.NpgsqlException("x", new System.Net.Sockets.SocketException(111)), new OrleansException("around it", new StorageUnavailableException("away")),
        ];
        foreach (var outage in outages) log.Write("Orleans.Anything", outage);
        Assert.Empty(log.Lines);
        Exception[] others = [new OperationCanceledException(), new Azure.RequestFailedException(403, "refused"), new AggregateException(new Azure.RequestFailedException(0, "gone"), new FormatException())];
        foreach (var other in others) log.Write("Orleans.Anything", other);
        log.Write("Srpo.Anything", outages[0]);
        Assert.Equal(4, log.Lines.Count(line => line.StartsWith("Something failed.", StringComparison.Ordinal)));

        log.Levels.Set("Orleans", LogEventLevel.Debug);
        log.Write("Orleans.Anything", outages[0]);
        Assert.Equal(5, log.Lines.Count(line => line.StartsWith("Something failed.", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_passes_by_itself_is_told_in_a_line_and_what_does_not_with_its_stack()
    {
        using var log = new TestLog();
        var lost = new TimeoutException("Response did not arrive on time in 00:00:30 for message: X. Last known status is IsExecuting: True, and a page more\nand more");
        log.Write("Srpo.Anything", lost);
        Assert.Equal("Something failed. (TimeoutException: Response did not arrive on time in 00:00:30 for message: X)", Assert.Single(log.Lines));
        log.Write("Srpo.Anything", new InvalidDataException("a fault"));
        Assert.Contains("System.IO.InvalidDataException: a fault", log.Lines[1..]);
        log.Logger.ForContext("SourceContext", "Orleans.Anything").Warning("A probe failed: {Failure:l}. Score {Score}", "no answer\n   at Somewhere()", 3);
        Assert.Equal("A probe failed: no answer. Score 3", log.Lines[^1]);
        log.Logger.ForContext("SourceContext", "Srpo.Anything").Warning("Settings: {Settings:l}", "a\nb");
        Assert.Equal("b", log.Lines[^1]);
        var before = log.Lines.Length;
        log.Levels.Set("Srpo", LogEventLevel.Debug);
        log.Write("Srpo.Anything", lost);
        Assert.True(log.Lines.Length > before + 1);
    }

    [Fact]
    public void Warnings_at_every_start_are_left_out_and_real_ones_are_not()
    {
        using var log = new TestLog();
        log.Warn("LogWarningSiloGcNotRunningWithServerGC", TimeSpan.Zero);
        log.Warn("LogWarningParticipantCheckThreadStalled", TimeSpan.FromDays(1000));
        Assert.Empty(log.Lines);
        log.Warn("LogWarningParticipantCheckThreadStalled", TimeSpan.FromMilliseconds(1));
        log.Warn("LogWarningSiloHeartbeatTimerStalled", TimeSpan.FromDays(1000));
        Assert.Equal(2, log.Lines.Length);
    }

    [Fact]
    public void Levels_of_the_shipped_settings_leave_out_what_others_handle()
    {
        using var log = new TestLog(new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build());
        foreach (var (source, level, shown) in new[]
        {
            ("Polly", LogEventLevel.Information, false), ("Polly", LogEventLevel.Warning, true), ("Orleans.Messaging", LogEventLevel.Warning, false), ("Orleans.Messaging", LogEventLevel.Error, true),
            ("Orleans.Runtime.CallbackData", LogEventLevel.Warning, false), ("Orleans.Runtime.Catalog", LogEventLevel.Warning, true), ("Srpo.Grains.SiloService", LogEventLevel.Information, false),
            ("Srpo.Grains.CoordinatorGrain", LogEventLevel.Information, true), ("Orleans.Storage.AzureBlobGrainStorage", LogEventLevel.Error, false),
        })
        {
            var before = log.Lines.Length;
            log.Logger.ForContext("SourceContext", source).Write(level, "Something.");
            Assert.True(log.Lines.Length - before == (shown ? 1 : 0), $"{source} {level}");
        }
    }

    private static string Settings(string all, string orleans) =>
        $$"""{ "Serilog": { "MinimumLevel": { "Default": "{{all}}", "Override": { "Orleans": "{{orleans}}" } } } }""";

    /// <summary>A silo's log, written to a text.</summary>
    private sealed class TestLog : IDisposable
    {
        private readonly StringWriter _text = new();

        public TestLog(IConfiguration? configuration = null)
        {
            Levels = new LogLevels(configuration ?? new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Serilog:MinimumLevel:Override:Orleans"] = "Warning" }).Build());
            Logger = LogHosting.Create(Levels, new LoggerConfiguration().WriteTo.Sink(new Writer(_text)));
        }

        public LogLevels Levels { get; }

        public Serilog.Core.Logger Logger { get; }

        public string[] Lines => _text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        public void Write(string source, Exception error) => Logger.ForContext("SourceContext", source).Warning(Thrown(error), "Something failed.");

        public void Warn(string name, TimeSpan duration) =>
            Logger.ForContext("SourceContext", "Orleans.Runtime.Watchdog").ForContext("EventId", new { Id = 1, Name = name }, destructureObjects: true).Warning("It took {Duration}.", duration);

        public void Dispose()
        {
            Logger.Dispose();
            Levels.Dispose();
            _text.Dispose();
        }

        private static Exception Thrown(Exception error)
        {
            try
            {
                throw error;
            }
            catch (Exception caught)
            {
                return caught;
            }
        }

        private sealed class Writer(StringWriter text) : Serilog.Core.ILogEventSink
        {
            private readonly Serilog.Formatting.Display.MessageTemplateTextFormatter _format = new("{Message:lj}{NewLine}{Exception}");

            public void Emit(LogEvent logEvent) => _format.Format(logEvent, text);
        }
    }
}

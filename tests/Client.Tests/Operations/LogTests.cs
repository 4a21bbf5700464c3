using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Events;
using Srpo.Client.Tests.Support;
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

    private static string Settings(string all, string orleans) =>
        $$"""{ "Serilog": { "MinimumLevel": { "Default": "{{all}}", "Override": { "Orleans": "{{orleans}}" } } } }""";
}

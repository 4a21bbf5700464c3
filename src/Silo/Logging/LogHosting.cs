using Serilog;

namespace Srpo.Silo;

/// <summary>Sets up the log.</summary>
internal static class LogHosting
{
    /// <summary>Sinks and format from the section "Serilog" of the settings, levels that can be changed while the silo runs.</summary>
    public static void AddLog(this WebApplicationBuilder builder)
    {
        var levels = new LogLevels(builder.Configuration);
        var sinks = new LoggerConfiguration().ReadFrom.Configuration(builder.Configuration).MinimumLevel.Verbose().CreateLogger();
        Log.Logger = levels.Control(new LoggerConfiguration())
            .Filter.With(new OutageFilter(levels), new RuntimeNoiseFilter())
            .WriteTo.Sink(new BriefSink(sinks, levels))
            .CreateLogger();
        builder.Logging.ClearProviders().AddSerilog();
        builder.Services.AddSingleton(_ => levels);
        Log.ForContext("SourceContext", "Srpo.Silo").Information("Settings in use:{NewLine:l}{Settings:l}", Environment.NewLine, Redaction.Describe(builder.Configuration.GetSection(SiloSettings.Section)));
    }
}

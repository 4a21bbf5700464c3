using Serilog;
using Serilog.Core;

namespace Srpo.Silo;

/// <summary>Sets up the log.</summary>
internal static class LogHosting
{
    /// <summary>Sinks and format from the section "Serilog" of the settings, levels that can be changed while the silo runs.</summary>
    public static void AddLog(this WebApplicationBuilder builder)
    {
        var levels = new LogLevels(builder.Configuration);
        Log.Logger = Create(levels, new LoggerConfiguration().ReadFrom.Configuration(builder.Configuration));
        builder.Logging.ClearProviders().AddSerilog();
        builder.Services.AddSingleton(_ => levels);
        Log.ForContext("SourceContext", "Srpo.Silo").Information("Settings in use:{NewLine:l}{Settings:l}", Environment.NewLine, Redaction.Describe(builder.Configuration.GetSection(SiloSettings.Section)));
    }

    /// <summary>A log whose levels can be changed, without what helps nobody, over sinks.</summary>
    public static Logger Create(LogLevels levels, LoggerConfiguration sinks) => levels.Control(new LoggerConfiguration())
        .Filter.With(new OutageFilter(levels), new RuntimeNoiseFilter())
        .WriteTo.Sink(new BriefSink(sinks.MinimumLevel.Verbose().CreateLogger(), levels))
        .CreateLogger();
}

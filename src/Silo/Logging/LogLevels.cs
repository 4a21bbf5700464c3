using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Srpo.Silo;

/// <summary>
/// The levels below which messages are dropped, one for all and one for each source with a level of its own in the settings
/// ("Serilog:MinimumLevel"). They change while the silo runs: when the settings' file changes, and by /log-level.
/// </summary>
internal sealed class LogLevels : IDisposable
{
    /// <summary>Name of the level of all sources that have none of their own.</summary>
    public const string Default = "default";

    private const string Section = "Serilog:MinimumLevel";

    private readonly IConfiguration _configuration;
    private readonly Dictionary<string, LoggingLevelSwitch> _switches = new(StringComparer.OrdinalIgnoreCase);
    private readonly IDisposable _reload;

    /// <summary>Takes the levels of the settings.</summary>
    /// <exception cref="SiloSettingsException">A level is not known.</exception>
    public LogLevels(IConfiguration configuration)
    {
        _configuration = configuration;
        _switches[Default] = new LoggingLevelSwitch();
        _switches["Srpo"] = new LoggingLevelSwitch();
        foreach (var source in configuration.GetSection(Section + ":Override").GetChildren()) _switches.TryAdd(source.Key, new LoggingLevelSwitch());
        Apply(strict: true);
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, () => Apply(strict: false));
    }

    /// <summary>Names of the levels in use, and the levels.</summary>
    public IReadOnlyDictionary<string, LogEventLevel> Current => _switches.ToDictionary(pair => pair.Key, pair => pair.Value.MinimumLevel);

    /// <summary>The level of a source that has one of its own.</summary>
    public LogEventLevel Of(string source) => _switches.TryGetValue(source, out var level) ? level.MinimumLevel : _switches[Default].MinimumLevel;

    /// <summary>Lets a logger follow the levels; to be called after everything else is read from the settings.</summary>
    public LoggerConfiguration Control(LoggerConfiguration logger)
    {
        logger.MinimumLevel.ControlledBy(_switches[Default]);
        foreach (var (source, level) in _switches.Where(pair => pair.Key != Default)) logger.MinimumLevel.Override(source, level);
        return logger;
    }

    /// <summary>Sets a level until the next change of the settings' file.</summary>
    /// <returns>False if there is no such level.</returns>
    public bool Set(string source, LogEventLevel level)
    {
        if (!_switches.TryGetValue(source, out var found)) return false;
        found.MinimumLevel = level;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _reload.Dispose();

    private void Apply(bool strict)
    {
        var all = Read("Default", strict) ?? Read("", strict) ?? LogEventLevel.Information;
        foreach (var (source, found) in _switches)
            found.MinimumLevel = source == Default ? all : Read("Override:" + source, strict) ?? all;
    }

    private LogEventLevel? Read(string name, bool strict)
    {
        var path = name.Length == 0 ? Section : $"{Section}:{name}";
        if (_configuration[path] is not { Length: > 0 } text) return null;
        if (Enum.TryParse<LogEventLevel>(text, ignoreCase: true, out var level) && Enum.IsDefined(level)) return level;

        // While the silo runs, a level with a typing error is passed over.
        return strict ? throw new SiloSettingsException(path[(path.IndexOf(':') + 1)..], text, "use one of " + string.Join(", ", Enum.GetNames<LogEventLevel>()), "Serilog") : null;
    }
}

/// <summary>GET /log-level shows the levels, PUT /log-level sets one: {"level": "Debug", "source": "Srpo"}.</summary>
internal static class LogLevelEndpoint
{
    public static void MapLogLevel(this WebApplication application)
    {
        application.MapGet("/log-level", (LogLevels levels) => Show(levels));
        application.MapPut("/log-level", async (HttpRequest request, LogLevels levels, ILoggerFactory logging) =>
        {
            LevelRequest? wanted;
            try
            {
                wanted = await JsonSerializer.DeserializeAsync<LevelRequest>(request.Body, JsonSerializerOptions.Web, request.HttpContext.RequestAborted);
            }
            catch (JsonException)
            {
                wanted = null;
            }
            catch (BadHttpRequestException error)
            {
                return Results.Text(error.Message + "\n", statusCode: error.StatusCode);
            }

            if (wanted?.Level is null) return Refuse("""the body must be JSON, for example {"level": "Debug", "source": "Srpo"}; without a source the level of all others is set""");
            if (!Enum.TryParse<LogEventLevel>(wanted.Level, ignoreCase: true, out var level) || !Enum.IsDefined(level))
                return Refuse("level: not known; use one of " + string.Join(", ", Enum.GetNames<LogEventLevel>()));
            var source = wanted.Source ?? LogLevels.Default;
            if (!levels.Set(source, level)) return Refuse($"source: has no level of its own; use one of {string.Join(", ", levels.Current.Keys)}, or add it to Serilog:MinimumLevel:Override and start again");
            logging.CreateLogger("Srpo.Silo").LogWarning("The log level of {Source} is now {Level}.", source, level);
            return Show(levels);
        });
    }

    private static IResult Show(LogLevels levels) =>
        Results.Json(levels.Current.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));

    private static IResult Refuse(string reason) => Results.Text(reason + "\n", statusCode: StatusCodes.Status400BadRequest);

    private sealed record LevelRequest(string? Level, string? Source);
}

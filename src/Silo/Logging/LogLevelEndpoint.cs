using System.Text.Json;
using Serilog.Events;

namespace Srpo.Silo;

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

using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Srpo.Grains.Hosting;

/// <summary>How errors of grains travel.</summary>
internal static class ErrorMessages
{
    /// <summary>
    /// Lets the error of any library be the cause of a grain's error. By itself Orleans sends those of .NET and Azure only: the
    /// caller of a grain whose database is away would see that NpgsqlException has no serialiser, and give up.
    /// </summary>
    public static IServiceCollection AddErrorsOfLibraries(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedExceptionTypeFilter = _ => true);
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Runtime;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the runtime to a host. Signatures as in Orleans.</summary>
public static class OrleansSiloGenericHostExtensions
{
    /// <summary>Adds the runtime.</summary>
    /// <param name="hostAppBuilder">The host.</param>
    /// <returns>The host.</returns>
    public static IHostApplicationBuilder UseOrleans(this IHostApplicationBuilder hostAppBuilder) => hostAppBuilder.UseOrleans(_ => { });

    /// <summary>Adds the runtime.</summary>
    /// <param name="hostAppBuilder">The host.</param>
    /// <returns>The host.</returns>
    public static HostApplicationBuilder UseOrleans(this HostApplicationBuilder hostAppBuilder) => hostAppBuilder.UseOrleans(_ => { });

    /// <summary>Adds the runtime.</summary>
    /// <param name="hostAppBuilder">The host.</param>
    /// <param name="configureDelegate">Sets it up.</param>
    /// <returns>The host.</returns>
    public static IHostApplicationBuilder UseOrleans(this IHostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostAppBuilder);
        ArgumentNullException.ThrowIfNull(configureDelegate);
        configureDelegate(Add(hostAppBuilder.Services, hostAppBuilder.Configuration));
        return hostAppBuilder;
    }

    /// <summary>Adds the runtime.</summary>
    /// <param name="hostAppBuilder">The host.</param>
    /// <param name="configureDelegate">Sets it up.</param>
    /// <returns>The host.</returns>
    public static HostApplicationBuilder UseOrleans(this HostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ((IHostApplicationBuilder)hostAppBuilder).UseOrleans(configureDelegate);
        return hostAppBuilder;
    }

    /// <summary>Adds the runtime.</summary>
    /// <param name="hostBuilder">The host.</param>
    /// <param name="configureDelegate">Sets it up.</param>
    /// <returns>The host.</returns>
    public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<ISiloBuilder> configureDelegate) =>
        hostBuilder.UseOrleans((_, builder) => configureDelegate(builder));

    /// <summary>Adds the runtime.</summary>
    /// <param name="hostBuilder">The host.</param>
    /// <param name="configureDelegate">Sets it up.</param>
    /// <returns>The host.</returns>
    public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<HostBuilderContext, ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostBuilder);
        ArgumentNullException.ThrowIfNull(configureDelegate);
        return hostBuilder.ConfigureServices((context, services) => configureDelegate(context, Add(services, context.Configuration)));
    }

    /// <summary>Adds the runtime.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configureDelegate">Sets it up.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddOrleans(this IServiceCollection services, Action<ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(configureDelegate);
        configureDelegate(Add(services, null));
        return services;
    }

    private static SiloBuilder Add(IServiceCollection services, IConfiguration? configuration)
    {
        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EmbeddedSilo>();
        services.TryAddSingleton<IGrainRuntime>(static s => s.GetRequiredService<EmbeddedSilo>());
        services.TryAddSingleton<ILocalSiloDetails>(static s => s.GetRequiredService<EmbeddedSilo>());
        services.TryAddSingleton<IGrainContextAccessor>(static s => s.GetRequiredService<EmbeddedSilo>());
        services.TryAddSingleton<IClusterClient>(static s => s.GetRequiredService<EmbeddedSilo>().GrainFactory);
        services.TryAddSingleton<IGrainFactory>(static s => s.GetRequiredService<EmbeddedSilo>().GrainFactory);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SiloService>());
        return new SiloBuilder(services, configuration ?? new ConfigurationBuilder().Build());
    }
}

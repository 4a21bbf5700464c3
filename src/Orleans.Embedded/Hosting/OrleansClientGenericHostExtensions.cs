using Orleans.Hosting;
using Orleans.Runtime;
using Srpo.OrleansEmbedded;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connections to a cluster, which this stand-in cannot make: every method fails and says how to get one.</summary>
public static class OrleansClientGenericHostExtensions
{
    /// <summary>Fails.</summary>
    /// <param name="hostAppBuilder">Not used.</param>
    /// <returns>Never.</returns>
    public static HostApplicationBuilder UseOrleansClient(this HostApplicationBuilder hostAppBuilder) => throw NoCluster();

    /// <summary>Fails.</summary>
    /// <param name="hostAppBuilder">Not used.</param>
    /// <param name="configureDelegate">Not used.</param>
    /// <returns>Never.</returns>
    public static HostApplicationBuilder UseOrleansClient(
        this HostApplicationBuilder hostAppBuilder, Action<IClientBuilder> configureDelegate) => throw NoCluster();

    /// <summary>Fails.</summary>
    /// <param name="hostAppBuilder">Not used.</param>
    /// <returns>Never.</returns>
    public static IHostApplicationBuilder UseOrleansClient(this IHostApplicationBuilder hostAppBuilder) => throw NoCluster();

    /// <summary>Fails.</summary>
    /// <param name="hostAppBuilder">Not used.</param>
    /// <param name="configureDelegate">Not used.</param>
    /// <returns>Never.</returns>
    public static IHostApplicationBuilder UseOrleansClient(
        this IHostApplicationBuilder hostAppBuilder, Action<IClientBuilder> configureDelegate) => throw NoCluster();

    /// <summary>Fails.</summary>
    /// <param name="hostBuilder">Not used.</param>
    /// <returns>Never.</returns>
    public static IHostBuilder UseOrleansClient(this IHostBuilder hostBuilder) => throw NoCluster();

    /// <summary>Fails.</summary>
    /// <param name="hostBuilder">Not used.</param>
    /// <param name="configureDelegate">Not used.</param>
    /// <returns>Never.</returns>
    public static IHostBuilder UseOrleansClient(this IHostBuilder hostBuilder, Action<IClientBuilder> configureDelegate) => throw NoCluster();

    /// <summary>Fails.</summary>
    /// <param name="hostBuilder">Not used.</param>
    /// <param name="configureDelegate">Not used.</param>
    /// <returns>Never.</returns>
    public static IHostBuilder UseOrleansClient(
        this IHostBuilder hostBuilder, Action<HostBuilderContext, IClientBuilder> configureDelegate) => throw NoCluster();

    private static OrleansConfigurationException NoCluster() => new($"Cannot connect to a cluster: {EmbeddedRuntime.NoCluster}.");
}

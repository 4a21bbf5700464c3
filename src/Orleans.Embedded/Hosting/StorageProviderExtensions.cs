using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Runtime.Hosting;

/// <summary>Registration of storage. Signature as in Orleans.</summary>
public static class StorageProviderExtensions
{
    /// <summary>Registers a storage under a name.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="collection">The services.</param>
    /// <param name="name">Its name.</param>
    /// <param name="implementationFactory">Makes it.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddGrainStorage<T>(
        this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage
    {
        collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key!));
        if (name == ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
            collection.TryAddSingleton(static services => services.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME));
        return collection;
    }
}

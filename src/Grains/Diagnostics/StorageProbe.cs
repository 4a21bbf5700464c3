using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Srpo.Grains.Hosting;

namespace Srpo.Grains.Diagnostics;

/// <summary>Finds out whether grain storage can be read, without a record of its own.</summary>
public sealed class StorageProbe(IServiceProvider services)
{
    private static readonly GrainId Nobody = GrainId.Create("health", "probe");

    private Task _last = Task.CompletedTask;

    /// <summary>
    /// Reads a record that does not exist. While one such read waits for an answer, no other begins: storages may wait long.
    /// Not thread-safe.
    /// </summary>
    /// <exception cref="Exception">Storage cannot be read; whatever its provider throws.</exception>
    public Task ReadAsync()
    {
        if (_last.IsCompleted)
            _last = services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Populations).ReadStateAsync("probe", Nobody, new GrainState<ProbeRecord>());
        return _last;
    }

    /// <summary>What would be read.</summary>
    [GenerateSerializer, Alias("srpo.ProbeRecord")]
    internal sealed class ProbeRecord
    {
        /// <summary>Nothing of meaning.</summary>
        [Id(0)]
        public int Value { get; set; }
    }
}

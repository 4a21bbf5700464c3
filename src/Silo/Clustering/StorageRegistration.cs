using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>Registers the storages that the settings ask for.</summary>
internal static class StorageRegistration
{
    /// <summary>Adds one storage for each name of <see cref="Srpo.Grains.Hosting.StorageNames"/>.</summary>
    public static ISiloBuilder AddSrpoStorage(this ISiloBuilder silo, SiloSettings settings)
    {
        var storage = settings.Storage;

        // The command line keeps grain state in the same place, so that either can go on with the other's runs.
        var root = Path.Combine(Path.GetFullPath(settings.DataDirectory), ".grains");
        foreach (var (name, kind) in storage.Kinds())
        {
            switch (kind)
            {
                case StorageKind.Files:
                    silo.AddFileGrainStorage(name, options =>
                    {
                        options.Directory = Path.Combine(root, name);
                        options.ExclusiveRoot = settings.ShareDataDirectory ? null : root;
                    });
                    break;
                case StorageKind.Postgres:
                    silo.AddPostgresGrainStorage(name, options =>
                    {
                        options.Connection = storage.Postgres(settings.Cluster);
                        options.Service = settings.ServiceId;
                        options.ChunkBytes = storage.ChunkBytes;
                        options.Patience = TimeSpan.FromSeconds(storage.PatienceSeconds);
                        options.Concurrency = storage.Concurrency;
                    });
                    break;
                case StorageKind.Azure:
                    silo.AddAzureGrainStorage(name, options =>
                    {
                        options.Account = storage.Azure(settings.Cluster);
                        options.Container = storage.ContainerOf(name);
                        options.Patience = TimeSpan.FromSeconds(storage.PatienceSeconds);
                        options.Request = TimeSpan.FromSeconds(storage.RequestSeconds);
                        options.Concurrency = storage.Concurrency;
                    });
                    break;
                default:
                    silo.AddMemoryGrainStorage(name);
                    break;
            }
        }

        return silo;
    }
}

namespace Srpo.Silo;

/// <summary>Whether this silo is a member of its cluster; on the stand-in it is the cluster.</summary>
internal static class SiloMembership
{
    public static bool IsActive(IServiceProvider services) => services.GetService<IGrainFactory>() is not null;
}

namespace Srpo.Silo;

/// <summary>Whether this silo is a member of its cluster.</summary>
internal static class SiloMembership
{
    public static bool IsActive(IServiceProvider services) => services.GetRequiredService<ISiloStatusOracle>().CurrentStatus == SiloStatus.Active;
}

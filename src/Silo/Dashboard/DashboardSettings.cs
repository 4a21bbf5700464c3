namespace Srpo.Silo;

/// <summary>The Orleans dashboard, section "Srpo:Dashboard".</summary>
internal sealed class DashboardSettings
{
    public const string Section = SiloSettings.Section + ":Dashboard";

    /// <summary>Whether /dashboard is served. <value>False by default.</value></summary>
    public bool Enabled { get; set; }
}

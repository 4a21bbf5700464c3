namespace Srpo.Silo;

/// <summary>The Orleans dashboard, section "Srpo:Dashboard".</summary>
internal sealed class DashboardSettings
{
    public const string Section = SiloSettings.Section + ":Dashboard";

    /// <summary>Whether /dashboard is served; it needs the package Microsoft.Orleans.Dashboard at build time. <value>False by default.</value></summary>
    public bool Enabled { get; set; }
}

using Orleans.Dashboard;

namespace Srpo.Silo;

/// <summary>Serves the Orleans dashboard at /dashboard, behind the same token as the other endpoints.</summary>
internal static class OrleansDashboardHosting
{
    /// <summary>Where it is.</summary>
    public const string Path = "/dashboard";

    /// <summary>Collects what the dashboard shows, if the settings ask for it.</summary>
    public static ISiloBuilder AddSrpoDashboard(this ISiloBuilder silo, DashboardSettings settings) =>
        settings.Enabled ? silo.AddDashboard(options => options.HideTrace = true) : silo;

    /// <summary>Maps its pages, if the settings ask for it.</summary>
    public static void MapSrpoDashboard(this WebApplication application, DashboardSettings settings)
    {
        if (settings.Enabled) application.MapOrleansDashboard(Path);
    }
}

/// <summary>The Orleans dashboard, section "Srpo:Dashboard".</summary>
internal sealed class DashboardSettings
{
    public const string Section = SiloSettings.Section + ":Dashboard";

    /// <summary>Whether /dashboard is served. <value>False by default.</value></summary>
    public bool Enabled { get; set; }
}

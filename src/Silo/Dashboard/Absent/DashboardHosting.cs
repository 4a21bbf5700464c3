namespace Srpo.Silo;

/// <summary>What a silo built without the Orleans dashboard says when it is asked for.</summary>
internal static class DashboardHosting
{
    /// <summary>Whether this program was built with it.</summary>
    public static bool IsAvailable => false;

    /// <summary>Refuses settings that ask for the dashboard.</summary>
    /// <exception cref="SiloSettingsException">It is asked for.</exception>
    public static ISiloBuilder AddSrpoDashboard(this ISiloBuilder silo, DashboardSettings settings) => settings.Enabled
        ? throw new SiloSettingsException("Dashboard:Enabled", true, "this program was built without the package Microsoft.Orleans.Dashboard; configure a package feed that has it, run scripts/detect-packages.sh --force and build again, or set it to false")
        : silo;

    /// <summary>Maps nothing.</summary>
    public static void MapSrpoDashboard(this WebApplication application, DashboardSettings settings) => _ = (application, settings);
}

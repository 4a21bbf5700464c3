using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Srpo.Core.Errors;
using Srpo.Dashboard;
using Srpo.Grains.Hosting;
using Srpo.Grains.Security;
using Srpo.Grains.Storage;
using Srpo.Language.Torch;
using Srpo.Learning.Devices;
using Srpo.Learning.Plugins;
using Srpo.Learning.Torch;
using Srpo.Onnx;

namespace Srpo.Silo;

/// <summary>Puts a silo together: grains, storage, log, health endpoints.</summary>
internal static class SiloHost
{
    public static WebApplication Build(string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        var settings = builder.Configuration.GetSection(SiloSettings.Section).Get<SiloSettings>() ?? new SiloSettings();
        var tls = builder.Configuration.GetSection(TlsSettings.Section).Get<TlsSettings>() ?? new TlsSettings();
        settings.Validate();
        settings.Cluster.ValidateNetwork(tls.Enabled);

        LibTorch.ConfiguredFolder = settings.LibTorch.Length > 0 ? settings.LibTorch : null;
        TorchBackend.Register();
        TorchLanguage.Register();
        GraphBackend.Use(static () => new OnnxBackend());
        for (var i = 0; i < settings.Plugins.Length; i++) LoadPlugin(i, settings.Plugins[i]);
        builder.AddLog();
        var dashboard = builder.Configuration.GetSection(DashboardSettings.Section).Get<DashboardSettings>() ?? new DashboardSettings();
        var pages = builder.Configuration.GetSection(PagesSettings.Section).Get<PagesSettings>() ?? new PagesSettings();
        var forwarded = pages.Forwarded();
        builder.AddHttp(settings.HealthUrl, settings.Cluster.TrustMachine, pages);
        builder.AddTelemetry(settings);
        builder.Services.AddSingleton(Options.Create(settings));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(settings.ShutdownSeconds));
        builder.Services.TryAddSingleton<StorageHealth>();
        builder.Services.AddSingleton(settings).AddHostedService<StorageCheck>();
        if (pages.Enabled)
        {
            builder.Services.AddSrpoPages(
                services => new ClusterSource(settings.ClusterName, services.GetRequiredService<IGrainFactory>(), Directory.GetCurrentDirectory()),
                dashboard.Enabled ? OrleansDashboardHosting.Path : null);
        }

        builder.Services.AddSingleton<IFatalErrorHandler, FatalEnd>();
        builder.UseOrleans(silo => silo
            .AdmitOwner(trusted: settings.Cluster.TrustMachine || tls is { Enabled: true, Mutual: true })
            .UseSrpoTls(tls)
            .AddSrpoDashboard(dashboard)
            .AddSrpoCluster(settings)
            .AddSrpoStorage(settings)
            .AddSrpo(options =>
            {
                options.Unattended = true;
                if (settings.Workers > 0) options.Compute.Workers = settings.Workers;
            }));

        var application = builder.Build();
        var devices = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Srpo.Devices");
        TorchDevice.Warnings = text => devices.LogWarning("{Warning}", text);
        application.MapHttp(forwarded);
        application.MapSrpoDashboard(dashboard);
        if (pages.Enabled) application.MapSrpoPages();
        return application;
    }

    private static void LoadPlugin(int number, string file)
    {
        try
        {
            LoadedPlugins.Load(file, Directory.GetCurrentDirectory());
        }
        catch (SrpoException error)
        {
            throw new SiloSettingsException($"{nameof(SiloSettings.Plugins)}:{number}", file, error.Message);
        }
    }
}

using Microsoft.Extensions.Options;
using Serilog;
using Srpo.Grains.Hosting;

namespace Srpo.Silo;

/// <summary>Puts a silo together: grains, storage, log, health endpoints.</summary>
internal static class SiloHost
{
    public static WebApplication Build(string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        var settings = builder.Configuration.GetSection(SiloSettings.Section).Get<SiloSettings>() ?? new SiloSettings();
        settings.Validate();

        Log.Logger = new LoggerConfiguration().ReadFrom.Configuration(builder.Configuration).CreateLogger();
        builder.Logging.ClearProviders().AddSerilog();
        builder.Services.AddSingleton(Options.Create(settings));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(settings.ShutdownSeconds));
        builder.WebHost.UseUrls(settings.HealthUrl);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, settings.Primary, settings.ServiceId, settings.ClusterId)
            .AddSrpo(options =>
            {
                // The command line keeps grain state in the same place, so that either can go on with the other's runs.
                options.DataDirectory = Path.Combine(Path.GetFullPath(settings.DataDirectory), ".grains");
                options.ExclusiveDataDirectory = !settings.ShareDataDirectory;
                if (settings.Workers > 0) options.Compute.Workers = settings.Workers;
            }));

        var application = builder.Build();
        application.MapHealth();
        return application;
    }
}

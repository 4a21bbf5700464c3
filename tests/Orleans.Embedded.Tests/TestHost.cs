using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;

namespace Srpo.OrleansEmbedded.Tests;

/// <summary>A started host with the runtime, in-memory storage and a clock that the test moves.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    /// <summary>Long enough for any machine; only reached when a test is about to fail.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static int s_keys;

    private TestHost(IHost host, ManualTime time)
    {
        Host = host;
        Time = time;
    }

    public IHost Host { get; }

    public ManualTime Time { get; }

    public IClusterClient Grains => Host.Services.GetRequiredService<IClusterClient>();

    /// <summary>A key that no other test uses, since some test grains share static places with their tests.</summary>
    public static string NewKey() => $"k{Interlocked.Increment(ref s_keys)}";

    public static IHost Build(Action<ISiloBuilder>? configure = null, ManualTime? time = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        if (time is not null)
            builder.Services.AddSingleton<TimeProvider>(time);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering().AddMemoryGrainStorageAsDefault().AddMemoryGrainStorage("other");
            configure?.Invoke(silo);
        });
        return builder.Build();
    }

    public static async Task<TestHost> StartAsync(Action<ISiloBuilder>? configure = null)
    {
        var time = new ManualTime();
        var host = Build(configure, time);
        await host.StartAsync();
        return new TestHost(host, time);
    }

    /// <summary>Waits until no grain runs, waits or ends. Looks inside the runtime, for events that no caller can see.</summary>
    public static async Task WhenIdle(IClusterClient grains)
    {
        var silo = grains.ServiceProvider.GetRequiredService<Runtime.EmbeddedSilo>();
        var end = DateTime.UtcNow + Patience;
        while (silo.Catalog.Activations().Any(a => a.Load > 0 || !a.IsActive))
        {
            Assert.True(DateTime.UtcNow < end, "The grains did not come to rest.");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        Host.Dispose();
    }
}

internal static class WaitExtensions
{
    /// <summary>Waits for an event of the test, and names it when it does not come.</summary>
    public static async Task Soon(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(TestHost.Patience);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"This did not happen: {what}.");
        }
    }

    public static async Task<T> Soon<T>(this Task<T> task, string what)
    {
        await ((Task)task).Soon(what);
        return await task;
    }
}

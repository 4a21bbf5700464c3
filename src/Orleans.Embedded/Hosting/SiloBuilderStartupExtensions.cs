using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Start-up tasks on the silo builder. Signatures as in Orleans; the stage is not used: tasks run in order of registration.</summary>
public static class SiloBuilderStartupExtensions
{
    /// <summary>Adds a task that services make.</summary>
    /// <typeparam name="TStartup">The task.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="stage">Not used.</param>
    /// <returns>The builder.</returns>
    public static ISiloBuilder AddStartupTask<TStartup>(this ISiloBuilder builder, int stage = 20000)
        where TStartup : class, IStartupTask
    {
        _ = stage;
        builder.Services.AddSingleton<IStartupTask, TStartup>();
        return builder;
    }

    /// <summary>Adds a task.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="startupTask">The task.</param>
    /// <param name="stage">Not used.</param>
    /// <returns>The builder.</returns>
    public static ISiloBuilder AddStartupTask(this ISiloBuilder builder, IStartupTask startupTask, int stage = 20000)
    {
        _ = stage;
        builder.Services.AddSingleton(startupTask);
        return builder;
    }

    /// <summary>Adds a task.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="startupTask">The task.</param>
    /// <param name="stage">Not used.</param>
    /// <returns>The builder.</returns>
    public static ISiloBuilder AddStartupTask(
        this ISiloBuilder builder, Func<IServiceProvider, CancellationToken, Task> startupTask, int stage = 20000)
    {
        _ = stage;
        builder.Services.AddSingleton<IStartupTask>(services => new DelegateStartupTask(services, startupTask));
        return builder;
    }

    private sealed class DelegateStartupTask(IServiceProvider services, Func<IServiceProvider, CancellationToken, Task> run) : IStartupTask
    {
        public Task Execute(CancellationToken cancellationToken) => run(services, cancellationToken);
    }
}

using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Dashboards;
using Srpo.Client.Sessions;
using Srpo.Dashboard;

namespace Srpo.Client.Commands;

/// <summary>`srpo dashboard`: pages in a browser that show runs while they go on.</summary>
internal static class DashboardCommand
{
    private static readonly Option<int?> Port = CommandExtensions.WholeOption("--port", $"Port on 127.0.0.1; 0 for any that is free. Default: the first free one from {DashboardHost.FirstPort} on.", 0, 65535);

    public static Command Create(Shell shell) =>
        new Command("dashboard", "Show runs, populations, matrices and agents in a browser, also while they train. Prints a link; Ctrl-C ends it, and nothing that trains.") { Port }.Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        context.EndInOrder();
        if (context.Cluster is { } address)
        {
            await using var session = await ClusterSession.ConnectAsync(address, context.Shell.Variable, context.Error, context.Cancellation);
            return await ServeAsync(context, new ClusterSource(ClusterAddress.Parse(address, context.Shell.Variable).ClusterId, session.Grains, context.Shell.Directory));
        }

        context.Data.RequireDirectory();
        await using var source = new DataDirectorySource(context.Data, context.Shell.Shown(context.Data.Root), context.Shell.Directory, context.Workers);
        return await ServeAsync(context, source);
    }

    private static async Task<int> ServeAsync(CommandContext context, IDashboardSource source)
    {
        await using var host = await DashboardHost.StartAsync(source, context.Get(Port), context.Cancellation);
        if (context.Json) context.PrintJson(new { Url = host.Link });
        else
        {
            context.Out.WriteLine($"The dashboard of the {source.Name} is at");
            context.Out.WriteLine($"  {host.Link}");
            context.Out.WriteLine("Whoever has this link can see everything and start, pause and stop training. Ctrl-C ends the dashboard, and nothing that trains.");
        }

        context.Out.Flush();
        await host.RunAsync(context.Cancellation);
        return (int)ExitCode.Ok;
    }
}

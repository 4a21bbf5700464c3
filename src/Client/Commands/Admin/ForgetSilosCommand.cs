using System.CommandLine;
using Npgsql;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Core.Text;
using Srpo.Grains.Storage;

namespace Srpo.Client.Commands.Admin;

/// <summary>`srpo admin forget-silos`: takes silos that are gone off the list that PostgreSQL keeps.</summary>
internal static class ForgetSilosCommand
{
    private static readonly Option<string?> ClusterId = new("--cluster-id")
    {
        Description = $"The cluster's id, Srpo:ClusterId of its silos. Default: ${ClusterAddress.ClusterIdVariable}.",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Yes = new("--yes") { Description = "Do it; without this it only shows what it would do." };

    private static readonly Option<bool> Force = new("--force") { Description = "Take silos off that live, too: they end when they see it." };

    public static Command Create(Shell shell) =>
        new Command("forget-silos", "Take silos that are gone off the list in a PostgreSQL database: after all silos of a cluster have ended for good.")
        {
            DatabaseOptions.Connection, DatabaseOptions.ConnectionFile, ClusterId, Yes, Force,
        }.OneOf(DatabaseOptions.Connection, DatabaseOptions.ConnectionFile).OnThisMachine().Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var database = DatabaseOptions.Database(context);
        var cluster = ClusterAddress.ClusterIdOf(context.Get(ClusterId), context.Shell.Variable)
            ?? throw new SrpoException(ErrorKind.Usage, $"say which cluster: --cluster-id NAME, or {ClusterAddress.ClusterIdVariable}");
        try
        {
            return await RunAsync(context, database, cluster);
        }
        catch (NpgsqlException error)
        {
            throw new SrpoException(ErrorKind.Environment, PostgresErrors.Explain(error, database), error);
        }
    }

    private static async Task<int> RunAsync(CommandContext context, PostgresConnection database, string cluster)
    {
        if (await PostgresSchema.MissingAsync(database, context.Cancellation) is { } missing) throw new SrpoException(ErrorKind.Environment, missing);
        var clusters = await SiloList.ClustersAsync(database, context.Cancellation);
        if (clusters.Count > 0 && !clusters.Contains(cluster))
            throw new SrpoException(ErrorKind.NotFound, $"{database.Name} has no list of a cluster '{cluster}'{(NearestName.Find(cluster, clusters) is { } nearest ? $", did you mean '{nearest}'?" : "")}; it has {string.Join(", ", clusters.Select(name => $"'{name}'"))}: choose with --cluster-id");
        var silos = await SiloList.ReadAsync(database, cluster, context.Cancellation);
        var signs = await SiloProbe.SignsAsync(silos, context.Cancellation);

        // One that is about to join lives, but does no harm: it is what waits for the others to leave the list.
        var kept = silos.Where((silo, i) => signs[i] is not null && silo.Status is ListedStatus.Created or ListedStatus.Joining && !context.Get(Force)).ToArray();
        var gone = silos.Except(kept).ToArray();
        var living = silos.Select((silo, i) => (Silo: silo, Sign: signs[i])).Where(pair => pair.Sign is not null && gone.Contains(pair.Silo)).ToArray();
        if (living.Length > 0 && !context.Get(Force))
        {
            throw new SrpoException(
                ErrorKind.InUse,
                $"silos of the cluster '{cluster}' live, and take those that are gone off the list by themselves; nothing was changed:\n"
                + string.Join('\n', living.Select(pair => $"  {Name(pair.Silo)} {pair.Sign}"))
                + "\nIf they are not yours, or are to end, --force takes all silos off.");
        }

        if (gone.Length == 0)
        {
            Print(context, database, cluster, [], kept);
            return (int)ExitCode.Ok;
        }

        if (!context.Get(Yes))
        {
            throw new SrpoException(
                ErrorKind.Usage,
                $"nothing was changed; --yes takes {Count(gone.Length)} off the list of the cluster '{cluster}' in {database.Name}:\n"
                + string.Join('\n', gone.Select(silo => $"  {Describe(silo)}")));
        }

        Print(context, database, cluster, await SiloList.ForgetAsync(database, cluster, gone, context.Cancellation), kept);
        return (int)ExitCode.Ok;
    }

    private static void Print(CommandContext context, PostgresConnection database, string cluster, IReadOnlyList<ListedSilo> forgotten, IReadOnlyList<ListedSilo> kept)
    {
        if (context.Json)
        {
            context.PrintJson(new { Database = database.Name, Cluster = cluster, Forgotten = forgotten.Select(View), Joining = kept.Select(View) });
            return;
        }

        foreach (var silo in forgotten) context.Out.WriteLine($"forgotten  {Describe(silo)}");
        foreach (var silo in kept) context.Out.WriteLine($"kept       {Describe(silo)}");
        context.Out.WriteLine(forgotten.Count == 0
            ? $"There is nothing to take off the list of the cluster '{cluster}' in {database.Name}."
            : $"{Count(forgotten.Count)} taken off the list of the cluster '{cluster}' in {database.Name}.");
    }

    private static object View(ListedSilo silo) => new { Silo = Name(silo), Status = Word(silo), SilentSeconds = Math.Round(silo.Silence.TotalSeconds) };

    private static string Name(ListedSilo silo) => $"{silo.Address}:{silo.Port}:{silo.Generation}";

    private static string Describe(ListedSilo silo) => $"{Name(silo)}  {Word(silo)}, silent for {Math.Max(0, silo.Silence.TotalSeconds):0} s";

    private static string Word(ListedSilo silo) => silo.Status switch
    {
        ListedStatus.Created => "starting",
        ListedStatus.Joining => "joining",
        ListedStatus.Active => "active",
        ListedStatus.ShuttingDown or ListedStatus.Stopping => "stopping",
        _ => "dead",
    };

    private static string Count(int silos) => silos == 1 ? "1 silo" : $"{silos} silos";
}

using System.CommandLine;
using Npgsql;
using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Grains.Storage;

namespace Srpo.Client.Commands.Admin;

/// <summary>`srpo admin init-db`: makes or updates the tables of a PostgreSQL database.</summary>
internal static class InitDatabaseCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Print the SQL for an empty database and change nothing." };

    public static Command Create(Shell shell) =>
        new Command("init-db", "Create or update the tables of a PostgreSQL database: grain state and membership. May be run any number of times.") { DatabaseOptions.Connection, DatabaseOptions.ConnectionFile, DryRun }
            .OneOf(DatabaseOptions.Connection, DatabaseOptions.ConnectionFile).OneOf(DryRun, GlobalOptions.Json).OnThisMachine()
            .Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        if (context.Get(DryRun))
        {
            context.Out.WriteLine(PostgresSchema.Script);
            return (int)ExitCode.Ok;
        }

        var database = DatabaseOptions.Database(context);
        try
        {
            Print(context, database, await PostgresSchema.ApplyAsync(database, context.Cancellation));
            return (int)ExitCode.Ok;
        }
        catch (NpgsqlException error)
        {
            throw new SrpoException(ErrorKind.Environment, PostgresErrors.Explain(error, database), error);
        }
    }

    private static void Print(CommandContext context, PostgresConnection database, IReadOnlyList<SchemaAction> actions)
    {
        if (context.Json)
        {
            context.PrintJson(new { Database = database.Name, Steps = actions.Select(action => new { action.Step.Component, action.Step.Version, action.Step.Description, action.Applied }) });
            return;
        }

        foreach (var action in actions)
            context.Out.WriteLine($"{(action.Applied ? "applied" : "present")}  {action.Step.Component} {action.Step.Version}: {action.Step.Description}");
        context.Out.WriteLine(actions.Any(action => action.Applied) ? $"{database.Name} is ready." : $"{database.Name} was up to date; nothing was changed.");
    }
}

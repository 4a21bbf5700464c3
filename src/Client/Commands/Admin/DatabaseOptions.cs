using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Core.Errors;
using Srpo.Grains.Storage;

namespace Srpo.Client.Commands.Admin;

/// <summary>Options that say which database a command works on.</summary>
internal static class DatabaseOptions
{
    public static readonly Option<string?> Connection = new("--connection")
    {
        Description = $"Connection string of PostgreSQL: Host=HOST;Database=NAME;Username=USER. Default: ${ClusterAddress.ConnectionVariable}, else the file that ${ClusterAddress.ConnectionFileVariable} names. A password is safer there than on the command line.",
        HelpName = "STRING",
    };

    public static readonly Option<string?> ConnectionFile = new("--connection-file")
    {
        Description = "A file that holds the connection string.",
        HelpName = "FILE",
    };

    /// <summary>The database that the options, or else the environment, name.</summary>
    /// <exception cref="SrpoException">None is named, or it cannot be understood.</exception>
    public static PostgresConnection Database(CommandContext context)
    {
        if (context.Get(Connection) is { } given) return ClusterAddress.Database(given, "--connection");
        if (context.Get(ConnectionFile) is { } file) return ClusterAddress.Database(ClusterAddress.FromFile(context.Shell.Resolve(file), "--connection-file"), $"the connection string in {file}");
        var text = ClusterAddress.FromEnvironment(context.Shell.Variable)
            ?? throw new SrpoException(ErrorKind.Usage, $"say which database: --connection STRING, --connection-file FILE, or {ClusterAddress.ConnectionVariable}");
        return ClusterAddress.Database(text, ClusterAddress.ConnectionVariable);
    }
}

using System.CommandLine;
using System.Globalization;

namespace Srpo.Client.Cli;

/// <summary>Options that every command understands.</summary>
internal static class GlobalOptions
{
    public const string DataVariable = "SRPO_DATA";
    public const string DefaultData = "runs";

    public static readonly Option<string?> Data = new("--data")
    {
        Description = "Directory that keeps runs and the state of agents. Default: $SRPO_DATA, else ./runs.",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<int?> Workers = new("--workers")
    {
        Description = "Threads that play and learn. Default: one per core. Results do not depend on it.",
        HelpName = "N",
        Recursive = true,
    };

    public static readonly Option<string?> Cluster = new("--cluster")
    {
        Description = "Work on a running cluster instead of this machine: gateways HOST:PORT[,HOST:PORT...], 'localhost', or 'postgres' or 'azure' with the connection string in $SRPO_CLUSTER_CONNECTION and the cluster's id in $SRPO_CLUSTER_ID.",
        HelpName = "ADDRESS",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print results as JSON.",
        Recursive = true,
    };

    public static readonly Option<string[]> Plugin = new("--plugin")
    {
        Description = "Assembly of a plug-in, whose environments and methods are then there by name, or python:MODULE.FACTORY for an environment in Python. May be repeated.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
        Recursive = true,
    };

    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show stack traces of errors.",
        Recursive = true,
    };

    public static IReadOnlyList<Option> All { get; } = [Data, Workers, Cluster, Plugin, Json, Verbose];

    static GlobalOptions() => Workers.Validators.Add(result =>
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) || workers is < 1 or > 1024)
            result.AddError($"--workers {text} is out of range; use a whole number from 1 to 1024");
    });

    /// <summary>The data directory that a command line means.</summary>
    public static string DataDirectory(ParseResult parse, Shell shell) => DataDirectory(parse.GetValue(Data), shell);

    /// <summary>The data directory that is meant where --data says something, or nothing.</summary>
    public static string DataDirectory(string? typed, Shell shell)
    {
        var fromEnvironment = Environment.GetEnvironmentVariable(DataVariable);
        return shell.Resolve(typed ?? (string.IsNullOrEmpty(fromEnvironment) ? DefaultData : fromEnvironment));
    }
}

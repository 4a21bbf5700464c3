using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments;
using Srpo.Experiments.Reading;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Commands;

/// <summary>`srpo reproduce`: the figures and tables of the paper, by name.</summary>
internal static class ReproduceCommand
{
    private static readonly Argument<string?> Figure = new("FIGURE") { Description = "What to compute again; without it, what there is.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<bool> Quick = new("--quick") { Description = "A look at the direction: fewer runs, shorter training." };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Print the commands and how long they take, and run nothing." };

    public static Command Create(Shell shell) => new Command("reproduce", "Compute a figure, table or theorem of the paper again.") { Figure, Quick, DryRun }
        .Without(GlobalOptions.Json, "it runs other commands, which have it").Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        if (context.Find(Figure) is not { } name)
        {
            Tables.Print(context.Shell, ["name", "in the paper", "what it says"], Reproductions.All.Select(one => (IReadOnlyList<string>)[one.Name, one.Place, one.Claim]));
            Prose.Print(context.Shell, $"`{CommandHints.For(context.Shell, "reproduce NAME")}` computes one again, --quick in short.");
            return (int)ExitCode.Ok;
        }

        var found = Reproductions.Find(name);
        var commands = found.Commands(context.Get(Quick));
        Prose.Print(context.Shell, $"{found.Place}: {found.Claim}");
        foreach (var command in commands) Prose.Print(context.Shell, $"srpo {command}: {Expected(context, command)}");
        if (found.Note is { } note) Prose.Print(context.Shell, note);
        if (context.UsesCluster && !commands.Any(command => Trains(context, command)))
            throw new SrpoException(ErrorKind.Usage, $"--cluster means nothing to `reproduce {found.Name}`: it is computed on this machine; leave it out");
        if (context.Get(DryRun)) return (int)ExitCode.Ok;
        context.EndInOrder();
        foreach (var command in commands)
        {
            // As if it had been typed: what is printed to go on with must name the command itself.
            string[] arguments = [.. command.Split(' '), .. Passed(context, command)];
            var code = await CommandLine.RunAsync(arguments, context.Shell with { Arguments = arguments }, context.Cancellation);
            if (code != (int)ExitCode.Ok) return code;
        }

        return (int)ExitCode.Ok;
    }

    /// <summary>How long a command takes here, in words; for a run estimated from its size.</summary>
    private static string Expected(CommandContext context, string command)
    {
        string[] words = command.Split(' ');
        if (words[0] == "bench") return words.Contains("--quick") ? "half a minute" : "about two minutes";
        if (words[0] != "run") return "some seconds";
        var file = ExperimentFiles.Find(words[1], context.Shell.Directory);
        if (RqeExperiment.TryLoad(file, context.Shell.Directory) is not null) return "some seconds";
        var changes = new List<Override>();
        for (var i = 2; i + 1 < words.Length; i += 2) changes.Add(Override.Of(words[i][2..], words[i + 1], words[i]));
        var time = RunSize.Of(ExperimentLoader.Load(file, context.Shell.Directory, changes), context.Threads).Time(context.Threads);
        return string.Create(CultureInfo.InvariantCulture, $"about {Texts.Duration(time)} on {context.Threads} {(context.Threads == 1 ? "core" : "cores")}, roughly");
    }

    /// <summary>Whether a command is a run that trains, and so may do it on a cluster.</summary>
    private static bool Trains(CommandContext context, string command) =>
        command.Split(' ') is ["run", var name, ..] && RqeExperiment.TryLoad(ExperimentFiles.Find(name, context.Shell.Directory), context.Shell.Directory) is null;

    /// <summary>The options of every command that this one was given, as far as the other takes them.</summary>
    private static IEnumerable<string> Passed(CommandContext context, string command)
    {
        string[] words = command.Split(' ');
        if (words[0] == "bench" && context.Given(GlobalOptions.Workers) is { } threads) yield return $"--workers={threads}";
        if (words[0] != "run") yield break;
        if (context.Given(GlobalOptions.Data) is { } data) yield return $"--data={data}";
        if (!Trains(context, command)) yield break;
        if (context.Cluster is { } cluster) yield return $"--cluster={cluster}";
        if (context.Given(GlobalOptions.Workers) is { } workers) yield return $"--workers={workers}";
    }
}

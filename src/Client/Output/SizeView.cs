using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Output;

/// <summary>What is said of work before it begins: how much it is, what is refused, what hardly makes sense.</summary>
internal static class SizeView
{
    /// <summary>Begins work that would be refused for its size.</summary>
    public static Option<bool> Large { get; } = new(RunCheck.LargeOption)
    {
        Description = $"Begin although it takes more than {RunCheck.Longest.TotalDays:0} days, or more disk or memory than there are, as far as that can be estimated.",
    };

    /// <summary>Refuses what this machine does not hold; a cluster's machines are not known here.</summary>
    /// <param name="context">The command.</param>
    /// <param name="size">The work.</param>
    /// <param name="output">Directory of the outputs; null for one in the data directory.</param>
    /// <param name="writes">Whether the data directory is written to next: that it cannot be is said before how much room it has.</param>
    public static void Check(CommandContext context, RunSize size, string? output = null, bool writes = true)
    {
        if (context.UsesCluster) return;
        RunCheck.Affordable(size, context.Threads, context.Get(Large));
        if (writes) context.Data.EnsureWritable();
        if (!context.Get(Large)) RunCheck.Room(size, context.Data, output);
    }

    /// <summary>Says how much it is, beside the progress.</summary>
    public static void Say(CommandContext context, RunSize size)
    {
        if (context.Json) return;
        foreach (var line in RunCheck.Describe(size, context.UsesCluster ? null : context.Threads)) context.Error.WriteLine(line);
    }

    /// <summary>What says it when it is first called: where work has begun, and nothing refuses it any more.</summary>
    public static Action SayOnce(CommandContext context, RunSize size)
    {
        var said = false;
        return () =>
        {
            if (!said) Say(context, size);
            said = true;
        };
    }

    /// <summary>Warns of layouts on which something cannot be got to, each once.</summary>
    public static void Warn(CommandContext context, IEnumerable<EnvironmentSettings> environments)
    {
        foreach (var settings in environments.Distinct())
        {
            foreach (var warning in EnvironmentFactory.Warnings(settings))
                context.Error.WriteLine($"srpo: warning: {EnvironmentFactory.Find(settings.Name).VariantKind} {settings.Variant}: {warning}");
        }
    }
}

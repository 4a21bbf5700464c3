using System.CommandLine;
using System.Runtime;
using System.Runtime.InteropServices;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Commands;

/// <summary>`srpo doctor`: what this program is, what it runs on, and whether it can work here.</summary>
internal static class DoctorCommand
{
    public static Command Create(Shell shell) =>
        new Command("doctor", "Show versions, grain runtime, vector width, and whether the data directory can be used.").OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var problem = Problem(context);
        var live = LiveRegistry.All(context.Data);
        if (context.Json)
        {
            context.PrintJson(new
            {
                ProgramInfo.Version,
                Runtime = RuntimeInformation.FrameworkDescription,
                ProgramInfo.GrainRuntime,
                System = RuntimeInformation.OSDescription.Trim(),
                Processor = ProgramInfo.Processor(),
                Cores = Environment.ProcessorCount,
                ProgramInfo.Vectors,
                ProgramInfo.FusedMultiplyAdd,
                DataDirectory = context.Data.Root,
                Runs = context.Data.Runs().Count,
                Problem = problem,
                Live = live.Select(entry => new { entry.Id, entry.Info.ProcessId, entry.Info.CommandLine }),
            });
        }
        else
        {
            Tables.PrintPairs(context.Shell,
            [
                ("srpo", ProgramInfo.Version),
                ("runtime", $"{RuntimeInformation.FrameworkDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} collector"),
                ("grains", ProgramInfo.GrainRuntime),
                ("system", RuntimeInformation.OSDescription.Trim()),
                ("processor", $"{ProgramInfo.Processor()}, {Environment.ProcessorCount} cores"),
                ("vectors", ProgramInfo.Vectors + (ProgramInfo.FusedMultiplyAdd ? ", fused multiply-add" : "")),
                ("data directory", $"{context.Data.Root} ({context.Data.Runs().Count} runs)"),
                ("at work", string.Join('\n', live.Select(entry => $"{entry.Id}: {(entry.Info.OfAnotherUser ? entry.Name : $"process {entry.Info.ProcessId}")}"))),
                ("problem", problem),
            ]);
        }

        return (int)(problem is null ? ExitCode.Ok : ExitCode.Environment);
    }

    private static string? Problem(CommandContext context)
    {
        if (!Path.Exists(context.Data.Root)) return null;
        try
        {
            context.Data.EnsureWritable();
            return null;
        }
        catch (SrpoException error)
        {
            return error.Message;
        }
    }
}

using System.CommandLine;
using System.CommandLine.Invocation;
using Srpo.Client.Commands;
using Srpo.Client.Commands.Rqe;
using Srpo.Experiments.Runs;
using Srpo.Language.Torch;
using Srpo.Learning.Devices;
using Srpo.Learning.Torch;
using Srpo.Onnx;

namespace Srpo.Client.Cli;

/// <summary>Puts the command line together. Every command has a file in Commands/ and a page in docs/commands/.</summary>
internal static class RootCommandBuilder
{
    /// <summary>Options that may stand after any command.</summary>
    public static IReadOnlyList<Option> RecursiveOptions => GlobalOptions.All;

    /// <summary>Makes known what other rooms of the program bring.</summary>
    public static void RegisterRooms(Shell shell)
    {
        TorchBackend.Register();
        TorchLanguage.Register();
        GraphBackend.Use(static () => new OnnxBackend());
        TorchDevice.Warnings = text => shell.Error.WriteLine($"srpo: warning: {text}");
    }

    public static RootCommand Build(Shell shell)
    {
        RegisterRooms(shell);
        var root = new RootCommand("Trains populations of agents with strategic risk aversion (SRPO) or without (IPPO), plays everyone with everyone, and answers questions about any of them.");
        foreach (var option in GlobalOptions.All) root.Add(option);
        foreach (var option in root.Options.OfType<VersionOption>())
        {
            option.Description = "Show version and commit; `doctor` shows more.";
            option.Action = new ShowVersion(shell);
        }

        root.Add(RunCommand.Create(shell));
        root.Add(ResumeCommand.Create(shell));
        root.Add(ReproduceCommand.Create(shell));
        root.Add(DashboardCommand.Create(shell));
        root.Add(ReportCommand.Create(shell));
        root.Add(FiguresCommand.Create(shell));
        root.Add(RunsCommand.Create(shell));
        root.Add(PopulationCommand.Create(shell));
        root.Add(CrossPlayCommand.Create(shell));
        root.Add(QueryCommand.Create(shell));
        root.Add(AdversariesCommand.Create(shell));
        root.Add(ReplayCommand.Create(shell));
        root.Add(PlayCommand.Create(shell));
        root.Add(ExportCommand.Create(shell));
        root.Add(ImportCommand.Create(shell));
        root.Add(ShowCommand.Create(shell));
        root.Add(ClusterCommand.Create(shell));
        root.Add(SiloCommand.Create(shell));
        root.Add(DevCommand.Create(shell));
        root.Add(ExperimentsCommand.Create(shell));
        root.Add(RqeCommand.Create(shell));
        root.Add(LanguageCommand.Create(shell));
        root.Add(CheckCommand.Create(shell));
        root.Add(VerifyCommand.Create(shell));
        root.Add(BenchCommand.Create(shell));
        root.Add(DevicesCommand.Create(shell));
        root.Add(DoctorCommand.Create(shell));
        root.Add(AdminCommand.Create(shell));
        root.Add(CompletionsCommand.Create(shell));
        root.SetAction(_ =>
        {
            shell.Error.WriteLine("srpo: say what to do, for example `srpo run overcooked`; `srpo --help` lists the commands");
            return (int)ExitCode.Usage;
        });
        return root;
    }

    private sealed class ShowVersion(Shell shell) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            shell.Out.WriteLine(ProgramInfo.Version);
            return (int)ExitCode.Ok;
        }
    }
}

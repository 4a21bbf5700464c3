using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Development;

/// <summary>The program of a silo: named, beside this program, or that of the source tree.</summary>
internal static class SiloProgram
{
    /// <summary>Names it, for installations of which this program knows nothing.</summary>
    public const string Variable = "SRPO_SILO";

    private const string Name = "Srpo.Silo";

    /// <summary>Finds it, and builds it where it is part of a source tree.</summary>
    /// <param name="named">What --silo says, now or before, absolute; null for nothing.</param>
    /// <param name="shell">The command's surroundings.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <returns>The program, to which settings are added.</returns>
    /// <exception cref="SrpoException">There is none, or it cannot be built.</exception>
    public static async Task<IReadOnlyList<string>> FindAsync(string? named, Shell shell, CancellationToken cancellation)
    {
        if (named is not null) return Of(named, "--silo");
        if (shell.Variable(Variable) is { Length: > 0 } file) return Of(shell.Resolve(file), $"${Variable}");
        foreach (var beside in (string[])[Name, Name + ".exe", Name + ".dll"])
            if (Path.Combine(AppContext.BaseDirectory, beside) is var program && File.Exists(program)) return Of(program, program);

        if (SourceTree.Launcher is not { } launcher)
        {
            throw new SrpoException(
                ErrorKind.Environment,
                $"this installation of srpo has no program of a silo: {Name} is not in {AppContext.BaseDirectory}. Name one of version {ProgramInfo.Version} with --silo FILE or ${Variable}: "
                + $"lib/{Name} of the release's archive for this machine, or {Name}.dll from `dotnet publish src/Silo -c Release -o FOLDER` in the source tree, where `./srpo dev up` does it all");
        }

        // The launcher builds what is not up to date, and says so.
        var lines = new List<string>();
        var code = await ProgramRun.RunAsync(
            [launcher, "silo", "--help"], shell.Directory,
            line =>
            {
                lines.Add(line);
                if (line.StartsWith("building ", StringComparison.Ordinal)) shell.Error.WriteLine(line);
            },
            cancellation);
        return code == 0 ? [launcher, "silo"] : throw new SrpoException(ErrorKind.Environment, $"the program of a silo could not be built:\n{string.Join('\n', lines.TakeLast(20))}");
    }

    private static IReadOnlyList<string> Of(string file, string source) => FileStatus.Of(file).Kind switch
    {
        FileKind.Regular => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? [OwnProgram.Host, file] : [file],
        FileKind.Missing => throw new SrpoException(ErrorKind.NotFound, $"{source}: there is no file {file}; name {Name}.dll, or a program that starts a silo"),
        var kind => throw new SrpoException(ErrorKind.Usage, $"{source}: {file} is {UserFile.Word(kind)}; name {Name}.dll, or a program that starts a silo"),
    };
}

using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Client.Development;

/// <summary>The program of a silo: named, beside this program, or that of the source tree.</summary>
internal static class SiloProgram
{
    /// <summary>Names it, for installations of which this program knows nothing.</summary>
    public const string Variable = "SRPO_SILO";

    private const string Name = "Srpo.Silo";

    /// <summary>Finds it, and builds it where it is part of a source tree.</summary>
    /// <param name="named">What --silo says; null for nothing.</param>
    /// <param name="shell">The command's surroundings.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <returns>The program, to which settings are added.</returns>
    /// <exception cref="SrpoException">There is none, or it cannot be built.</exception>
    public static async Task<IReadOnlyList<string>> FindAsync(string? named, Shell shell, CancellationToken cancellation)
    {
        if (named is not null) return Of(shell.Resolve(named), "--silo");
        if (shell.Variable(Variable) is { Length: > 0 } file) return Of(shell.Resolve(file), $"${Variable}");
        foreach (var beside in (string[])[Name, Name + ".exe", Name + ".dll"])
            if (Path.Combine(AppContext.BaseDirectory, beside) is var program && File.Exists(program)) return Of(program, program);

        if (SourceTree.Launcher is not { } launcher)
        {
            throw new SrpoException(
                ErrorKind.Environment,
                $"the program of a silo, {Name}, does not lie beside this one ({AppContext.BaseDirectory}); name it with --silo FILE or ${Variable}: it is part of the source tree and of its archives, and `dotnet publish src/Silo` makes it");
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

namespace Srpo.Client.Cli;

/// <summary>The surroundings of one command: where its text goes and where it was typed.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Messages and progress.</param>
/// <param name="Directory">Directory against which paths on the command line are meant.</param>
/// <param name="Width">Width of the terminal in characters.</param>
/// <param name="OutIsTerminal">Whether results go to a terminal.</param>
/// <param name="ErrorIsTerminal">Whether messages go to a terminal.</param>
internal sealed record Shell(TextWriter Out, TextWriter Error, string Directory, int Width, bool OutIsTerminal, bool ErrorIsTerminal)
{
    /// <summary>What is typed while the command runs, line by line; at its end where nobody can type.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Whether a person types on a terminal, which shows what he types.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>The command line as typed.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Values of environment variables that name a cluster and its storage.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The command that goes on with what this one does, once it has begun something that can be gone on with; for who ends it at once.</summary>
    public GoOn GoOn { get; } = new();

    /// <summary>A path of the command line, made absolute.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Directory);

    /// <summary>An absolute path as messages show it: short where it is below the directory.</summary>
    public string Shown(string path) => Path.GetRelativePath(Directory, path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
}

/// <summary>How to go on with a command that is ended.</summary>
internal sealed class GoOn
{
    /// <summary>A command line, or null.</summary>
    public string? Command { get; set; }
}

namespace Srpo.Client.Cli;

/// <summary>The surroundings of one command: where its text goes and where it was typed.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Messages and progress.</param>
/// <param name="Directory">Directory against which paths on the command line are meant.</param>
/// <param name="Width">Characters of a line where <see cref="Measure"/> does not tell.</param>
/// <param name="OutIsTerminal">Whether results go to a terminal.</param>
/// <param name="ErrorIsTerminal">Whether messages go to a terminal.</param>
internal sealed record Shell(TextWriter Out, TextWriter Error, string Directory, int Width, bool OutIsTerminal, bool ErrorIsTerminal)
{
    /// <summary>Measures the terminal as it is now, for its user may resize the window; null where there is nothing to measure.</summary>
    public Func<TerminalSize?> Measure { get; init; } = () => null;

    /// <summary>Whether the terminal obeys what moves its cursor; those of some editors do not ("dumb").</summary>
    public bool MovesCursor { get; init; } = true;

    /// <summary>The terminal's size, as it is now.</summary>
    public TerminalSize Size => Measure() ?? new TerminalSize(Width, TerminalSize.Default.Rows);

    /// <summary>Most characters of a line of results; null where they do not go to a terminal, and are not to be cut at the width of one.</summary>
    public int? OutColumns => OutIsTerminal ? Size.Columns : null;

    /// <summary>What is typed while the command runs, line by line; at its end where nobody can type.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Where results go that are bytes; null where they can go nowhere.</summary>
    public Stream? OutBytes { get; init; }

    /// <summary>Opens what comes in as bytes; null where nothing can.</summary>
    public Func<Stream>? InBytes { get; init; }

    /// <summary>Whether a person types on a terminal, which shows what he types.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Waits for a key, which the terminal does not show; null where nobody can press one, or what it does could not be drawn in its place.</summary>
    public Func<ConsoleKeyInfo>? ReadKey { get; init; }

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

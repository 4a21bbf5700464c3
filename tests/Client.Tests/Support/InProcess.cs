using System.CommandLine;
using System.Reflection;
using Srpo.Client.Cli;
using Srpo.Experiments.Data;

namespace Srpo.Client.Tests.Support;

/// <summary>Runs command lines in the test's own process.</summary>
internal static class InProcess
{
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly PropertyInfo FirstParent = typeof(Symbol).GetProperty("FirstParent", Internal)!;

    private static readonly PropertyInfo NextParent = FirstParent.PropertyType.GetProperty("Next", Internal)!;

    /// <summary>Options and arguments, most of which belong to every command line that is put together.</summary>
    private static readonly Lazy<Symbol[]> Symbols = new(() => [.. Below(RootCommandBuilder.Build(new Shell(TextWriter.Null, TextWriter.Null, "/", 80, false, false))).Distinct()]);

    /// <summary>Where tests note which plug-ins were named: not where the developer's own are.</summary>
    public static string Trust => Path.Combine(AppContext.BaseDirectory, "trust");

    static InProcess()
    {
        // What the developer has set for his own runs must not leak into tests.
        Environment.SetEnvironmentVariable("SRPO_DATA", null);
        Environment.SetEnvironmentVariable("SRPO_COMMAND", null);
        Environment.SetEnvironmentVariable(TrustedPlugins.FolderVariable, Trust);
        Environment.SetEnvironmentVariable("SRPO_EXPERIMENTS", Repository.Experiments);
        Environment.SetEnvironmentVariable("SRPO_GAMES", Repository.Games);
    }

    public static Task<Outcome> RunAsync(string directory, params string[] arguments) => TypeAsync(directory, "", arguments);

    /// <summary>Runs a command line where environment variables have values, those of a cluster for example.</summary>
    public static Task<Outcome> RunAsync(string directory, Func<string, string?> variable, params string[] arguments) => RunAsync(directory, "", variable, arguments);

    /// <summary>Runs a command line on a terminal of a size.</summary>
    /// <param name="directory">Where it is typed.</param>
    /// <param name="size">Columns and rows.</param>
    /// <param name="keys">Keys that are pressed meanwhile; none where keys cannot be read.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<Outcome> OnTerminalAsync(string directory, (int Columns, int Rows) size, IEnumerable<ConsoleKeyInfo>? keys, params string[] arguments)
    {
        Forget();
        var (output, error, pressed) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" }, new Queue<ConsoleKeyInfo>(keys ?? []));
        var shell = new Shell(output, error, directory, size.Columns, OutIsTerminal: true, ErrorIsTerminal: true)
        {
            Variable = _ => null,
            Arguments = arguments,
            Measure = () => new TerminalSize(size.Columns, size.Rows),
            ReadKey = keys is null ? null : () => pressed.TryDequeue(out var key) ? key : default,
        };
        var code = await Task.Run(() => CommandLine.RunAsync(arguments, shell, CancellationToken.None));
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line while somebody types, or a pipe sends, lines.</summary>
    public static Task<Outcome> TypeAsync(string directory, string lines, params string[] arguments) => RunAsync(directory, lines, _ => null, arguments);

    /// <summary>
    /// Lets options and arguments forget all command lines but the first that they were in. They keep them in a list that is walked to its end when one is added:
    /// nothing in a process, which puts together one, but with thousands each takes longer than what it was put together for.
    /// </summary>
    public static void Forget()
    {
        foreach (var symbol in Symbols.Value) NextParent.SetValue(FirstParent.GetValue(symbol), null);
    }

    private static IEnumerable<Symbol> Below(Command command) => [.. command.Options, .. command.Arguments, .. command.Subcommands.SelectMany(Below)];

    private static async Task<Outcome> RunAsync(string directory, string lines, Func<string, string?> variable, string[] arguments)
    {
        Forget();
        var output = new StringWriter();
        var error = new StringWriter();
        var shell = new Shell(output, error, directory, Width: 120, OutIsTerminal: false, ErrorIsTerminal: false) { Variable = variable, Arguments = arguments, In = new StringReader(lines) };

        // As in a process of its own: in the pool, not among the few threads that tests run on.
        var code = await Task.Run(() => CommandLine.RunAsync(arguments, shell, CancellationToken.None));
        return new Outcome(code, output.ToString(), error.ToString());
    }
}

/// <summary>What a command line gave.</summary>
internal sealed record Outcome(int Code, string Out, string Error)
{
    public ExitCode ExitCode => (ExitCode)Code;

    /// <summary>Asserts the exit code; a failure shows what was printed.</summary>
    public Outcome Expect(ExitCode code)
    {
        Assert.True(ExitCode == code, $"exit code {ExitCode} instead of {code}\n--- out\n{Out}\n--- error\n{Error}");
        return this;
    }
}

namespace Srpo.Client.Cli;

/// <summary>This program as a command line, for processes of its own that it starts.</summary>
internal static class OwnProgram
{
    private const string Name = "srpo";

    /// <summary>What runs assemblies: the host of this process, where it is one, else the one on PATH.</summary>
    public static string Host { get; } = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <summary>The host and the program, or the program alone where it brings its own host.</summary>
    public static IReadOnlyList<string> Command { get; } = Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) == Name
        ? [program]
        : [Host, Path.Combine(AppContext.BaseDirectory, Name + ".dll")];
}

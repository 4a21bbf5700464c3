using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Srpo.Environments.Python;

/// <summary>How a Python environment is named: <c>python:[FOLDER/]MODULE.FACTORY</c>, for example "python:corridor.make" or "python:games/corridor.make".</summary>
/// <param name="Folder">Folder in which the module is looked for before Python's own path; empty for the one against which names are meant.</param>
/// <param name="Module">The module, with dots where it is part of a package.</param>
/// <param name="Factory">What makes the environment: a function or class of the module.</param>
public sealed partial record PythonReference(string Folder, string Module, string Factory)
{
    /// <summary>What such names begin with.</summary>
    public const string Prefix = "python:";

    /// <summary>What the plug-ins that stand for such environments have in front of module and factory.</summary>
    private const string PluginPrefix = "python.";

    /// <summary>Longest module and factory, so that the name of the plug-in is one.</summary>
    private const int MaxLength = 90;

    /// <summary>The name by which the environment is registered, without a folder.</summary>
    public string EnvironmentName => $"{Prefix}{Module}.{Factory}";

    /// <summary>The name with which runs are stored.</summary>
    public string PluginName => $"{PluginPrefix}{Module}.{Factory}";

    /// <summary>The package that the module is part of, or the module.</summary>
    public string Package => Module.Split('.')[0];

    /// <summary>Whether a text names such an environment, well or badly.</summary>
    /// <param name="text">A name or a file.</param>
    public static bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">The name.</param>
    /// <param name="reference">What it means; null where it is no such name.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PythonReference? reference)
    {
        reference = null;
        if (!Is(text)) return false;
        var rest = text[Prefix.Length..];
        var end = rest.LastIndexOfAny(['/', '\\']);
        var match = Dotted().Match(rest[(end + 1)..]);
        if (!match.Success || match.Length > MaxLength) return false;
        reference = new PythonReference(end > 0 ? rest[..end] : rest[..(end + 1)], match.Groups[1].Value, match.Groups[2].Value);
        return true;
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="PythonEnvironmentException">It is no such name; the message says what one looks like.</exception>
    public static PythonReference Parse(string text) => TryParse(text, out var reference) ? reference
        : throw new PythonEnvironmentException(Core.Errors.ErrorKind.Usage, $"{text} names no Python environment; write {Prefix}MODULE.FACTORY, for example {Prefix}corridor.make, or {Prefix}FOLDER/MODULE.FACTORY");

    /// <summary>The name by which what somebody has typed is registered: without the folder where it names an environment in Python, else as it is.</summary>
    /// <param name="name">Any environment's name.</param>
    public static string Registered(string name) => TryParse(name, out var reference) ? reference.EnvironmentName : name;

    /// <summary>What names the environment of a plug-in on a command line; null where the plug-in is an assembly.</summary>
    /// <param name="plugin">Name of the plug-in; null where what comes from outside has none.</param>
    public static string? OfPlugin(string? plugin) =>
        plugin?.StartsWith(PluginPrefix, StringComparison.Ordinal) == true && TryParse(Prefix + plugin[PluginPrefix.Length..], out var reference) ? reference.EnvironmentName : null;

    /// <summary>The folder from which the module is imported by its whole name.</summary>
    /// <param name="file">The module's file, absolute.</param>
    public string RootOf(string file)
    {
        var levels = Module.Count(c => c == '.') + (Path.GetFileName(file) == "__init__.py" ? 2 : 1);
        for (; levels > 0; levels--) file = Path.GetDirectoryName(file) ?? file;
        return file;
    }

    [GeneratedRegex(@"^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.([A-Za-z_]\w*)$", RegexOptions.ECMAScript)]
    private static partial Regex Dotted();
}

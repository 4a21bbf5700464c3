using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Json;

namespace Srpo.Environments.Python;

/// <summary>A module that makes environments, with the files that it is made of. Thread-safe.</summary>
public sealed class PythonModule
{
    /// <summary>Imports and factories may be slow: their answers are waited for this many times longer than that of a step.</summary>
    private const int StartPatience = 5;

    /// <summary>Exceptions of Python's that have words here.</summary>
    private const string NoModule = "ModuleNotFoundError", NoAttribute = "AttributeError";

    private readonly ConcurrentDictionary<string, PythonDescription> _descriptions = new(StringComparer.Ordinal);

    private PythonModule(PythonReference reference, string file, IReadOnlyList<string> sources, string hash)
    {
        (Reference, File, Sources, Hash) = (reference, file, sources, hash);
        Root = reference.RootOf(file);
    }

    /// <summary>How it is named.</summary>
    public PythonReference Reference { get; }

    /// <summary>The module's file, absolute.</summary>
    public string File { get; }

    /// <summary>The folder that it is imported from, absolute.</summary>
    public string Root { get; }

    /// <summary>The files whose change makes another environment of it, relative to the folder that it is imported from, with '/'.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>SHA-256 of module, factory and these files, lower-case hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>What names it on a command line, wherever one stands.</summary>
    public string Argument => $"{PythonReference.Prefix}{Root}/{Reference.Module}.{Reference.Factory}";

    /// <summary>Looks for a module by asking Python, which imports it.</summary>
    /// <param name="reference">Its name.</param>
    /// <param name="directory">Directory against which its folder is meant.</param>
    /// <exception cref="PythonEnvironmentException">There is no Python, no such module or factory, or the import fails.</exception>
    public static PythonModule Find(PythonReference reference, string directory)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var folder = Path.GetFullPath(reference.Folder, directory);
        using var process = new PythonProcess(reference.EnvironmentName);
        var description = Hello(process, reference, folder, "{}", lanes: 0);
        var root = reference.RootOf(description.File);
        var sources = description.Sources(reference.Package, root);
        return new PythonModule(reference, description.File, sources, HashOf(reference, description.File, sources) ?? throw new PythonEnvironmentException(
            ErrorKind.Environment, $"{reference.EnvironmentName}: its files in {root} cannot be read; give this user the right to read them"));
    }

    /// <summary>A module that was found before and is as it was.</summary>
    /// <param name="reference">Its name.</param>
    /// <param name="file">Its file, absolute.</param>
    /// <param name="sources">As <see cref="Sources"/>.</param>
    /// <returns>The module; null where one of its files is no longer there.</returns>
    public static PythonModule? Known(PythonReference reference, string file, IReadOnlyList<string> sources)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return HashOf(reference, file, sources) is { } hash ? new PythonModule(reference, file, sources, hash) : null;
    }

    /// <summary>The hash of a module's files as they are now, see <see cref="Hash"/>; null where one cannot be read.</summary>
    /// <param name="reference">Its name.</param>
    /// <param name="file">Its file, absolute.</param>
    /// <param name="sources">As <see cref="Sources"/>.</param>
    public static string? HashOf(PythonReference reference, string file, IReadOnlyList<string> sources)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(sources);
        var (root, lines) = (reference.RootOf(file), new StringBuilder($"{reference.Module}.{reference.Factory}\n"));
        try
        {
            foreach (var source in sources.Order(StringComparer.Ordinal))
                lines.Append(source).Append('\n').Append(Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(Path.Combine(root, source))))).Append('\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    /// <summary>Reads the arguments of a factory, a JSON object, and writes them without what does not matter.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Its file for messages, or null.</param>
    /// <exception cref="FormatException">It is no JSON object.</exception>
    internal static string Arguments(string text, string? file)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object) return JsonSerializer.Serialize(json.RootElement);
        }
        catch (JsonException error)
        {
            throw new FormatException($"{file ?? "arguments"}: {JsonProblem.Of(error)}; write a JSON object with the factory's arguments, for example {{ \"length\": 7 }}", error);
        }

        throw new FormatException($"{file ?? "arguments"}: it is no JSON object; write the factory's arguments, for example {{ \"length\": 7 }}");
    }

    /// <summary>What the environment of some arguments is like. Asked of Python once.</summary>
    /// <param name="arguments">What <see cref="Arguments"/> wrote.</param>
    /// <exception cref="PythonEnvironmentException">It cannot be made, or the files have changed.</exception>
    internal PythonDescription Describe(string arguments)
    {
        if (_descriptions.TryGetValue(arguments, out var known)) return known;
        using var process = Begin(arguments, lanes: 1, out var description);
        return _descriptions.GetOrAdd(arguments, description);
    }

    /// <summary>Starts a process that has made an environment for every lane.</summary>
    /// <param name="arguments">What <see cref="Arguments"/> wrote.</param>
    /// <param name="lanes">How many.</param>
    /// <exception cref="PythonEnvironmentException">They cannot be made, are others than before, or the files have changed.</exception>
    internal PythonProcess Start(string arguments, int lanes)
    {
        var expected = Describe(arguments);
        var process = Begin(arguments, lanes, out var description);
        return description.SameAs(expected) ? process : throw process.Broken("the start", $"the factory makes another environment than it made before with the same arguments; agents, spaces and length must depend on the arguments alone");
    }

    private PythonProcess Begin(string arguments, int lanes, out PythonDescription description)
    {
        var process = new PythonProcess(Reference.EnvironmentName);
        try
        {
            description = Hello(process, Reference, Root, arguments, lanes);

            // What was imported just now is what counts.
            if (HashOf(Reference, File, description.Sources(Reference.Package, Reference.RootOf(description.File))) != Hash || description.File != File)
                throw new PythonEnvironmentException(ErrorKind.Environment, $"{Reference.EnvironmentName}: its files have changed since it was loaded ({File}); put back what they were, or begin anew");
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private static PythonDescription Hello(PythonProcess process, PythonReference reference, string folder, string arguments, int lanes)
    {
        using var given = JsonDocument.Parse(arguments);
        var hello = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["version"] = PythonDescription.Protocol,
            ["folder"] = folder,
            ["module"] = reference.Module,
            ["factory"] = reference.Factory,
            ["arguments"] = given.RootElement,
            ["count"] = lanes,
        });
        hello.CopyTo(process.Begin('H', hello.Length));
        try
        {
            var program = PythonInterpreter.Program;
            var description = PythonDescription.Parse(process.Ask('H', lanes == 0 ? "the import" : "the start", patience: StartPatience));
            PythonInterpreter.Remember(program, description.Executable);
            return description;
        }
        catch (JsonException error)
        {
            throw process.Broken("the start", $"its description cannot be read: {JsonProblem.Of(error)}");
        }
        catch (PythonEnvironmentException error) when (error.Failure is { } failure)
        {
            throw Explained(failure, reference, folder, error);
        }
    }

    /// <summary>What is most often in the way, in words of this program.</summary>
    private static PythonEnvironmentException Explained(PythonFailure failure, PythonReference reference, string folder, PythonEnvironmentException error)
    {
        if (failure.Type == NoModule && failure.Name is { } missing && (reference.Module == missing || reference.Module.StartsWith(missing + ".", StringComparison.Ordinal)))
        {
            return new PythonEnvironmentException(
                ErrorKind.Usage, $"there is no Python module '{missing}' in {folder}, nor on the path of '{PythonInterpreter.Program}'; name its folder as {PythonReference.Prefix}FOLDER/{reference.Module}.{reference.Factory}, or another interpreter in ${PythonInterpreter.Variable}", error);
        }

        if (failure.Type == NoModule)
        {
            return new PythonEnvironmentException(
                ErrorKind.Environment, $"{error.Message}\nInstall '{failure.Name}' for '{PythonInterpreter.Program}', or name another interpreter in ${PythonInterpreter.Variable}", error);
        }

        return failure.Type == NoAttribute && failure.Lane is null && failure.Text.Contains($"has no attribute '{reference.Factory}'", StringComparison.Ordinal)
            ? new PythonEnvironmentException(ErrorKind.Usage, $"the Python module '{reference.Module}' has no '{reference.Factory}'; name a function or class of it that makes the environment", error)
            : new PythonEnvironmentException(error.Kind, $"{error.Message}; correct the module or its arguments", error);
    }
}

using System.Reflection;
using System.Runtime.Loader;

namespace Srpo.Learning.Plugins;

/// <summary>
/// Where the assemblies of a plug-in live: its own and what it depends on. What is Srpo's or Orleans' comes from the program, so that types are the
/// same on both sides; everything else is the plug-in's own where it has brought it, and may be of another version than the program's.
/// </summary>
internal sealed class PluginContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file))
{
    private static readonly string[] Shared = ["Srpo.", "Orleans.", "Microsoft.Extensions."];

    private readonly AssemblyDependencyResolver _resolver = new(file);
    private readonly string _folder = Path.GetDirectoryName(file)!;

    /// <summary>Loads an assembly from what was read of its file: the file may be built anew while it is in use.</summary>
    public Assembly LoadBytes(byte[] assembly, string path)
    {
        var symbols = Path.ChangeExtension(path, ".pdb");
        using var code = new MemoryStream(assembly);
        using var lines = File.Exists(symbols) ? new MemoryStream(File.ReadAllBytes(symbols)) : null;
        return LoadFromStream(code, lines);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (Array.Exists(Shared, prefix => assemblyName.Name!.StartsWith(prefix, StringComparison.Ordinal)) && FromProgram(assemblyName) is { } shared) return shared;

        // Without a file .deps.json the resolver looks nowhere but beside the plug-in, and not for satellites.
        var path = _resolver.ResolveAssemblyToPath(assemblyName) ?? Path.Combine(_folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadBytes(File.ReadAllBytes(path), path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    /// <summary>The program's assembly of a name, whatever its version: which versions fit is for the plug-in's API version to say.</summary>
    private static Assembly? FromProgram(AssemblyName name)
    {
        try
        {
            return Default.LoadFromAssemblyName(new AssemblyName(name.Name!));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}

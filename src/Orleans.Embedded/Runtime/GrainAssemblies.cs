using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>
/// Finds the assemblies that can hold grains or surrogates: those that reference this one. Orleans is told by its code
/// generator; here the files of the program are looked at, since the compiler drops references that a host does not use.
/// </summary>
internal static class GrainAssemblies
{
    private static readonly string OwnName = typeof(GrainAssemblies).Assembly.GetName().Name!;
    private static readonly Lazy<Assembly[]> All = new(Find);

    public static IEnumerable<Type> Types() => All.Value.SelectMany(Types);

    public static IEnumerable<Type> Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            return partly.Types.OfType<Type>();
        }
    }

    private static Assembly[] Find()
    {
        var found = new Dictionary<string, Assembly>(StringComparer.OrdinalIgnoreCase) { [OwnName] = typeof(GrainAssemblies).Assembly };
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(r => r.Name == OwnName))
                found.TryAdd(assembly.GetName().Name!, assembly);
        }

        AddReferences(Assembly.GetEntryAssembly(), found, []);
        var files = (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator);
        foreach (var file in files.Where(f => f.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal)))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!found.ContainsKey(name) && References(file))
                found.TryAdd(name, Assembly.Load(new AssemblyName(name)));
        }

        return [.. found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)];
    }

    /// <summary>Follows what the program itself references, for programs in one file, whose parts are not files.</summary>
    private static void AddReferences(Assembly? assembly, Dictionary<string, Assembly> found, HashSet<string> seen)
    {
        foreach (var reference in assembly?.GetReferencedAssemblies() ?? [])
        {
            var name = reference.Name!;
            if (name == OwnName)
                found.TryAdd(assembly!.GetName().Name!, assembly);
            else if (!IsFramework(name) && seen.Add(name) && TryLoad(reference) is { } loaded)
                AddReferences(loaded, found, seen);
        }
    }

    private static bool IsFramework(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name is "System" or "netstandard" or "mscorlib";

    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            return null;
        }
    }

    private static bool References(string file)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(file));
            if (!image.HasMetadata)
                return false;
            var metadata = image.GetMetadataReader();
            return metadata.AssemblyReferences.Any(r => metadata.StringComparer.Equals(metadata.GetAssemblyReference(r).Name, OwnName));
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

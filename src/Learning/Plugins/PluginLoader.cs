using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Settings;

namespace Srpo.Learning.Plugins;

/// <summary>Loads the assembly of a plug-in and has it register. Whatever is wrong is said in words that name the file.</summary>
internal static class PluginLoader
{
    private const string Kind = "plug-in";

    /// <summary>Loads a plug-in.</summary>
    /// <param name="typed">Its file as it was named.</param>
    /// <param name="file">The same, absolute.</param>
    /// <param name="expected">SHA-256 that it must have; null for any.</param>
    /// <param name="loaded">What is loaded already.</param>
    public static LoadedPlugin Load(string typed, string file, string? expected, IReadOnlyList<LoadedPlugin> loaded)
    {
        var bytes = UserFile.Read(file, Kind, typed);
        var hash = Hash(bytes);
        if (loaded.FirstOrDefault(other => other.Reference.Hash == hash) is { } same) return same;
        if (expected is not null && hash != expected) throw Changed(typed);
        RequireAssembly(typed, bytes);
        try
        {
            var context = new PluginContext(file);
            var assembly = context.LoadBytes(bytes, file);
            var entry = Entry(typed, assembly);
            RequireDependencies(typed, assembly, context);
            var plugin = Make(typed, entry);
            var reference = new PluginReference(plugin.Name, VersionOf(assembly), hash);
            if (!PopulationSpec.IsValidName(reference.Name))
                throw Usage(typed, $"'{reference.Name}' is no name for a plug-in; use 1 to 100 letters, digits, '-', '_' or '.', not beginning with '.'");
            RequireAlone(typed, reference, loaded);
            var registry = new PluginRegistry($"'{reference.Name}' in {typed}");
            plugin.Register(registry);
            if (registry.Environments.Count + registry.Methods.Count + registry.Players.Count == 0) throw Usage(typed, $"the plug-in '{reference.Name}' registers nothing; have {nameof(ISrpoPlugin.Register)} add an environment, a method or a scripted player");
            registry.Commit();
            return new LoadedPlugin(reference, typed, file, registry.Environments, registry.Methods, registry.Actors) { Players = registry.Players };
        }
        catch (Exception error) when (error is not (PluginException or OutOfMemoryException))
        {
            throw Failed(typed, error is TargetInvocationException { InnerException: { } inner } ? inner : error);
        }
    }

    /// <summary>Of one name there is but one plug-in.</summary>
    public static void RequireAlone(string typed, PluginReference reference, IReadOnlyList<LoadedPlugin> loaded)
    {
        if (loaded.FirstOrDefault(other => other.Reference.Name == reference.Name) is { } twin)
            throw new PluginException(ErrorKind.InUse, $"{typed}: there are two plug-ins '{reference.Name}', {Build(reference)} and {Build(twin.Reference)} from {twin.File}, and only one can be loaded; leave one out, or, where an earlier run remembers the other, name this one with --plugin, which comes first");
    }

    /// <summary>What is compared of two builds.</summary>
    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Build(PluginReference plugin) => $"{plugin.Version} (sha256 {plugin.ShortHash})";

    private static void RequireAssembly(string typed, byte[] bytes)
    {
        try
        {
            using var image = new PEReader(new MemoryStream(bytes));
            if (image.HasMetadata && image.GetMetadataReader().IsAssembly) return;
        }
        catch (BadImageFormatException)
        {
            // Said below.
        }

        throw Usage(typed, "it is no assembly of .NET; name the .dll that `dotnet build` has made of the plug-in");
    }

    /// <summary>The type that the assembly names, whose interface is looked at before any of its code runs.</summary>
    private static Type Entry(string typed, Assembly assembly)
    {
        var named = assembly.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType.FullName == typeof(SrpoPluginAttribute).FullName)
            ?? throw Usage(typed, "it names no plug-in; write [assembly: SrpoPlugin(typeof(YourPlugin))] into it, and name the plug-in's own .dll, not one that it depends on");
        if (named.ConstructorArguments is not [{ Value: var type }, { Value: int api }])
            throw Usage(typed, $"it is built against a version of the plug-in interface that this program does not know, and this program has version {SrpoPluginAttribute.CurrentApi}; build it against the packages of this program");
        if (api != SrpoPluginAttribute.CurrentApi)
        {
            var version = typeof(PluginLoader).Assembly.GetName().Version?.ToString(3);
            throw Usage(typed, FormattableString.Invariant($"it is built against version {api} of the plug-in interface, and this program has version {SrpoPluginAttribute.CurrentApi}; {(api > SrpoPluginAttribute.CurrentApi ? "use a newer Srpo, or build it" : "build it anew")} against Srpo {version}"));
        }

        return type as Type ?? throw Usage(typed, "its attribute SrpoPlugin names no type");
    }

    private static ISrpoPlugin Make(string typed, Type entry) =>
        !typeof(ISrpoPlugin).IsAssignableFrom(entry) || entry.IsAbstract || entry.GetConstructor([]) is null
            ? throw Usage(typed, $"{entry.FullName} is no plug-in; it must implement {nameof(ISrpoPlugin)} and have a public constructor without parameters")
            : (ISrpoPlugin)Activator.CreateInstance(entry)!;

    /// <summary>What is missing shows now, not in the middle of a run.</summary>
    private static void RequireDependencies(string typed, Assembly assembly, PluginContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rest = new Queue<Assembly>([assembly]);
        while (rest.TryDequeue(out var next))
        {
            foreach (var name in next.GetReferencedAssemblies().Where(name => seen.Add(name.Name!)))
            {
                Assembly found;
                try
                {
                    found = context.LoadFromAssemblyName(name);
                }
                catch (Exception error) when (error is FileNotFoundException or FileLoadException or BadImageFormatException)
                {
                    throw new PluginException(
                        ErrorKind.Environment,
                        $"{typed}: {(ReferenceEquals(next, assembly) ? "it" : $"its {next.GetName().Name}")} needs the assembly {name.Name} {name.Version}, which is neither beside it nor part of this program; put it there: <EnableDynamicLoading>true</EnableDynamicLoading> in the plug-in's project has `dotnet build` copy what it depends on",
                        error);
                }

                // What the program brings is complete.
                if (System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(found) == context) rest.Enqueue(found);
            }
        }
    }

    /// <summary>The version as people give it, without what the build adds of a commit.</summary>
    private static string VersionOf(Assembly assembly)
    {
        var text = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return text is { Length: > 0 and <= 100 } ? text : assembly.GetName().Version?.ToString() ?? "0.0.0";
    }

    /// <summary>Between being looked at and being loaded.</summary>
    public static PluginException Changed(string typed) => Usage(typed, "it has changed since");

    private static PluginException Failed(string typed, Exception error) => error is MissingMemberException or TypeLoadException or ReflectionTypeLoadException or FileNotFoundException
        ? new PluginException(ErrorKind.Usage, $"{typed}: it does not fit this program: {SrpoException.MessageOf(error)}; build it against the packages of this program", error)
        : new PluginException(ErrorKind.Usage, $"{typed}: it failed while it registered: {error.GetType().Name}: {SrpoException.MessageOf(error)}", error);

    private static PluginException Usage(string typed, string reason) => new(ErrorKind.Usage, $"{typed}: {reason}");
}

using System.Collections.Concurrent;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>Finds the class behind an interface by the rules of Orleans.</summary>
internal sealed class GrainClassMap
{
    private readonly Dictionary<GrainType, GrainClass> _byName = [];
    private readonly ConcurrentDictionary<(Type, string?), GrainType> _byInterface = new();

    public GrainClassMap(GrainCollectionOptions collection)
    {
        foreach (var type in GrainAssemblies.Types().Where(IsGrainClass))
        {
            var found = new GrainClass(type, collection);
            if (!_byName.TryAdd(found.Name, found))
            {
                throw new OrleansConfigurationException(
                    $"The grain classes {_byName[found.Name].Type} and {type} have the same name '{found.Name}'. Give one of them [GrainType(\"...\")].");
            }
        }
    }

    public int Count => _byName.Count;

    public GrainClass Find(GrainType name) => _byName.TryGetValue(name, out var found)
        ? found
        : throw new ArgumentException($"There is no grain class with the name '{name}'.");

    /// <summary>The name of the class for an interface. With several classes, a prefix or the interface's own name without the I decides.</summary>
    public GrainType Resolve(Type interfaceType, string? prefix) =>
        _byInterface.GetOrAdd((interfaceType, string.IsNullOrWhiteSpace(prefix) ? null : prefix), key => Search(key.Item1, key.Item2));

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && typeof(IGrain).IsAssignableFrom(type)
        && typeof(IGrainBase).IsAssignableFrom(type);

    private GrainType Search(Type interfaceType, string? prefix)
    {
        GrainClass[] candidates = [.. _byName.Values.Where(c => interfaceType.IsAssignableFrom(c.Type))];
        if (candidates.Length == 0)
        {
            throw new ArgumentException(
                $"Could not find an implementation for interface {interfaceType}: no grain class in the assemblies of this program implements it.");
        }

        GrainClass[] chosen = prefix is null ? Primary(interfaceType, candidates) : Prefixed(prefix, candidates);
        if (chosen.Length == 1)
            return chosen[0].Name;

        var names = string.Join(", ", candidates.Select(c => $"{c.Name} ({c.Type.FullName})"));
        throw new ArgumentException(
            $"Unable to identify a single appropriate grain type for interface {interfaceType}"
            + (prefix is null ? "" : $" with implementation prefix \"{prefix}\"") + $". Candidates: {names}");
    }

    private static GrainClass[] Primary(Type interfaceType, GrainClass[] candidates)
    {
        if (candidates.Length == 1)
            return candidates;
        var named = candidates.Where(c => interfaceType.Name.Length > 1 && c.Type.Name == interfaceType.Name[1..]).ToArray();
        return named.Length == 1 ? named : candidates;
    }

    private static GrainClass[] Prefixed(string prefix, GrainClass[] candidates)
    {
        var exact = candidates.Where(c => c.Type.FullName == prefix).ToArray();
        return exact.Length == 1
            ? exact
            : [.. candidates.Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))];
    }
}

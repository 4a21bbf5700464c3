using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Srpo.Grains.Tests;

/// <summary>
/// What a type must fulfil to be sent. Orleans copies whatever is not immutable, also within a silo, and a member without a
/// number is lost between silos and kept within one: both would show on a cluster only.
/// </summary>
internal static class MessageRules
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(Uri), typeof(Version),
        typeof(CancellationToken), typeof(SiloAddress), typeof(void), typeof(Task), typeof(ValueTask),
    ];

    /// <summary>Generic types that nobody can change where nobody can change what is in them.</summary>
    private static readonly HashSet<Type> Shells =
    [
        typeof(Nullable<>), typeof(KeyValuePair<,>), typeof(Task<>), typeof(ValueTask<>), typeof(IAsyncEnumerable<>),
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableDictionary<,>), typeof(ImmutableHashSet<>),
    ];

    /// <summary>What in a method's parameters and result would be copied, one sentence each.</summary>
    public static IEnumerable<string> Sharing(MethodInfo method) =>
        from parameter in method.GetParameters().Append(method.ReturnParameter)
        where !parameter.IsDefined(typeof(ImmutableAttribute))
        let culprit = Changeable(parameter.ParameterType)
        where culprit is not null
        select $"{method.DeclaringType!.Name}.{method.Name}: {(parameter.Name is { Length: > 0 } name ? $"the parameter '{name}'" : "the result")} holds a {Name(culprit)}, "
            + "which may be changed after it was sent. Mark the type, the parameter or the result [Immutable] if nobody does, or use an immutable collection.";

    /// <summary>What of a message or record would be lost or mixed up, one sentence each.</summary>
    public static IEnumerable<string> Numbers(Type type)
    {
        if (type.IsEnum || ContractTypes.SurrogateOf(type) is not null) yield break;
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            yield return $"{type.Name} has no serialiser: mark it [GenerateSerializer] and number its members with [Id], or register a converter";
            yield break;
        }

        if (type.GetCustomAttribute<AliasAttribute>(inherit: false) is null) yield return $"{type.Name} has no [Alias]: it could not be renamed or moved any more";
        foreach (var declared in ContractTypes.Members(type).GroupBy(member => member.Declaring))
        {
            foreach (var member in declared.Where(member => member.Id is null))
                yield return $"{declared.Key.Name}.{member.Name} has no [Id], so it would be lost: give it [Id(n)], or [NonSerialized] if that is meant";
            foreach (var same in declared.Where(member => member.Id is not null).GroupBy(member => member.Id).Where(same => same.Count() > 1))
                yield return $"{declared.Key.Name} has the number {same.Key} more than once: {string.Join(", ", same.Select(member => member.Name))}";
        }
    }

    /// <summary>What of a type that is marked immutable can be set after it was made, one sentence each.</summary>
    public static IEnumerable<string> Setters(Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        where property.SetMethod is { } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
        select $"{type.Name}.{property.Name} can be set, although {type.Name} is shared as immutable: make it init or get only";

    /// <summary>Whether a type is stored by the names of its properties besides being sent by their numbers.</summary>
    public static bool IsJson(Type type) => type.Namespace == typeof(Core.Settings.PopulationSpec).Namespace;

    private static Type? Changeable(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || Plain.Contains(type) || type.IsAssignableTo(typeof(IAddressable)) || type.IsDefined(typeof(ImmutableAttribute), inherit: false)) return null;
        if (type.IsGenericType && Shells.Contains(type.GetGenericTypeDefinition())) return type.GetGenericArguments().Select(Changeable).FirstOrDefault(culprit => culprit is not null);
        return type;
    }

    private static string Name(Type type) => type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}

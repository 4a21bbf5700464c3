using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Runtime;

namespace Srpo.OrleansEmbedded.Rules;

/// <summary>
/// Tells whether Orleans could serialise a type, so that a program written without Orleans does not break with it. The
/// check follows members of the program's own types and leaves those of the framework alone.
/// </summary>
internal static class SerializationRules
{
    private static readonly ConcurrentDictionary<Type, string?> Faults = new();
    private static readonly Lazy<HashSet<Type>> Converted = new(FindConverted);

    /// <summary>What is missing, in a sentence, or null.</summary>
    public static string? FindFault(Type type)
    {
        if (Faults.TryGetValue(type, out var known))
            return known;

        // Types can contain themselves: assume the best while looking.
        Faults[type] = null;
        return Faults[type] = Search(type);
    }

    private static string? Search(Type type)
    {
        if (type.HasElementType)
            return FindFault(type.GetElementType()!);
        if (type.IsGenericType && type.GetGenericArguments().Select(FindFault).FirstOrDefault(f => f is not null) is { } inner)
            return inner;
        if (type.IsGenericParameter || type.IsInterface || type.IsEnum || type.IsPrimitive || IsFramework(type))
            return null;
        if (typeof(IAddressable).IsAssignableFrom(type) || typeof(Exception).IsAssignableFrom(type) || Converted.Value.Contains(Definition(type)))
            return null;
        if (type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not { } serializer)
            return $"{type} has no serialiser. Mark it [GenerateSerializer] and number its members with [Id], or register a converter.";

        return serializer.GenerateFieldIds == GenerateFieldIds.PublicProperties ? null : CheckMembers(type, serializer);
    }

    private static string? CheckMembers(Type type, GenerateSerializerAttribute serializer)
    {
        var numbers = new Dictionary<uint, string>();
        var implied = PrimaryConstructorMembers(type, serializer);
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (var field in type.GetFields(Own))
        {
            if (field.IsDefined(typeof(NonSerializedAttribute)))
                continue;

            var property = PropertyOf(type, field, Own);
            var name = property?.Name ?? field.Name;
            var member = (MemberInfo?)property ?? field;
            if (member.GetCustomAttribute<IdAttribute>() is { } id)
            {
                if (!numbers.TryAdd(id.Id, name))
                    return $"in {type} the members {numbers[id.Id]} and {name} have the same number {id.Id}.";
            }
            else if (!implied.Contains(name))
            {
                return $"{type} is marked [GenerateSerializer], but its member {name} has no [Id], so it would be lost. "
                    + "Give it [Id(n)], or [field: NonSerialized] if that is what you want.";
            }

            if (FindFault(field.FieldType) is { } fault)
                return fault;
        }

        return type.BaseType is { } parent && !IsFramework(parent) ? FindFault(parent) : null;
    }

    /// <summary>Orleans numbers the parameters of a record's primary constructor by itself, and those of other types on demand.</summary>
    private static HashSet<string> PrimaryConstructorMembers(Type type, GenerateSerializerAttribute serializer)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null
            || type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true;
        if (!isRecord && !serializer.IncludePrimaryConstructorParameters)
            return [];

        var primary = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(c => c.GetParameters() is { Length: > 0 } p && p.All(q => type.GetProperty(q.Name!)?.PropertyType == q.ParameterType))
            .OrderByDescending(c => c.GetParameters().Length)
            .FirstOrDefault();
        return [.. primary?.GetParameters().Select(p => p.Name!) ?? []];
    }

    private static PropertyInfo? PropertyOf(Type type, FieldInfo field, BindingFlags own) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>', StringComparison.Ordinal) is > 0 and var end
            ? type.GetProperty(field.Name[1..end], own)
            : null;

    private static bool IsFramework(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Namespace is "System" || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true;

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static HashSet<Type> FindConverted() =>
    [
        .. GrainAssemblies.Types()
            .Where(t => t.IsDefined(typeof(RegisterConverterAttribute), inherit: false))
            .SelectMany(t => t.GetInterfaces())
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConverter<,>))
            .Select(i => Definition(i.GetGenericArguments()[0])),
    ];
}

using System.Reflection;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>What silos and clients say to each other and what storage keeps, as the assemblies have it.</summary>
internal static class ContractTypes
{
    private static readonly Assembly[] Assemblies = [typeof(GrainKeys).Assembly, typeof(PopulationRecord).Assembly];

    /// <summary>Every interface of a grain, an observer or a silo's service.</summary>
    public static IReadOnlyList<Type> Interfaces { get; } =
        [.. Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>Every method of an interface that is declared in it and not inherited.</summary>
    public static IReadOnlyList<MethodInfo> Methods { get; } =
        [.. Interfaces.SelectMany(type => type.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal))];

    /// <summary>Every type of ours that a method takes or gives, at any depth, in the form that it has for grains.</summary>
    public static IReadOnlyList<Type> Messages { get; } =
        Reached(Methods.SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)));

    /// <summary>Every class that storage keeps for a grain.</summary>
    public static IReadOnlyList<Type> Records { get; } =
        [.. Assemblies[1].GetTypes().Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !type.IsAssignableTo(typeof(PlacementStrategy)))
            .OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>Every type of ours in messages and records.</summary>
    public static IReadOnlyList<Type> All { get; } = Reached([.. Messages, .. Records]);

    /// <summary>Every type of ours in records.</summary>
    public static IReadOnlyList<Type> Stored { get; } = Reached(Records);

    /// <summary>The errors that grains answer with.</summary>
    public static IReadOnlyList<Type> Errors { get; } =
        [.. Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsAssignableTo(typeof(SrpoGrainException))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>Every class of a grain.</summary>
    public static IReadOnlyList<Type> Grains { get; } =
        [.. Assemblies[1].GetTypes().Where(type => type.IsAssignableTo(typeof(Grain)) && !type.IsAbstract).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>What stands for a type on the wire; null for a type that goes as it is.</summary>
    public static Type? SurrogateOf(Type type) => Surrogates.GetValueOrDefault(type);

    /// <summary>Whether a type is declared in this program.</summary>
    public static bool IsOurs(Type type) => type.Namespace?.StartsWith(nameof(Srpo), StringComparison.Ordinal) == true;

    /// <summary>What a member of a message or record holds, and its name as one reads it.</summary>
    /// <returns>Fields of the type and of its bases; of a property, the field behind it.</returns>
    public static IEnumerable<ContractMember> Members(Type type)
    {
        for (var declaring = type; declaring is not null && IsOurs(declaring); declaring = declaring.BaseType)
        {
            const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            foreach (var field in declaring.GetFields(Own).Where(field => !field.IsDefined(typeof(NonSerializedAttribute))))
            {
                var end = field.Name.IndexOf('>', StringComparison.Ordinal);
                var property = end > 1 ? declaring.GetProperty(field.Name[1..end], Own) : null;
                yield return new ContractMember(declaring, property?.Name ?? field.Name, field, (MemberInfo?)property ?? field);
            }
        }
    }

    private static Dictionary<Type, Type> Surrogates { get; } = Assemblies
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.IsDefined(typeof(RegisterConverterAttribute), inherit: false))
        .SelectMany(type => type.GetInterfaces())
        .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConverter<,>))
        .ToDictionary(type => type.GetGenericArguments()[0], type => type.GetGenericArguments()[1]);

    private static Type[] Reached(IEnumerable<Type> roots)
    {
        var found = new HashSet<Type>();
        var open = new Stack<Type>(roots);
        while (open.TryPop(out var type))
        {
            if (type.HasElementType) open.Push(type.GetElementType()!);
            foreach (var argument in type.GetGenericArguments()) open.Push(argument);
            if (type.HasElementType || type.IsGenericType || !IsOurs(type) || type.IsAssignableTo(typeof(IAddressable)) || !found.Add(type)) continue;
            foreach (var member in Members(type)) open.Push(member.Type);
        }

        return [.. found.OrderBy(type => type.Name, StringComparer.Ordinal)];
    }
}

/// <summary>A member of a message or record.</summary>
/// <param name="Declaring">The class that declares it.</param>
/// <param name="Name">Its name in the source text.</param>
/// <param name="Field">Where it is kept.</param>
/// <param name="Marked">What carries its attributes.</param>
internal sealed record ContractMember(Type Declaring, string Name, FieldInfo Field, MemberInfo Marked)
{
    public Type Type => Field.FieldType;

    /// <summary>Its number; null if it has none.</summary>
    public uint? Id => Marked.GetCustomAttribute<IdAttribute>()?.Id;
}

using System.Reflection;
using Orleans.CodeGeneration;

namespace Srpo.Grains.Tests;

/// <summary>
/// The facts that messages and stored state rely on, one a line: aliases, numbers and types of members, methods, numbers of
/// enums, names of grains in storage. contracts.txt holds those that are in use.
/// </summary>
internal static class FrozenContracts
{
    /// <summary>Set to the path of contracts.txt in the source tree, it has new facts written there.</summary>
    private const string RecordVariable = "SRPO_RECORD_CONTRACTS";

    /// <summary>How a fact is changed on purpose.</summary>
    private const string Advice =
        $"""
        A new fact is taken up by running this test with {RecordVariable}=tests/Grains.Tests/Contracts/contracts.txt (an absolute path), which adds lines and never removes one.
        A fact that is gone breaks what other silos and clients say and what is stored: give it back, and the new thing a new name or number.
        Where that is meant, and CHANGELOG.md says what becomes of stored state, delete its line by hand.
        """;

    /// <summary>What the assemblies say, sorted.</summary>
    public static SortedSet<string> Found() => new(
        [
            .. ContractTypes.Interfaces.SelectMany(Interface),
            .. ContractTypes.Grains.Select(grain => $"grain {grain.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, null!).ToString() ?? "without a name: " + grain.Name}"),
            .. ContractTypes.All.SelectMany(Type),
            .. ContractTypes.Errors.Select(error => $"error {Name(error)}"),
        ],
        StringComparer.Ordinal);

    /// <summary>What is in use.</summary>
    public static SortedSet<string> Frozen() =>
        new(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Contracts", "contracts.txt")).Where(line => line.Length > 0), StringComparer.Ordinal);

    /// <summary>What was changed, and how that is done; null if nothing was.</summary>
    public static string? Changes(IReadOnlySet<string> frozen, IReadOnlySet<string> found)
    {
        string[] gone = [.. frozen.Where(fact => !found.Contains(fact))], added = [.. found.Where(fact => !frozen.Contains(fact))];
        if (gone.Length == 0 && added.Length == 0) return null;

        // A fact is what it is about, an '=', and what is said of it: of a member the type and the number, of an enum's name its number.
        string[] changed = [.. gone.Where(fact => added.Any(other => Subject(other) == Subject(fact)))];
        return string.Join('\n',
            [
                .. changed.Select(fact => $"changed: {fact} became {added.First(other => Subject(other) == Subject(fact))}"),
                .. gone.Except(changed).Select(fact => $"gone: {fact}"),
                .. added.Where(fact => !changed.Any(other => Subject(other) == Subject(fact))).Select(fact => $"new: {fact}"),
                Advice,
            ]);
    }

    /// <summary>Adds new facts to the source tree, where that is asked for.</summary>
    /// <returns>Whether it was, and nothing but new facts has changed.</returns>
    public static bool TryRecord(IReadOnlySet<string> frozen, IReadOnlySet<string> found)
    {
        if (Environment.GetEnvironmentVariable(RecordVariable) is not { Length: > 0 } file || !frozen.IsSubsetOf(found)) return false;
        File.WriteAllLines(file, found);
        return true;
    }

    private static IEnumerable<string> Interface(Type type) =>
    [
        $"interface {type.GetCustomAttribute<AliasAttribute>()?.Alias ?? "without an alias: " + type.Name} = {type.GetCustomAttribute<VersionAttribute>()?.Version}",
        .. type.GetMethods().Select(method =>
            $"method {Name(type)} {method.GetCustomAttribute<AliasAttribute>()?.Alias ?? "without an alias: " + method.Name}({string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)))}) = {Name(method.ReturnType)}"),
    ];

    private static IEnumerable<string> Type(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"enum {type.Name} {name} = {Convert.ToInt64(Enum.Parse(type, name))}");
        return
        [
            $"type {Name(type)}",
            .. ContractTypes.Members(ContractTypes.SurrogateOf(type) ?? type)
                .Select(member => $"member {Name(member.Declaring)} {member.Name} = {member.Id} {Name(member.Type)}"),
            .. MessageRules.IsJson(type)
                ? type.GetProperties().Where(property => property.CanWrite).Select(property => $"json {type.Name} {property.Name} = {Name(property.PropertyType)}")
                : [],
        ];
    }

    private static string Subject(string fact) => fact.Split(" = ")[0];

    private static string Name(Type type)
    {
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (type.IsGenericType) return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        return (ContractTypes.SurrogateOf(type) ?? type).GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias ?? type.Name;
    }
}

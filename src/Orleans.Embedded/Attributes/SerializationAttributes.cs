namespace Orleans;

/// <summary>How members of a type get their numbers. As in Orleans.</summary>
public enum GenerateFieldIds
{
    /// <summary>Each serialised member carries <see cref="IdAttribute"/>.</summary>
    None,

    /// <summary>Public properties are numbered by the generator.</summary>
    PublicProperties,
}

/// <summary>
/// Asks Orleans for a serialiser. Nothing is serialised here, but the members of such types are checked for the
/// numbers that Orleans would need.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Whether parameters of the primary constructor count as members; records do so anyway.</summary>
    public bool IncludePrimaryConstructorParameters { get; init; }

    /// <summary>How members get their numbers.</summary>
    public GenerateFieldIds GenerateFieldIds { get; init; }
}

/// <summary>The number of a member in its serialised form. As in Orleans.</summary>
/// <param name="id">The number; it may not change once data was written.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method)]
public sealed class IdAttribute(uint id) : Attribute
{
    /// <summary>The number.</summary>
    public uint Id { get; } = id;
}

/// <summary>A stable name of a type or method between processes. Has no effect here.</summary>
/// <param name="alias">The name.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method, AllowMultiple = true)]
public sealed class AliasAttribute(string alias) : Attribute
{
    /// <summary>The name.</summary>
    public string Alias { get; } = alias;
}

/// <summary>
/// Promises that values are never changed after they were sent, so that they may be shared. Orleans then skips the copy;
/// here it is what allows a type in a grain interface at all.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = false)]
public sealed class ImmutableAttribute : Attribute
{
}

/// <summary>Marks a converter between a type and its surrogate. Not called here, but counted as a serialiser of its type.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class RegisterConverterAttribute : Attribute
{
}

/// <summary>Names an assembly that may hold grains. Here it is searched like any other.</summary>
/// <param name="assemblyName">The assembly.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ApplicationPartAttribute(string assemblyName) : Attribute
{
    /// <summary>The assembly.</summary>
    public string AssemblyName { get; } = assemblyName;
}

/// <summary>Converts between a type and a surrogate that Orleans can serialise. Not called here.</summary>
/// <typeparam name="TValue">The type.</typeparam>
/// <typeparam name="TSurrogate">The surrogate.</typeparam>
public interface IConverter<TValue, TSurrogate>
    where TSurrogate : struct
{
    /// <summary>Makes the value from its surrogate.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <returns>The value.</returns>
    TValue ConvertFromSurrogate(in TSurrogate surrogate);

    /// <summary>Makes the surrogate of a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The surrogate.</returns>
    TSurrogate ConvertToSurrogate(in TValue value);
}

using Orleans.Runtime;

namespace Orleans;

/// <summary>Identity and casts of grains and references. Signatures as in Orleans.</summary>
public static class GrainExtensions
{
    /// <summary>A reference to the grain, for handing out: a grain must never pass its own <see langword="this"/>.</summary>
    /// <typeparam name="TGrainInterface">The interface of the reference.</typeparam>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The reference.</returns>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) =>
        (TGrainInterface)(object)Reference(grain).As(typeof(TGrainInterface));

    /// <summary>The same grain through another of its interfaces.</summary>
    /// <typeparam name="TGrainInterface">The interface of the reference.</typeparam>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The reference.</returns>
    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) => grain.AsReference<TGrainInterface>();

    /// <summary>The same grain through another of its interfaces.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <param name="interfaceType">The interface of the reference.</param>
    /// <returns>The reference.</returns>
    public static object AsReference(this IAddressable grain, Type interfaceType) => Reference(grain).As(interfaceType);

    /// <summary>The same grain through another of its interfaces.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <param name="interfaceType">The interface of the reference.</param>
    /// <returns>The reference.</returns>
    public static object Cast(this IAddressable grain, Type interfaceType) => Reference(grain).As(interfaceType);

    /// <summary>The identity of a grain or reference.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The identity.</returns>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw NotAGrain(grain),
    };

    /// <summary>Whether the key is an integer.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>True when the key parses as one.</returns>
    public static bool IsPrimaryKeyBasedOnLong(this IAddressable grain) => grain.GetGrainId().TryGetIntegerKey(out _, out _);

    /// <summary>The integer key.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The key.</returns>
    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetPrimaryKeyLong(out _);

    /// <summary>The integer key and its string part.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <param name="keyExt">The string part, if any.</param>
    /// <returns>The key.</returns>
    public static long GetPrimaryKeyLong(this IAddressable grain, out string? keyExt)
    {
        var id = grain.GetGrainId();
        return id.TryGetIntegerKey(out var key, out keyExt)
            ? key
            : throw new InvalidOperationException($"The key of {id} is not an integer.");
    }

    /// <summary>The <see cref="Guid"/> key.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The key.</returns>
    public static Guid GetPrimaryKey(this IAddressable grain) => grain.GetPrimaryKey(out _);

    /// <summary>The <see cref="Guid"/> key and its string part.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <param name="keyExt">The string part, if any.</param>
    /// <returns>The key.</returns>
    public static Guid GetPrimaryKey(this IAddressable grain, out string? keyExt)
    {
        var id = grain.GetGrainId();
        return id.TryGetGuidKey(out var key, out keyExt)
            ? key
            : throw new InvalidOperationException($"The key of {id} is not a GUID.");
    }

    /// <summary>The string key.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The key.</returns>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    private static GrainReference Reference(IAddressable grain) => grain switch
    {
        GrainReference reference => reference,
        IGrainBase { GrainContext: { } context } => context.GrainReference,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw NotAGrain(grain),
    };

    private static ArgumentException NotAGrain(IAddressable grain) => new(
        $"{grain.GetType()} is neither a reference nor a grain made by the runtime. Observers need CreateObjectReference.", nameof(grain));
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Numerics;
using Orleans;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Rules;

/// <summary>
/// Tells which types can be shared between caller and grain. Orleans copies messages unless they are immutable; nothing is
/// copied here, so a type must be one that Orleans would not copy either, or grains would differ on the two runtimes.
/// </summary>
internal static class SharingRules
{
    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(decimal), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Complex),
        typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(Uri),
        typeof(Version), typeof(CultureInfo), typeof(IPAddress), typeof(CancellationToken), typeof(void), typeof(Task), typeof(ValueTask),
    ];

    /// <summary>Generic types that are safe when all their arguments are.</summary>
    private static readonly HashSet<Type> Shells =
    [
        typeof(Nullable<>), typeof(KeyValuePair<,>), typeof(Task<>), typeof(ValueTask<>), typeof(IAsyncEnumerable<>),
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableDictionary<,>), typeof(ImmutableSortedDictionary<,>),
        typeof(ImmutableHashSet<>), typeof(ImmutableSortedSet<>), typeof(ImmutableQueue<>), typeof(ImmutableStack<>),
    ];

    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    public static bool IsSafe(Type type) => FindUnsafe(type) is null;

    /// <summary>The type itself, or the one inside it, that may not be shared; null when all is well.</summary>
    public static Type? FindUnsafe(Type type)
    {
        if (Known.TryGetValue(type, out var safe) && safe)
            return null;

        var culprit = Search(type);
        Known[type] = culprit is null;
        return culprit;
    }

    private static Type? Search(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || Plain.Contains(type)
            || typeof(IAddressable).IsAssignableFrom(type)
            || typeof(Exception).IsAssignableFrom(type)
            || type.IsDefined(typeof(ImmutableAttribute), inherit: false))
        {
            return null;
        }

        if (type.IsGenericType && (Shells.Contains(type.GetGenericTypeDefinition()) || IsTuple(type)))
            return type.GetGenericArguments().Select(FindUnsafe).FirstOrDefault(t => t is not null);
        return type;
    }

    private static bool IsTuple(Type type) =>
        typeof(System.Runtime.CompilerServices.ITuple).IsAssignableFrom(type) && type.Namespace == nameof(System);
}

using System.Collections.Concurrent;
using System.Reflection;
using Srpo.OrleansEmbedded.Rules;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>Copies object graphs field by field, for the in-memory store. Values that are safe to share are shared.</summary>
internal static class DeepCopy
{
    private static readonly MethodInfo Clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.NonPublic | BindingFlags.Instance)!;
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> FieldsByType = new();

    public static object? Of(object? value) => Copy(value, new Dictionary<object, object>(ReferenceEqualityComparer.Instance));

    private static object? Copy(object? value, Dictionary<object, object> copies)
    {
        if (value is null or Delegate or MemberInfo || SharingRules.IsSafe(value.GetType()))
            return value;
        if (copies.TryGetValue(value, out var known))
            return known;

        var copy = Clone.Invoke(value, null)!;
        copies[value] = copy;
        if (copy is Array array)
        {
            if (!SharingRules.IsSafe(array.GetType().GetElementType()!))
                CopyElements(array, copies);
            return copy;
        }

        foreach (var field in FieldsByType.GetOrAdd(copy.GetType(), FieldsOf))
            field.SetValue(copy, Copy(field.GetValue(copy), copies));
        return copy;
    }

    private static void CopyElements(Array array, Dictionary<object, object> copies)
    {
        var place = new int[array.Rank];
        for (var flat = 0; flat < array.Length; flat++)
        {
            var rest = flat;
            for (var rank = array.Rank - 1; rank >= 0; rank--)
            {
                place[rank] = array.GetLowerBound(rank) + (rest % array.GetLength(rank));
                rest /= array.GetLength(rank);
            }

            array.SetValue(Copy(array.GetValue(place), copies), place);
        }
    }

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            fields.AddRange(declaring
                .GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(f => !SharingRules.IsSafe(f.FieldType)));
        }

        return [.. fields];
    }
}

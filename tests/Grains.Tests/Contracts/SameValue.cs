using System.Collections;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Compares two values to the last bit, member by member, whatever their classes think of equality.</summary>
internal static class SameValue
{
    /// <summary>Where two values differ and how, or null.</summary>
    public static string? Difference(object? expected, object? found, string path = "")
    {
        if (expected is null || found is null) return expected is null && found is null ? null : $"{path}: {Show(expected)} became {Show(found)}";
        switch (expected)
        {
            // Whether an empty block has an array is nobody's business.
            case FloatBlock block:
                return Difference(block.Span.ToArray(), ((FloatBlock)found).Span.ToArray(), path);
            case float single:
                return BitConverter.SingleToInt32Bits(single) == BitConverter.SingleToInt32Bits((float)found) ? null : $"{path}: {Show(single)} became {Show(found)}";
            case double real:
                return BitConverter.DoubleToInt64Bits(real) == BitConverter.DoubleToInt64Bits((double)found) ? null : $"{path}: {Show(real)} became {Show(found)}";
            case string:
                return expected.Equals(found) ? null : $"{path}: {Show(expected)} became {Show(found)}";
            case IEnumerable many:
                object?[] one = [.. many.Cast<object?>()], other = [.. ((IEnumerable)found).Cast<object?>()];
                return one.Length != other.Length
                    ? $"{path}: {one.Length} became {other.Length}"
                    : one.Select((item, i) => Difference(item, other[i], $"{path}[{i}]")).FirstOrDefault(difference => difference is not null);
        }

        var type = expected.GetType();
        if (type != found.GetType()) return $"{path}: a {type.Name} became a {found.GetType().Name}";
        if (!ContractTypes.IsOurs(type) || type.IsEnum) return expected.Equals(found) ? null : $"{path}: {Show(expected)} became {Show(found)}";
        return ContractTypes.Members(type)
            .Select(member => Difference(member.Field.GetValue(expected), member.Field.GetValue(found), $"{path}.{member.Name}"))
            .FirstOrDefault(difference => difference is not null);
    }

    private static string Show(object? value) => value is null ? "null" : $"'{Convert.ToString(value)}'";
}

using System.Net;
using System.Runtime.CompilerServices;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>What a sample is filled with.</summary>
internal enum Filling
{
    /// <summary>Every member differs from its default and from every other; nothing is empty.</summary>
    Full,

    /// <summary>Every reference within is null, every optional number is missing.</summary>
    Nulls,

    /// <summary>Every array and text is empty.</summary>
    Empty,

    /// <summary>Numbers at their ends: not a number, infinite, smallest, negative zero.</summary>
    Odd,
}

/// <summary>Makes an instance of any type of a message or record, member by member.</summary>
internal sealed class Samples(Filling filling)
{
    private static readonly double[] OddReals = [double.NaN, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue];

    private int _count;

    /// <summary>An instance; null where the filling asks for one and the type allows it, below the first level.</summary>
    public object? Make(Type type, int depth = 0)
    {
        var inner = Nullable.GetUnderlyingType(type);
        if (filling == Filling.Nulls && depth > 0 && (!type.IsValueType || inner is not null)) return null;
        type = inner ?? type;
        var number = ++_count;
        var odd = filling == Filling.Odd;
        if (type == typeof(string)) return filling == Filling.Empty ? "" : odd ? "\0ü\uD83C\uDFB2\n" : $"text {number}";
        if (type == typeof(bool)) return true;
        if (type == typeof(byte)) return odd ? byte.MaxValue : (byte)number;
        if (type == typeof(int)) return odd ? int.MinValue : number;
        if (type == typeof(uint)) return odd ? uint.MaxValue : (uint)number;
        if (type == typeof(long)) return odd ? long.MinValue : number + (1L << 40);
        if (type == typeof(ulong)) return odd ? ulong.MaxValue : (ulong)number + (1UL << 63);
        if (type == typeof(float)) return (float)Real(number);
        if (type == typeof(double)) return Real(number);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        if (type == typeof(Guid)) return new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        if (type == typeof(SiloAddress)) return SiloAddress.New(IPAddress.Parse("10.1.2.3"), number, number);
        if (type.IsArray) return List(type.GetElementType()!, depth);
        if (type == typeof(OwnSettings)) return new OwnSettings(filling == Filling.Empty ? [] : [new("a.b", Real(number)), new("a.c", Real(++_count))]);
        if (type == typeof(FloatBlock)) return new FloatBlock((float[])List(typeof(float), depth));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>)) return Activator.CreateInstance(type, List(type.GetGenericArguments()[0], depth));
        if (type.IsGenericType && type.IsInterface) return List(type.GetGenericArguments()[0], depth);
        Assert.True(ContractTypes.IsOurs(type), $"no sample of {type} is known: teach {nameof(Samples)} to make one");
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var member in ContractTypes.Members(type)) member.Field.SetValue(made, Make(member.Type, depth + 1));
        return made;
    }

    private double Real(int number) => filling == Filling.Odd ? OddReals[number % OddReals.Length] : number + 0.5;

    private Array List(Type element, int depth)
    {
        var list = Array.CreateInstance(element, filling == Filling.Empty ? 0 : 6);
        for (var i = 0; i < list.Length; i++) list.SetValue(Make(element, depth + 1), i);
        return list;
    }
}

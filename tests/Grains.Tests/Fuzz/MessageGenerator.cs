using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>
/// Random arguments of any message type: records are built property by property, now plausible, now absurd. Numbers that are
/// allowed stay small, so that an accepted request is done soon. Of types with a template, most are good messages with a flaw.
/// </summary>
internal sealed class MessageGenerator(int seed, IReadOnlyDictionary<Type, object> templates)
{
    private static readonly int[] Wholes = [int.MinValue, -1, 0, 1, 2, 3, 4, 8, 1 << 25, int.MaxValue];
    private static readonly double[] Reals = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, -1, 0, 0.1, 0.5, 1, 1e300, double.Epsilon];
    private static readonly float[] Floats = [float.NaN, float.PositiveInfinity, 0, 1, -1, 1e30f];
    private static readonly string[] Names = ["fuzz-a", "fuzz-b", "fuzz-c", "gridworld", "official", "matrix", "Tanh", "Relu", "Plain", "", " ", ".", "..", "a/b", "a\nb", "\0", "ö", "cpu/0", "directory", "{}", "[", "null"];

    private static readonly MethodInfo Clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly Random _random = new(seed);

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>A key of a grain with a text key, mostly of the form that the grain expects.</summary>
    public string Key(Type grain)
    {
        if (Chance(0.1)) return Text();
        var name = Pick(["fuzz-a", "fuzz-b", "fuzz-c"]);
        var number = _random.Next(3);
        if (typeof(IActorGrain).IsAssignableFrom(grain) || typeof(ITeamActor).IsAssignableFrom(grain) || grain == typeof(IEnvironmentGrain) || grain == typeof(ITeamEnvironment)) return $"{name}/{number}/{_random.Next(3)}";
        if (grain == typeof(ILearnerGrain) || grain == typeof(ITeamLearner)) return $"cpu/{number}";
        if (grain == typeof(IDirectoryGrain)) return GrainKeys.Directory;
        if (grain == typeof(ITransferGrain)) return GrainKeys.Transfer(Pick([WorkKind.Population, WorkKind.Tournament]), name);
        return name;
    }

    public object? Argument(Type type, string population, int depth = 0)
    {
        var nullable = Nullable.GetUnderlyingType(type);
        if (nullable is not null) return Chance(0.5) ? null : Argument(nullable, population, depth);
        if (!type.IsValueType && Chance(0.06)) return null;
        if (type == typeof(PopulationSpec)) return Chance(0.1) ? Build(type, population, depth) : Mutate(Populations.Spec(Chance(0.9) ? population : Text(), iterations: 2), population, depth);
        if (templates.TryGetValue(type, out var template) && Chance(0.85)) return Mutate(template, population, depth);
        if (type == typeof(EnvironmentSettings) && Chance(0.6)) return new EnvironmentSettings("gridworld", "official");
        if (type == typeof(string)) return Chance(0.3) ? population : Text();
        if (type == typeof(int)) return Chance(0.6) ? _random.Next(4) : Pick(Wholes);
        if (type == typeof(long)) return (long)Pick(Wholes) * (Chance(0.3) ? uint.MaxValue : 1);
        if (type == typeof(ulong)) return (ulong)_random.NextInt64();
        if (type == typeof(double)) return Pick(Reals);
        if (type == typeof(bool)) return Chance(0.5);
        if (type == typeof(byte)) return (byte)_random.Next(256);
        if (type.IsEnum) return Enum.ToObject(type, _random.Next(-1, 6));
        if (type == typeof(FloatBlock)) return Block();
        if (type == typeof(SiloAddress)) return SiloAddress.New(IPAddress.Loopback, 1 + _random.Next(65000), _random.Next());
        if (type.IsArray) return Array(type.GetElementType()!, population, depth);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return Array(type.GetGenericArguments()[0], population, depth);
        return Build(type, population, depth);
    }

    private string Text() => Chance(0.05) ? new string((char)_random.Next(1, 300), 1 << _random.Next(4, 22)) : Pick(Names);

    private FloatBlock Block()
    {
        if (Chance(0.1)) return default;
        var values = new float[Pick([0, 1, 7, 100, 1000, 100_000])];
        System.Array.Fill(values, Pick(Floats));
        return new FloatBlock(values);
    }

    private Array Array(Type element, string population, int depth)
    {
        var items = System.Array.CreateInstance(element, depth > 3 ? 0 : Pick([0, 1, 2, 2, 3, 20]));
        for (var i = 0; i < items.Length; i++) items.SetValue(Argument(element, population, depth + 1), i);
        return items;
    }

    private object Build(Type type, string population, int depth)
    {
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in Writable(type)) property.SetValue(made, Argument(property.PropertyType, population, depth + 1));
        return made;
    }

    /// <summary>Changes some properties of a good message, at any depth.</summary>
    private object Mutate(object message, string population, int depth)
    {
        if (Chance(0.35)) return message;
        message = Clone.Invoke(message, null)!;
        var properties = Writable(message.GetType()).ToArray();
        var property = Pick(properties);
        var value = property.GetValue(message);
        var nested = value is TrainingSettings or NetworkSettings or AdversarySettings or NetworkDescription or PolicySnapshot;
        property.SetValue(message, nested && Chance(0.8) ? Mutate(value!, population, depth + 1) : Argument(property.PropertyType, population, depth + 1));
        return message;
    }

    private static IEnumerable<PropertyInfo> Writable(Type type) => type.GetProperties().Where(property => property.CanWrite);
}

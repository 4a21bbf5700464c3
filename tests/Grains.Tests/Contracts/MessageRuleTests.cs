using System.Collections.Immutable;
using System.Reflection;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>The rules of messages find what they are meant to find.</summary>
public sealed class MessageRuleTests
{
    private interface IExamples
    {
        Task TakesList(List<int> values);

        Task<float[]> GivesArray();

        Task TakesChangeableWithin(ImmutableArray<Changeable> message);

        Task TakesObject(object anything);

        Task TakesMany(int number, string text, FloatBlock block, (int Left, int Right)? pair, CancellationToken cancellation);

        [return: Immutable]
        Task<int[]> GivesMarked([Immutable] float[] observation);

        Task<KeyValuePair<string, PopulationPhase?>> GivesShell(ImmutableList<ActorState> states);
    }

    [Theory]
    [InlineData(nameof(IExamples.TakesList), "List<Int32>", "'values'")]
    [InlineData(nameof(IExamples.GivesArray), "Single[]", "the result")]
    [InlineData(nameof(IExamples.TakesChangeableWithin), nameof(Changeable), "'message'")]
    [InlineData(nameof(IExamples.TakesObject), "Object", "'anything'")]
    [InlineData(nameof(IExamples.TakesMany), "ValueTuple<Int32, Int32>", "'pair'")]
    public void What_may_change_after_it_was_sent_is_found_with_its_place(string method, string type, string place)
    {
        var fault = Assert.Single(Faults(method));
        Assert.Contains($"{nameof(IExamples)}.{method}", fault, StringComparison.Ordinal);
        Assert.Contains($"holds a {type}, ", fault, StringComparison.Ordinal);
        Assert.Contains(place, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(IExamples.GivesMarked))]
    [InlineData(nameof(IExamples.GivesShell))]
    public void What_nobody_can_change_is_accepted(string method) => Assert.Empty(Faults(method));

    [Fact]
    public void Setters_and_members_without_a_serialiser_are_found()
    {
        Assert.Contains($"{nameof(Changeable)}.{nameof(Changeable.Value)} can be set", Assert.Single(MessageRules.Setters(typeof(Changeable))), StringComparison.Ordinal);
        Assert.Contains($"{nameof(Changeable)} has no serialiser", Assert.Single(MessageRules.Numbers(typeof(Changeable))), StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_of_what_is_in_use_are_named()
    {
        var frozen = new HashSet<string> { "type a", "member a X = 0 Int32", "enum E One = 1", "method i M() = Task" };
        Assert.Null(FrozenContracts.Changes(frozen, frozen));
        Assert.StartsWith("new: member a Y = 1 Int32\n", FrozenContracts.Changes(frozen, frozen.Append("member a Y = 1 Int32").ToHashSet()), StringComparison.Ordinal);
        var changes = FrozenContracts.Changes(frozen, new HashSet<string> { "type a", "member a X = 2 Int32", "enum E One = 1" })!;
        Assert.StartsWith("changed: member a X = 0 Int32 became member a X = 2 Int32\ngone: method i M() = Task\n", changes, StringComparison.Ordinal);
    }

    private static string[] Faults(string method) => [.. MessageRules.Sharing(typeof(IExamples).GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!)];

    private sealed class Changeable
    {
        public int Value { get; set; }
    }
}

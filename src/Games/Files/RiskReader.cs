using System.Collections.Immutable;
using Srpo.Core.Json;

namespace Srpo.Games.Files;

/// <summary>Reads epsilon and tau: one number for all players, or a list with one for each.</summary>
internal static class RiskReader
{
    public static ImmutableArray<double>? Read(JsonObjectValue root, string field, int players)
    {
        if (root[field] is not { } value) return null;
        ImmutableArray<double> numbers = value is JsonListValue
            ? [.. JsonFields.Numbers(value, field)]
            : [.. Enumerable.Repeat(JsonFields.Number(value, field), players)];
        if (numbers.Length != players) throw JsonFields.Wrong(field, $"has {numbers.Length} entries; the game has {players} players");
        Require(numbers, field);
        return numbers;
    }

    public static void Require(ImmutableArray<double> numbers, string field)
    {
        foreach (var number in numbers)
        {
            if (field == "epsilon" && !(number > 0 && double.IsFinite(number)))
                throw JsonFields.Wrong(field, $"must be a finite number above 0, not {number}; it weighs the entropy of the strategies");
            if (!(number >= 0 && double.IsFinite(number)))
                throw JsonFields.Wrong(field, $"must be a finite number of at least 0, not {number}; 0 is risk neutral");
        }
    }

    /// <summary>What is given here, else what the file has.</summary>
    /// <exception cref="FormatException">One of them is neither given nor in the file, or out of range; the message names it.</exception>
    public static RiskProfile Choose(int players, double? tau, ImmutableArray<double>? fileTau, double? epsilon, ImmutableArray<double>? fileEpsilon)
    {
        var taus = tau is { } t ? [.. Enumerable.Repeat(t, players)] : fileTau
            ?? throw JsonFields.Wrong("tau", $"is missing; give the game \"tau\": 1, or use --tau 1");
        var epsilons = epsilon is { } e ? [.. Enumerable.Repeat(e, players)] : fileEpsilon
            ?? throw JsonFields.Wrong("epsilon", $"is missing; give the game \"epsilon\": 0.15, or use --epsilon 0.15");
        Require(taus, "tau");
        Require(epsilons, "epsilon");
        return new RiskProfile(taus, epsilons);
    }
}

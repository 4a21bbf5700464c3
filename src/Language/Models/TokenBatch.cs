using Srpo.Core.Errors;

namespace Srpo.Language.Models;

/// <summary>
/// Sequences of tokens of any lengths, one after the other without padding. A token sees those before it in its own sequence and itself. Tokens are
/// counted through the batch, from 0: their number there is their index.
/// </summary>
public sealed class TokenBatch
{
    private TokenBatch(int[] tokens, int[] positions, int[] starts) => (Tokens, Positions, Starts) = (tokens, positions, starts);

    /// <summary>The token of every index.</summary>
    public IReadOnlyList<int> Tokens { get; }

    /// <summary>The position of every index, from 0, as rotary embeddings see it.</summary>
    public IReadOnlyList<int> Positions { get; }

    /// <summary>Index of the first token of every sequence, and behind them the number of tokens.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>Tokens altogether.</summary>
    public int Count => Tokens.Count;

    /// <summary>Number of sequences.</summary>
    public int Sequences => Starts.Count - 1;

    /// <summary>Number of tokens of a sequence.</summary>
    public int Length(int sequence) => Starts[sequence + 1] - Starts[sequence];

    /// <summary>Sequences as they are, positions from 0.</summary>
    /// <param name="sequences">Each of at least one token.</param>
    /// <exception cref="ArgumentException">There is no sequence, or an empty one.</exception>
    public static TokenBatch Of(params IReadOnlyList<IReadOnlyList<int>> sequences) => Make(sequences, null);

    /// <summary>Sequences with positions.</summary>
    /// <param name="sequences">Each of at least one token.</param>
    /// <param name="positions">Of the same lengths, at least 0.</param>
    /// <exception cref="ArgumentException">There is no sequence, or an empty one, or positions of another length or below 0.</exception>
    public static TokenBatch WithPositions(IReadOnlyList<IReadOnlyList<int>> sequences, IReadOnlyList<IReadOnlyList<int>> positions) => Make(sequences, positions);

    private static TokenBatch Make(IReadOnlyList<IReadOnlyList<int>> sequences, IReadOnlyList<IReadOnlyList<int>>? positions)
    {
        if (sequences.Count == 0) throw new ArgumentException("a batch needs a sequence", nameof(sequences));
        var starts = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++)
        {
            if (sequences[i].Count == 0) throw new ArgumentException($"sequence {i} is empty", nameof(sequences));
            starts[i + 1] = checked(starts[i] + sequences[i].Count);
        }

        var (tokens, places) = (new int[starts[^1]], new int[starts[^1]]);
        if (positions is not null && positions.Count != sequences.Count) throw new ArgumentException("every sequence needs its positions", nameof(positions));
        for (var i = 0; i < sequences.Count; i++)
        {
            if (positions is not null && positions[i].Count != sequences[i].Count) throw new ArgumentException($"sequence {i} needs {sequences[i].Count} positions", nameof(positions));
            for (var t = 0; t < sequences[i].Count; t++)
            {
                tokens[starts[i] + t] = sequences[i][t];
                places[starts[i] + t] = positions?[i][t] ?? t;
                if (places[starts[i] + t] < 0) throw new ArgumentException($"position {places[starts[i] + t]} of sequence {i} is negative", nameof(positions));
            }
        }

        return new TokenBatch(tokens, places, starts);
    }

    /// <summary>
    /// What a padded batch holds: its real tokens, positions counted from each sequence's first one, wherever padding stands.
    /// </summary>
    /// <param name="tokens">[sequences][length], padding included.</param>
    /// <param name="mask">[sequences][length] true for real tokens; every sequence has one.</param>
    /// <param name="indices">[sequences][length] the index of every place, -1 for padding.</param>
    public static TokenBatch FromPadded(IReadOnlyList<IReadOnlyList<int>> tokens, IReadOnlyList<IReadOnlyList<bool>> mask, out int[][] indices)
    {
        if (tokens.Count != mask.Count) throw new ArgumentException("every sequence needs its mask", nameof(mask));
        var next = 0;
        indices = new int[tokens.Count][];
        var kept = new List<IReadOnlyList<int>>();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Count != mask[i].Count) throw new ArgumentException($"sequence {i} needs a mask of {tokens[i].Count}", nameof(mask));
            indices[i] = [.. mask[i].Select(real => real ? next++ : -1)];
            kept.Add([.. tokens[i].Where((_, t) => mask[i][t])]);
        }

        return Make(kept, null);
    }

    /// <summary>The predictions of the tokens from a place in every sequence on, for example of responses after prompts.</summary>
    /// <param name="from">For every sequence the number of tokens that are given; at least 1.</param>
    public Predictions After(IReadOnlyList<int> from)
    {
        if (from.Count != Sequences) throw new ArgumentException("every sequence needs its number", nameof(from));
        var (at, targets) = (new List<int>(), new List<int>());
        for (var i = 0; i < Sequences; i++)
        {
            if (from[i] < 1) throw new ArgumentException($"the first token of sequence {i} is predicted by none", nameof(from));
            for (var index = Starts[i] + from[i]; index < Starts[i + 1]; index++)
            {
                at.Add(index - 1);
                targets.Add(Tokens[index]);
            }
        }

        return new Predictions(at, targets);
    }

    /// <summary>The predictions of all tokens but each sequence's first.</summary>
    public Predictions All() => After([.. Enumerable.Repeat(1, Sequences)]);

    /// <summary>Refuses tokens that a vocabulary does not have.</summary>
    /// <param name="vocabulary">Its size.</param>
    /// <exception cref="SrpoException">One is out of range.</exception>
    public void ThrowIfOutside(int vocabulary)
    {
        foreach (var token in Tokens)
        {
            if ((uint)token >= (uint)vocabulary)
                throw new SrpoException(ErrorKind.Usage, $"token {token} is not in the model's vocabulary of {vocabulary}; use the tokenizer of the model's own folder");
        }
    }
}

/// <summary>Tokens whose probabilities are asked for.</summary>
/// <param name="At">Indices in a batch of the tokens that predict; a token predicts the one after it.</param>
/// <param name="Targets">What is predicted at each.</param>
public sealed record Predictions(IReadOnlyList<int> At, IReadOnlyList<int> Targets)
{
    /// <summary>How many.</summary>
    public int Count => At.Count;
}

using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Language.Models;

namespace Srpo.Language.Sampling;

/// <summary>One sequence and its cache: what it shares with the sequence before is not read again. Not thread-safe.</summary>
public sealed class CachedContext : IDisposable
{
    private readonly ICausalModel _model;
    private readonly IKeyValueCache _cache;
    private readonly List<int> _read = [];
    private readonly float[] _logits;

    /// <param name="model">The model.</param>
    /// <param name="capacity">Most tokens, what is generated included.</param>
    public CachedContext(ICausalModel model, int capacity)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _cache, _logits) = (model, model.CreateCache(1, capacity), new float[model.Config.VocabSize]);
    }

    /// <summary>Most tokens.</summary>
    public int Capacity => _cache.Capacity;

    /// <summary>Draws the tokens that follow a sequence, until one of them ends it, there are enough, or there is no more room.</summary>
    /// <param name="tokens">The sequence, at least one token.</param>
    /// <param name="most">Most tokens to draw, at least 1.</param>
    /// <param name="sampler">How they are drawn.</param>
    /// <param name="bits">Random bits of each, by its number from 0.</param>
    /// <param name="ends">Tokens that end it; they are drawn, and not returned.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    /// <exception cref="SrpoException">The sequence leaves no room, or has a token that the model does not know.</exception>
    public IEnumerable<int> Continue(IReadOnlyList<int> tokens, int most, TokenSampler sampler, Func<int, RandomBlock> bits, IReadOnlySet<int> ends, CancellationToken cancellation = default)
    {
        if (tokens.Count >= Capacity)
            throw new SrpoException(ErrorKind.Usage, $"a text of {tokens.Count} tokens leaves no room for more: the context is {Capacity}; use a shorter one, or a larger context");
        Read(tokens);
        for (var count = 0; count < most && _read.Count < Capacity; count++)
        {
            cancellation.ThrowIfCancellationRequested();
            var token = sampler.Sample(_logits, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_read), bits(count)).Id;
            if (ends.Contains(token)) yield break;
            yield return token;
            if (count == most - 1) yield break;
            _model.Step(_cache, [0], [token], _logits);
            _read.Add(token);
        }
    }

    /// <summary>Gives the cache back.</summary>
    public void Dispose() => _cache.Dispose();

    private void Read(IReadOnlyList<int> tokens)
    {
        // The last token is read in any case: it is its logits that are asked for.
        var same = 0;
        while (same < _read.Count && same < tokens.Count - 1 && _read[same] == tokens[same]) same++;
        _cache.Truncate(0, same);
        _read.RemoveRange(same, _read.Count - same);
        _model.Prefill(_cache, [0], [[.. tokens.Skip(same)]], _logits);
        _read.AddRange(tokens.Skip(same));
    }
}

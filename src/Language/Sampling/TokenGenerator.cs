using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Language.Models;

namespace Srpo.Language.Sampling;

/// <summary>A response that is asked for.</summary>
/// <param name="Prompt">Tokens before it, at least one.</param>
/// <param name="MostTokens">Most tokens of it, at least 1.</param>
/// <param name="Bits">Random bits of each of its tokens, by its number from 0.</param>
public sealed record ResponseRequest(IReadOnlyList<int> Prompt, int MostTokens, Func<int, RandomBlock> Bits);

/// <summary>A response.</summary>
/// <param name="Tokens">Its tokens; the one that ended it is the last where it ended by itself.</param>
/// <param name="LogProbabilities">Of each in the distribution that it was drawn from.</param>
/// <param name="Ended">Whether it ended by itself; else it was cut off.</param>
public sealed record Response(IReadOnlyList<int> Tokens, IReadOnlyList<float> LogProbabilities, bool Ended);

/// <summary>
/// Generates many responses, several at a time: when one has ended, the next takes its row. What is drawn depends on a request's own random bits, and on the
/// others by no more than rounding: requests in equal order give equal bits. Not thread-safe.
/// </summary>
public sealed class TokenGenerator : IDisposable
{
    /// <summary>Tokens of prompts that are read at a time.</summary>
    private const int TokensAtATime = 4096;

    private readonly ICausalModel _model;
    private readonly TokenSampler _sampler;
    private readonly IReadOnlySet<int> _ends;
    private readonly IKeyValueCache _cache;
    private readonly float[] _logits;

    /// <param name="model">The model.</param>
    /// <param name="sampling">How tokens are drawn.</param>
    /// <param name="ends">Tokens that end a response.</param>
    /// <param name="rows">Responses at a time, at least 1.</param>
    /// <param name="capacity">Most tokens of a prompt and its response.</param>
    public TokenGenerator(ICausalModel model, SamplingSettings sampling, IReadOnlySet<int> ends, int rows, int capacity)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _sampler, _ends) = (model, new TokenSampler(sampling, model.Config.VocabSize), ends);
        _logits = new float[checked(rows * model.Config.VocabSize)];
        _cache = model.CreateCache(rows, capacity);
    }

    /// <summary>Generates.</summary>
    /// <param name="requests">What is asked for.</param>
    /// <param name="progress">Told how many tokens there are so far.</param>
    /// <param name="cancellation">Ends it between tokens.</param>
    /// <returns>A response for each, in their order.</returns>
    /// <exception cref="SrpoException">A prompt has no room for its response.</exception>
    public IReadOnlyList<Response> Run(IReadOnlyList<ResponseRequest> requests, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        for (var i = 0; i < requests.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(requests[i].MostTokens, 1);
            if (requests[i].Prompt.Count + requests[i].MostTokens > _cache.Capacity)
            {
                throw new SrpoException(
                    ErrorKind.Usage, $"a prompt of {requests[i].Prompt.Count} tokens and a response of {requests[i].MostTokens} are longer than the {_cache.Capacity} that there is room for; use shorter ones, or more room");
            }
        }

        var drafts = requests.Select(request => new Draft(request)).ToArray();
        var working = new SortedDictionary<int, Draft>();
        var (next, made) = (0, 0L);
        while (next < drafts.Length || working.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var begun = Begin(drafts, ref next, working);
            if (begun.Count > 0) Draw(begun, _logits);
            if (working.Count == 0) continue;
            int[] rows = [.. working.Keys];
            var logits = _logits.AsSpan(0, rows.Length * _model.Config.VocabSize);
            _model.Step(_cache, rows, Array.ConvertAll(rows, row => working[row].Tokens[^1]), logits);
            Draw(rows, logits);
        }

        return [.. drafts.Select(draft => new Response(draft.Tokens, draft.LogProbabilities, draft.Ended))];

        void Draw(IReadOnlyList<int> rows, ReadOnlySpan<float> logits)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var draft = working[rows[i]];
                var drawn = _sampler.Sample(logits.Slice(i * _model.Config.VocabSize, _model.Config.VocabSize), draft.Context, draft.Request.Bits(draft.Tokens.Count));
                draft.Add(drawn, _ends.Contains(drawn.Id));
                made++;
                if (!draft.Ended && draft.Tokens.Count < draft.Request.MostTokens) continue;
                working.Remove(rows[i]);
                _cache.Truncate(rows[i], 0);
            }

            progress?.Invoke(made);
        }
    }

    /// <summary>Gives the cache back.</summary>
    public void Dispose() => _cache.Dispose();

    /// <summary>Reads the next prompts into rows that are free.</summary>
    private List<int> Begin(Draft[] drafts, ref int next, SortedDictionary<int, Draft> working)
    {
        var (rows, prompts, tokens) = (new List<int>(), new List<IReadOnlyList<int>>(), 0);
        for (var row = 0; row < _cache.Rows && next < drafts.Length; row++)
        {
            if (working.ContainsKey(row)) continue;
            if (rows.Count > 0 && tokens + drafts[next].Request.Prompt.Count > TokensAtATime) break;
            tokens += drafts[next].Request.Prompt.Count;
            prompts.Add(drafts[next].Request.Prompt);
            rows.Add(row);
            working[row] = drafts[next++];
        }

        if (rows.Count > 0) _model.Prefill(_cache, [.. rows], prompts, _logits.AsSpan(0, rows.Count * _model.Config.VocabSize));
        return rows;
    }

    /// <summary>A response that is being written.</summary>
    private sealed class Draft(ResponseRequest request)
    {
        private readonly List<int> _all = [.. request.Prompt];

        public ResponseRequest Request { get; } = request;

        public List<int> Tokens { get; } = [];

        public List<float> LogProbabilities { get; } = [];

        public bool Ended { get; private set; }

        public ReadOnlySpan<int> Context => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_all);

        public void Add(SampledToken drawn, bool ends)
        {
            Tokens.Add(drawn.Id);
            LogProbabilities.Add(drawn.LogProbability);
            _all.Add(drawn.Id);
            Ended = ends;
        }
    }
}

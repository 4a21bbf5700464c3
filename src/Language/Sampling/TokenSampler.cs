using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Srpo.Core.Errors;
using Srpo.Core.Numerics;
using Srpo.Core.Random;
using Srpo.Core.Settings;

namespace Srpo.Language.Sampling;

/// <summary>A token that was drawn.</summary>
/// <param name="Id">Its number in the vocabulary.</param>
/// <param name="LogProbability">Its log-probability, nats, in the distribution that it was drawn from, after temperature and filters; 0 for greedy choices.</param>
public readonly record struct SampledToken(int Id, float LogProbability);

/// <summary>
/// Draws tokens from logits. Equal settings, logits, context and random bits give the same token on every machine, at any vector width.
/// Nothing is allocated per token; a sampler serves one thread at a time. Where tokens are equally likely, top-k keeps all that are as
/// likely as the last one kept, top-p drops lower numbers first, and greedy choices take the lowest number.
/// </summary>
public sealed class TokenSampler
{
    /// <summary>Weights are added up in chunks of so many, so that a draw need not walk the whole vocabulary.</summary>
    private const int Chunk = 1024;

    /// <summary>Buckets of top-p: weights from 2^-64 to 1, 64 to each power of two; what is smaller shares the first.</summary>
    private const int BucketBits = 6;

    private const int Powers = 64;

    private const int LowestKey = (1023 - Powers) << BucketBits;

    private const int Dropped = -1;

    private readonly SamplingSettings _settings;
    private readonly int _topK;
    private readonly float _temperature;
    private readonly float _penalty;

    private readonly float[] _scores;
    private readonly int[] _ids;

    /// <summary>e^(score - largest), or <see cref="Dropped"/> while filtering; a vector longer than the vocabulary.</summary>
    private readonly double[] _weights;

    private readonly double[] _chunks;
    private readonly double[] _buckets;
    private readonly float[] _heap;
    private readonly double[] _tieWeights;
    private readonly int[] _tiePlaces;

    /// <summary>Number of the last context in which a token was; tells which logits have been penalised.</summary>
    private readonly int[] _seen;

    private int _contexts;
    private int _count;
    private double _total;

    /// <summary>A sampler for models of one vocabulary.</summary>
    /// <param name="settings">How tokens are drawn.</param>
    /// <param name="vocabulary">Number of logits, at least 1.</param>
    /// <exception cref="SettingsException">The settings cannot be used.</exception>
    public TokenSampler(SamplingSettings settings, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        var problems = settings.Validate();
        if (problems.Count > 0) throw new SettingsException(problems);
        _settings = settings;
        _temperature = (float)settings.Temperature;
        _penalty = (float)settings.RepetitionPenalty;
        _topK = settings.TopK == 0 || settings.TopK >= vocabulary ? 0 : settings.TopK;
        _scores = new float[vocabulary];
        _ids = new int[vocabulary];
        _weights = new double[vocabulary + Vector<double>.Count];
        _chunks = new double[(vocabulary + Chunk - 1) / Chunk];
        _heap = new float[_topK];
        _buckets = settings.TopP < 1 ? new double[(Powers << BucketBits) + 1] : [];
        _tieWeights = settings.TopP < 1 ? new double[vocabulary] : [];
        _tiePlaces = settings.TopP < 1 ? new int[vocabulary] : [];
        _seen = settings.RepetitionPenalty == 1 ? [] : new int[vocabulary];
    }

    /// <summary>Number of logits.</summary>
    public int Vocabulary => _scores.Length;

    /// <summary>The tokens that the last call of <see cref="Filter"/> left, ascending.</summary>
    public ReadOnlySpan<int> Kept => _ids.AsSpan(0, _count);

    /// <summary>The token that follows a context.</summary>
    /// <param name="logits">[vocabulary] the model's logits; minus infinity for tokens that may not come.</param>
    /// <param name="context">The tokens so far, prompt and response; only the repetition penalty looks at them.</param>
    /// <param name="bits">Random bits of this token, as of <see cref="TokenStream.Token"/>.</param>
    /// <exception cref="SrpoException">The logits are not finite, or leave no token.</exception>
    /// <exception cref="ArgumentException">The number of logits is another, or the context has tokens outside the vocabulary.</exception>
    public SampledToken Sample(ReadOnlySpan<float> logits, ReadOnlySpan<int> context, RandomBlock bits)
    {
        if (_settings.Temperature == 0)
        {
            Score(logits, context);
            return new SampledToken(Largest(_scores).Id, 0);
        }

        Filter(logits, context);
        var place = Draw(RandomBlock.ToUnitDouble(bits.Word0, bits.Word1));
        return new SampledToken(_ids[place], (float)(Math.Log(_weights[place]) - Math.Log(_total)));
    }

    /// <summary>
    /// Leaves the tokens that may be drawn in <see cref="Kept"/>, their probabilities in <see cref="CopyProbabilities"/>. With temperature 0 all
    /// the probability is on one token.
    /// </summary>
    /// <inheritdoc cref="Sample"/>
    public void Filter(ReadOnlySpan<float> logits, ReadOnlySpan<int> context)
    {
        Score(logits, context);
        var (largest, first) = Largest(_scores);
        if (_settings.Temperature == 0)
        {
            (_count, _ids[0], _weights[0], _chunks[0], _total) = (1, first, 1, 1, 1);
            return;
        }

        Gather(_topK == 0 ? float.NegativeInfinity : KthLargest());
        Weigh(largest);
        if (_settings.TopP < 1) DropTail();
        if (_settings.MinP > 0) DropBelow(_settings.MinP);
        if (_settings.TopP < 1 || _settings.MinP > 0) Compact();
        Sum();
    }

    /// <summary>The probabilities of <see cref="Kept"/>.</summary>
    /// <param name="probabilities">As many as <see cref="Kept"/> has tokens.</param>
    public void CopyProbabilities(Span<double> probabilities)
    {
        for (var i = 0; i < _count; i++) probabilities[i] = _weights[i] / _total;
    }

    /// <summary>The logits after repetition penalty and temperature.</summary>
    private void Score(ReadOnlySpan<float> logits, ReadOnlySpan<int> context)
    {
        if (logits.Length != _scores.Length) throw new ArgumentException(FormattableString.Invariant($"{logits.Length} logits for a vocabulary of {_scores.Length} tokens"), nameof(logits));
        logits.CopyTo(_scores);
        if (_penalty != 1)
        {
            if (++_contexts == int.MaxValue)
            {
                Array.Clear(_seen);
                _contexts = 1;
            }

            foreach (var token in context)
            {
                if ((uint)token >= (uint)_scores.Length) throw new ArgumentException(FormattableString.Invariant($"token {token} is not in a vocabulary of {_scores.Length}"), nameof(context));
                if (_seen[token] == _contexts) continue;
                _seen[token] = _contexts;
                var score = _scores[token];
                _scores[token] = score < 0 ? score * _penalty : score / _penalty;
            }
        }

        if (_temperature is 0 or 1) return;
        for (var i = 0; i < _scores.Length; i++) _scores[i] /= _temperature;
    }

    /// <summary>The largest number, and the first place where it is.</summary>
    private static (float Value, int Id) Largest(ReadOnlySpan<float> scores)
    {
        var (largest, valid) = (float.NegativeInfinity, true);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        if (vectors.Length > 0)
        {
            var most = vectors[0];
            foreach (var vector in vectors)
            {
                valid &= Vector.EqualsAll(vector, vector);
                most = Vector.Max(most, vector);
            }

            for (var i = 0; i < Vector<float>.Count; i++) largest = Math.Max(largest, most[i]);
        }

        foreach (var score in scores[(vectors.Length * Vector<float>.Count)..])
        {
            valid &= !float.IsNaN(score);
            largest = Math.Max(largest, score);
        }

        if (!valid || !float.IsFinite(largest))
            throw new SrpoException(ErrorKind.Failed, valid && float.IsNegative(largest)
                ? "the model's logits leave no token that could follow"
                : "the model's logits are not finite numbers: its weights are damaged, or training has diverged; use an earlier checkpoint or a smaller learning rate");
        return (largest, scores.IndexOf(largest));
    }

    /// <summary>The score of the last token that top-k keeps: the root of a heap of the largest scores so far.</summary>
    private float KthLargest()
    {
        var heap = _heap.AsSpan();
        _scores.AsSpan(0, heap.Length).CopyTo(heap);
        for (var root = (heap.Length / 2) - 1; root >= 0; root--) SiftDown(heap, root);
        foreach (var score in _scores.AsSpan(heap.Length))
        {
            if (score <= heap[0]) continue;
            heap[0] = score;
            SiftDown(heap, 0);
        }

        return heap[0];
    }

    private static void SiftDown(Span<float> heap, int root)
    {
        var value = heap[root];
        while (true)
        {
            var child = (2 * root) + 1;
            if (child >= heap.Length) break;
            if (child + 1 < heap.Length && heap[child + 1] < heap[child]) child++;
            if (heap[child] >= value) break;
            heap[root] = heap[child];
            root = child;
        }

        heap[root] = value;
    }

    /// <summary>Takes the tokens whose score is at least this one, and not minus infinity.</summary>
    private void Gather(float least)
    {
        _count = 0;
        var excluded = float.NegativeInfinity;
        for (var i = 0; i < _scores.Length; i++)
        {
            var score = _scores[i];
            _ids[_count] = i;
            _weights[_count] = score;
            _count += score >= least && score > excluded ? 1 : 0;
        }
    }

    private void Weigh(float largest)
    {
        var most = new Vector<double>((double)largest);
        for (var i = 0; i < _count; i += Vector<double>.Count)
        {
            var span = _weights.AsSpan(i, Vector<double>.Count);
            PortableMath.Exp(new Vector<double>(span) - most).CopyTo(span);
        }
    }

    /// <summary>
    /// Top-p: drops the least likely tokens whose probabilities add up to at most 1 - p. Weights fall into buckets by their leading bits, and only the
    /// bucket in which the sum gets there is sorted.
    /// </summary>
    private void DropTail()
    {
        Array.Clear(_buckets);
        for (var i = 0; i < _count; i++) _buckets[Bucket(_weights[i])] += _weights[i];
        var total = 0.0;
        foreach (var sum in _buckets) total += sum;

        var most = (1 - _settings.TopP) * total;
        var (crossing, below) = (0, 0.0);
        while (crossing < _buckets.Length - 1 && below + _buckets[crossing] <= most) below += _buckets[crossing++];

        var ties = 0;
        for (var i = 0; i < _count; i++)
        {
            var bucket = Bucket(_weights[i]);
            if (bucket < crossing)
            {
                _weights[i] = Dropped;
            }
            else if (bucket == crossing)
            {
                _tieWeights[ties] = _weights[i];
                _tiePlaces[ties++] = i;
            }
        }

        SortTies(ties);
        var last = crossing == _buckets.Length - 1 ? ties - 1 : ties;
        for (var i = 0; i < last && below + _tieWeights[i] <= most; i++)
        {
            below += _tieWeights[i];
            _weights[_tiePlaces[i]] = Dropped;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bucket(double weight) => Math.Max(0, (int)(BitConverter.DoubleToUInt64Bits(weight) >> (52 - BucketBits)) - LowestKey);

    /// <summary>Ascending by weight, equal ones by place.</summary>
    private void SortTies(int count)
    {
        _tieWeights.AsSpan(0, count).Sort(_tiePlaces.AsSpan(0, count));
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && _tieWeights[end] == _tieWeights[start]) end++;
            if (end - start > 1) _tiePlaces.AsSpan(start, end - start).Sort();
            start = end;
        }
    }

    /// <summary>Min-p: the most likely token weighs 1.</summary>
    private void DropBelow(double least)
    {
        for (var i = 0; i < _count; i++)
            if (_weights[i] < least) _weights[i] = Dropped;
    }

    private void Compact()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            (_ids[kept], _weights[kept]) = (_ids[i], _weights[i]);
            kept += _weights[i] >= 0 ? 1 : 0;
        }

        _count = kept;
    }

    /// <summary>Sums of chunks, in eight lanes whatever the machine's vectors, and of all.</summary>
    private void Sum()
    {
        _total = 0;
        for (var (start, chunk) = (0, 0); start < _count; start += Chunk, chunk++)
        {
            var span = _weights.AsSpan(start, Math.Min(Chunk, _count - start));
            var (sum, i) = (Vector512<double>.Zero, 0);
            for (; i + 8 <= span.Length; i += 8) sum += Vector512.Create<double>(span.Slice(i, 8));
            var chunkSum = 0.0;
            for (var lane = 0; lane < 8; lane++) chunkSum += sum[lane];
            for (; i < span.Length; i++) chunkSum += span[i];
            _chunks[chunk] = chunkSum;
            _total += chunkSum;
        }
    }

    /// <summary>The place in <see cref="Kept"/> at which the sum of the weights passes a share of it all.</summary>
    /// <param name="share">In [0, 1).</param>
    private int Draw(double share)
    {
        var rest = share * _total;
        var (chunk, last) = (0, (_count - 1) / Chunk);
        while (chunk < last && rest >= _chunks[chunk]) rest -= _chunks[chunk++];

        // Rounding may leave a little more than there is: then it is the last token that has any weight.
        var drawn = -1;
        for (var i = chunk * Chunk; i < Math.Min(_count, (chunk + 1) * Chunk); i++)
        {
            if (_weights[i] <= 0) continue;
            drawn = i;
            if (rest < _weights[i]) return i;
            rest -= _weights[i];
        }

        while (drawn < 0) drawn = LastOf(--chunk);
        return drawn;
    }

    private int LastOf(int chunk)
    {
        for (var i = ((chunk + 1) * Chunk) - 1; i >= chunk * Chunk; i--)
            if (_weights[i] > 0) return i;
        return -1;
    }
}

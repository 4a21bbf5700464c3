using Srpo.Core.Checkpoints;
using Srpo.Core.Numerics;
using Srpo.Core.Random;

namespace Srpo.Language.Models;

/// <summary>
/// Weights before training: normal with the model's initializer range, biases 0, scales of normalisations 1. Sixteen random bits choose one of 65,536 quantiles, which
/// end at 4.3 standard deviations; every number is a function of seed, tensor and place, whatever is drawn before it and on however many threads.
/// </summary>
public sealed class RandomWeights
{
    private const int Quantiles = 1 << 16;
    private const int PerBlock = 8;
    private const int Part = 1 << 16;
    private const int PartsAtOnce = 64;

    private static readonly Lazy<double[]> Upper = new(UpperQuantiles);

    private readonly IReadOnlyList<ModelTensor> _tensors;
    private readonly float[] _table = new float[Quantiles];
    private readonly ulong _seed;

    /// <summary>Weights of a model.</summary>
    /// <param name="config">The model.</param>
    /// <param name="seed">Any number.</param>
    public RandomWeights(ModelConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        (_seed, _tensors) = (seed, ModelTensors.Of(config));
        var upper = Upper.Value;
        for (var i = 0; i < upper.Length; i++)
        {
            var value = (float)(upper[i] * config.InitializerRange);
            (_table[upper.Length + i], _table[upper.Length - 1 - i]) = (value, -value);
        }
    }

    /// <summary>Numbers of a tensor.</summary>
    /// <param name="tensor">Its number in <see cref="ModelTensors.Of"/>.</param>
    /// <param name="first">Where they begin in it, a multiple of 8.</param>
    /// <param name="values">Receives them.</param>
    public void Fill(int tensor, long first, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(first % PerBlock, 0);
        if (_tensors[tensor].IsNorm || _tensors[tensor].IsBias)
        {
            values.Fill(_tensors[tensor].IsNorm ? 1 : 0);
            return;
        }

        var stream = new StreamId(_seed, (uint)tensor, 0, StreamPurpose.Tooling);
        var block = first / PerBlock;
        for (var i = 0; i < values.Length; i += PerBlock, block++)
        {
            // Tensors have fewer than 2^47 numbers: the lane, of 24 bits, goes on where the steps of 32 end.
            var words = stream.Block((int)(block >> 32), (uint)block);
            for (var j = 0; j < PerBlock && i + j < values.Length; j++) values[i + j] = _table[(ushort)(words[j >> 1] >> (16 * (j & 1)))];
        }
    }

    /// <summary>Writes all tensors, drawn on all cores.</summary>
    /// <param name="writer">Writes them; its tensors are those of the model.</param>
    /// <param name="progress">Is told how many numbers are written; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    public void Write(SafetensorsWriter writer, Action<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        var bytes = new byte[(long)Part * PartsAtOnce * sizeof(float)];
        long done = 0;
        for (var tensor = 0; tensor < _tensors.Count; tensor++)
        {
            var (number, type, count) = (tensor, writer.Tensors[tensor].Type, _tensors[tensor].Count);
            for (long first = 0; first < count; first += Part * PartsAtOnce)
            {
                var begin = first;
                var numbers = (int)Math.Min(Part * PartsAtOnce, count - first);
                Parallel.For(0, (numbers + Part - 1) / Part, options, () => new float[Part], (part, _, room) =>
                {
                    var values = room.AsSpan(0, Math.Min(Part, numbers - (part * Part)));
                    Fill(number, begin + (part * Part), values);
                    type.FromSingles(values, bytes.AsSpan(part * Part * type.Size(), values.Length * type.Size()));
                    return room;
                }, _ => { });
                writer.WriteBytes(bytes.AsSpan(0, numbers * type.Size()));
                progress?.Invoke(done += numbers);
            }
        }
    }

    /// <summary>The quantiles above the median, of a standard normal: those of (i + 1/2) / 65,536. IEEE arithmetic only, so that they are the same everywhere.</summary>
    private static double[] UpperQuantiles()
    {
        var quantiles = new double[Quantiles / 2];
        double x = 0;
        for (var i = 0; i < quantiles.Length; i++)
        {
            // Newton from the one before: above the median the distribution is concave, so it comes nearer from below.
            var above = (i + 0.5) / Quantiles;
            for (var step = 0; step < 50; step++)
            {
                var density = PortableMath.Exp(-0.5 * x * x) * 0.3989422804014327;
                var change = (above - (density * Series(x))) / density;
                x += change;
                if (Math.Abs(change) < 1e-9) break;
            }

            quantiles[i] = x;
        }

        return quantiles;

        // (Phi(x) - 1/2) / phi(x) = x + x^3 / 3 + x^5 / (3 5) + ...
        static double Series(double x)
        {
            var (sum, term) = (x, x);
            for (var n = 3; term > sum * 1e-17; n += 2) sum += term *= x * x / n;
            return sum;
        }
    }
}

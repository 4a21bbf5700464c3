using Srpo.Core.Errors;
using Srpo.Language.Training;

namespace Srpo.Language.Models;

/// <summary>
/// A decoder-only transformer, with what of it learns: nothing, an adapter beside weights that are shared, or a copy of all weights; and, where it is a
/// critic, a value head. Numbers come and go in memory of the caller; where and how they are computed is the model's business. Equal calls in equal order
/// give equal bits on a processor, whatever other models compute. Not thread-safe; models that share weights may be used by a thread each.
/// </summary>
public interface ICausalModel : IDisposable
{
    /// <summary>Its architecture.</summary>
    ModelConfig Config { get; }

    /// <summary>How its numbers are rounded.</summary>
    ModelPrecision Precision { get; }

    /// <summary>What learns, in the order of the vector of parameters; empty where nothing does.</summary>
    ParameterLayout Learned { get; }

    /// <summary>Whether it has a value head.</summary>
    bool HasValues { get; }

    /// <summary>Another model on the same weights, which learns by an adapter. It is to be disposed of by itself.</summary>
    /// <param name="adapter">Its form.</param>
    /// <param name="values">Whether it gets a value head, whose weights are zero.</param>
    /// <param name="seed">Of its first parameters; with them it computes what the shared weights do.</param>
    ICausalModel WithAdapter(LoraConfig adapter, bool values, ulong seed);

    /// <summary>Another model with its own copy of all weights, which learn. It is to be disposed of by itself.</summary>
    /// <param name="values">Whether it gets a value head, whose weights are zero.</param>
    ICausalModel WithOwnWeights(bool values);

    /// <summary>Room for sequences that grow by what is generated.</summary>
    /// <param name="rows">Sequences at the same time, at least 1.</param>
    /// <param name="capacity">Most tokens of each, prompt included.</param>
    IKeyValueCache CreateCache(int rows, int capacity);

    /// <summary>Reads tokens into rows of a cache, behind what is there.</summary>
    /// <param name="cache">Of this model.</param>
    /// <param name="rows">The rows, each once.</param>
    /// <param name="tokens">What each gets; at least one token.</param>
    /// <param name="logits">[rows, vocabulary] of the token that follows the last of each.</param>
    /// <exception cref="SrpoException">A row has no room, or a token is none of the vocabulary.</exception>
    void Prefill(IKeyValueCache cache, ReadOnlySpan<int> rows, IReadOnlyList<IReadOnlyList<int>> tokens, Span<float> logits);

    /// <summary>Reads one token into each of some rows of a cache.</summary>
    /// <param name="cache">Of this model.</param>
    /// <param name="rows">The rows, each once.</param>
    /// <param name="tokens">One for each.</param>
    /// <param name="logits">[rows, vocabulary] of the token that follows.</param>
    void Step(IKeyValueCache cache, ReadOnlySpan<int> rows, ReadOnlySpan<int> tokens, Span<float> logits);

    /// <summary>Logits of all tokens of a batch; for inspection, since they are many.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="logits">[tokens, vocabulary].</param>
    void Logits(TokenBatch batch, Span<float> logits);

    /// <summary>States between the layers, for inspection: embeddings, then what each layer makes of them, of the last one normalised.</summary>
    /// <param name="batch">Sequences.</param>
    /// <returns>[layers + 1][tokens * width].</returns>
    float[][] HiddenStates(TokenBatch batch);

    /// <summary>What each token of a layer gathers from those before it and itself, for inspection, as the model's own attention weighs them.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <returns>Of each sequence [heads * length * length]: head, token that looks, token that is looked at; each token's sum to 1.</returns>
    float[][] Attentions(TokenBatch batch, int layer);

    /// <summary>Log-probabilities of given tokens, and entropies of the distributions that they are from.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="predictions">Which tokens of which indices.</param>
    /// <param name="temperature">What logits are divided by; above 0.</param>
    /// <param name="logProbabilities">One for each prediction.</param>
    /// <param name="entropies">One for each prediction, in nats; or empty, where they are not wanted.</param>
    void LogProbabilities(TokenBatch batch, Predictions predictions, double temperature, Span<float> logProbabilities, Span<float> entropies);

    /// <summary>What the value head says of tokens.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="at">Their indices.</param>
    /// <param name="values">One for each.</param>
    void Values(TokenBatch batch, IReadOnlyList<int> at, Span<float> values);

    /// <summary>Adds a loss of log-probabilities and entropies to the gradient. Batches that follow each other without a step are micro-batches of one.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="predictions">Which tokens of which indices the loss is of.</param>
    /// <param name="temperature">What logits are divided by; above 0.</param>
    /// <param name="loss">Told log-probabilities, and asked for derivatives.</param>
    void Backward(TokenBatch batch, Predictions predictions, double temperature, ITokenLoss loss);

    /// <summary>Adds a loss of values to the gradient.</summary>
    /// <param name="batch">Sequences.</param>
    /// <param name="at">Indices of the tokens whose values the loss is of.</param>
    /// <param name="loss">Told values, and asked for derivatives.</param>
    void Backward(TokenBatch batch, IReadOnlyList<int> at, IValueLoss loss);

    /// <summary>Takes a step of AdamW along the gradient, and empties it.</summary>
    /// <param name="settings">Learning rate and the like.</param>
    /// <returns>The gradient's Euclidean norm before it was limited.</returns>
    /// <exception cref="SrpoException">The gradient is not finite; nothing is changed but that it is emptied.</exception>
    double Step(AdamWSettings settings);

    /// <summary>The gradient so far, in the order of <see cref="Learned"/>.</summary>
    void ReadGradient(Span<float> gradient);

    /// <summary>Parameters and moments as they are now.</summary>
    LearnedState Save();

    /// <summary>Goes on from parameters and moments. The gradient is emptied.</summary>
    /// <exception cref="SrpoException">They are of another length.</exception>
    void Restore(LearnedState state);
}

/// <summary>Keys and values of sequences that grow.</summary>
public interface IKeyValueCache : IDisposable
{
    /// <summary>Sequences at the same time.</summary>
    int Rows { get; }

    /// <summary>Most tokens of each.</summary>
    int Capacity { get; }

    /// <summary>Tokens that a row holds.</summary>
    int Length(int row);

    /// <summary>Shortens a row, to 0 for another sequence.</summary>
    void Truncate(int row, int length);
}

/// <summary>How a model's numbers are rounded.</summary>
public enum ModelPrecision
{
    /// <summary>32-bit floats throughout.</summary>
    Float32,

    /// <summary>
    /// Weights and activations are bfloat16; sums, norms, rotations, probabilities and losses 32-bit floats, and so are parameters that learn, moments and
    /// gradients.
    /// </summary>
    BFloat16,
}

/// <summary>A part of a vector of parameters.</summary>
/// <param name="Name">As in the files of models and adapters.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="Offset">Index of its first number.</param>
public sealed record ParameterPart(string Name, IReadOnlyList<int> Shape, long Offset)
{
    /// <summary>How many numbers.</summary>
    public long Length => Shape.Aggregate(1L, (product, length) => product * length);
}

/// <summary>What a vector of parameters is made of, without gaps.</summary>
public sealed class ParameterLayout
{
    private readonly Dictionary<string, ParameterPart> _byName;

    /// <param name="parts">Names and shapes, in order.</param>
    public ParameterLayout(IEnumerable<(string Name, IReadOnlyList<int> Shape)> parts)
    {
        var list = new List<ParameterPart>();
        foreach (var (name, shape) in parts)
        {
            list.Add(new ParameterPart(name, shape, Length));
            Length += list[^1].Length;
        }

        Parts = list;
        _byName = list.ToDictionary(part => part.Name);
    }

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<ParameterPart> Parts { get; }

    /// <summary>How many numbers altogether.</summary>
    public long Length { get; }

    /// <summary>The part of a name; null where there is none.</summary>
    public ParameterPart? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>What has been learned, and how far an optimiser is.</summary>
/// <param name="Parameters">In the order of <see cref="ICausalModel.Learned"/>.</param>
/// <param name="FirstMoments">Adam's, of the same length.</param>
/// <param name="SecondMoments">Adam's, of the same length.</param>
/// <param name="Steps">Steps that were taken.</param>
public sealed record LearnedState(float[] Parameters, float[] FirstMoments, float[] SecondMoments, long Steps)
{
    /// <summary>The parameters of an adapter's folder, before any step; of what it does not hold, as a value head, zeros.</summary>
    /// <param name="layout">What a model with this adapter learns.</param>
    /// <param name="folder">The folder.</param>
    public static LearnedState Of(ParameterLayout layout, AdapterFolder folder)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(folder);
        var parameters = new float[layout.Length];
        foreach (var tensor in folder.Tensors)
        {
            var part = layout.Find(tensor.Name) ?? throw new SrpoException(ErrorKind.Usage, $"{folder.Path}: {tensor.Name} is none of the tensors that this adapter has; use a model with an adapter of the folder's form");
            folder.CopyTo(tensor.Name, parameters.AsSpan((int)part.Offset, (int)part.Length));
        }

        return new LearnedState(parameters, new float[layout.Length], new float[layout.Length], 0);
    }
}

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// Forward and backward passes of one network over rows of a batch, block after block: <see cref="MlpWorkspace"/>, and with memory
/// <see cref="GruWorkspace"/>, whose block is the whole batch. Not thread-safe.
/// </summary>
internal abstract unsafe class NetworkWorkspace : IDisposable
{
    /// <summary>The workspace of a shape.</summary>
    public static NetworkWorkspace Create(NetworkShape shape, KernelSet kernels) =>
        shape.Gru > 0 ? new GruWorkspace(shape, kernels) : new MlpWorkspace(shape.Body, kernels);

    /// <summary>Length of an input.</summary>
    public abstract int Inputs { get; }

    /// <summary>Length of an output.</summary>
    public abstract int Outputs { get; }

    /// <summary>Floats from a row of the output to the next.</summary>
    public abstract int OutputStride { get; }

    /// <summary>[block x OutputStride] outputs of the last rows that were evaluated; columns past the outputs are zero.</summary>
    public abstract float* Output { get; }

    /// <summary>[block x OutputStride] where the caller puts the gradient of the outputs for <see cref="Backward"/>; columns past the outputs are zero and must stay so.</summary>
    public abstract float* OutputGradient { get; }

    /// <summary>[block x <see cref="FeatureStride"/>] what the head saw of the last rows that were evaluated: the memory, or the last hidden layer; there must be one.</summary>
    public abstract float* Features { get; }

    /// <summary>Floats from a row of the features to the next.</summary>
    public abstract int FeatureStride { get; }

    /// <summary>Makes ready for a batch.</summary>
    /// <param name="rows">Number of its rows.</param>
    /// <param name="steps">How many rows every step has, see <see cref="SequencePack.Counts"/>; empty for networks that carry nothing.</param>
    /// <returns>Rows of a block, at least 1; the last one may have fewer.</returns>
    public abstract int Begin(int rows, ReadOnlySpan<int> steps);

    /// <summary>Copies parameters into padded form; needed after every change of them.</summary>
    /// <param name="parameters">[parameters of the shape].</param>
    /// <param name="forBackward">Also lay the weights out for <see cref="Backward"/>.</param>
    public abstract void Load(ReadOnlySpan<float> parameters, bool forBackward);

    /// <summary>Outputs of a block of rows.</summary>
    /// <param name="observations">The batch's.</param>
    /// <param name="row">The block's first row.</param>
    /// <param name="rows">1 to the rows of a block.</param>
    public abstract void Forward(IObservationRows observations, int row, int rows);

    /// <summary>Outputs of rows by themselves, as policies play.</summary>
    /// <param name="observations">The rows.</param>
    /// <param name="state">[rows x units] what each carries, replaced; empty for networks that carry nothing.</param>
    public abstract void Step(in ObservationBlock observations, Span<float> state);

    /// <summary>Starts a new sum of gradients at zero.</summary>
    public abstract void ClearGradient();

    /// <summary>Adds the parameters' gradient of the rows of the last Forward, given <see cref="OutputGradient"/>.</summary>
    /// <param name="observations">The batch's.</param>
    /// <param name="row">The block's first row.</param>
    /// <param name="rows">1 to the rows of a block.</param>
    /// <param name="features">[rows x <see cref="FeatureStride"/>] a further gradient of the features, from another head; or null.</param>
    public abstract void Backward(IObservationRows observations, int row, int rows, float* features = null);

    /// <summary>Copies the sum of gradients in the layout of the flat parameter vector.</summary>
    public abstract void StoreGradient(Span<float> gradient);

    public abstract void Dispose();
}

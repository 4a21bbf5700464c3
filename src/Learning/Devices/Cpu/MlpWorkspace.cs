using System.Runtime.InteropServices;
using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// Forward and backward passes of one perceptron. Holds a padded copy of the parameters and scratch for a block of rows;
/// rows are processed in blocks that stay in the cache. Not thread-safe.
/// </summary>
internal sealed unsafe class MlpWorkspace : IDisposable
{
    /// <summary>Rows per block: activations and gradients of two layers of 64 stay within a core's first caches.</summary>
    public const int BlockRows = 96;

    private readonly KernelSet _kernels;
    private readonly Layer[] _layers;
    private readonly NativeBuffer _gradientRows = new();
    private readonly NativeBuffer _previousGradientRows = new();

    public MlpWorkspace(MlpShape shape, KernelSet kernels)
    {
        Shape = shape;
        _kernels = kernels;
        _layers = [.. shape.Layers.Select(layer => new Layer(layer))];
        OutputStride = Padding.Pad(shape.Outputs);
        var widest = _layers.Max(layer => layer.Columns);
        _gradientRows.Ensure(BlockRows * widest);
        _previousGradientRows.Ensure(BlockRows * widest);
    }

    public MlpShape Shape { get; }

    /// <summary>Floats from a row of the output to the next.</summary>
    public int OutputStride { get; }

    /// <summary>[BlockRows x OutputStride] outputs of the last <see cref="Forward(float*, int)"/>; columns past the outputs are zero.</summary>
    public float* Output => _layers[^1].Activations.Pointer;

    /// <summary>[BlockRows x OutputStride] where the caller puts the gradient of the outputs for <see cref="Backward"/>; columns past the outputs must be zero.</summary>
    public float* OutputGradient => _gradientRows.Pointer;

    /// <summary>[BlockRows x <see cref="FeatureStride"/>] the last hidden layer of the last <see cref="Forward(float*, int)"/>; needs at least one hidden layer.</summary>
    public float* Features => _layers[^2].Activations.Pointer;

    /// <summary>Floats from a row of the features to the next.</summary>
    public int FeatureStride => _layers[^2].Columns;

    /// <summary>Copies parameters into padded form; needed after every change of them.</summary>
    /// <param name="parameters">[Shape.ParameterCount].</param>
    /// <param name="forBackward">Also lay the weights out for <see cref="Backward"/>.</param>
    public void Load(ReadOnlySpan<float> parameters, bool forBackward)
    {
        for (var i = 0; i < _layers.Length; i++) _layers[i].Load(parameters, forBackward && i > 0);
    }

    /// <summary>Outputs of a block of rows.</summary>
    /// <param name="x">[rows x Shape.Inputs].</param>
    /// <param name="rows">1 to <see cref="BlockRows"/>.</param>
    public void Forward(float* x, int rows) => Forward(x, Shape.Inputs, rows);

    /// <summary>Outputs of a block of rows that lie apart.</summary>
    /// <param name="x">[rows x stride], of which the first Shape.Inputs columns count.</param>
    /// <param name="stride">Floats from a row of x to the next.</param>
    /// <param name="rows">1 to <see cref="BlockRows"/>.</param>
    public void Forward(float* x, int stride, int rows)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            var y = layer.Activations.Pointer;
            _kernels.Multiply(x, stride, layer.Weights.Pointer, layer.Bias.Pointer, y, rows, layer.Shape.Inputs, layer.Columns);
            if (i < _layers.Length - 1) Activate(y, rows * layer.Columns);
            x = y;
            stride = layer.Columns;
        }
    }

    /// <summary>Starts a new sum of gradients at zero.</summary>
    public void ClearGradient()
    {
        foreach (var layer in _layers) layer.ClearGradient();
    }

    /// <summary>Adds the parameters' gradient of the rows of the last Forward, given <see cref="OutputGradient"/>, which is destroyed.</summary>
    /// <param name="x">[rows x Shape.Inputs].</param>
    /// <param name="rows">1 to <see cref="BlockRows"/>.</param>
    /// <param name="features">[rows x <see cref="FeatureStride"/>] a further gradient of the last hidden layer, from another head; or null.</param>
    public void Backward(float* x, int rows, float* features = null)
    {
        var gradient = _gradientRows.Pointer;
        var previous = _previousGradientRows.Pointer;
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var layer = _layers[i];
            var input = i == 0 ? x : _layers[i - 1].Activations.Pointer;
            var stride = i == 0 ? Shape.Inputs : _layers[i - 1].Columns;
            _kernels.AccumulateOuter(input, stride, gradient, layer.WeightGradient.Pointer, rows, layer.Shape.Inputs, layer.Columns);
            _kernels.AccumulateRows(gradient, layer.BiasGradient.Pointer, rows, layer.Columns);
            if (i == 0) break;
            _kernels.Multiply(gradient, layer.Columns, layer.Transposed.Pointer, null, previous, rows, layer.Shape.Outputs, stride);
            if (features != null && i == _layers.Length - 1) Add(features, previous, rows * stride);
            ActivationGradient(input, previous, rows * stride);
            var swap = gradient;
            gradient = previous;
            previous = swap;
        }
    }

    /// <summary>
    /// A linear head on the features of another network: adds the head's gradient, and writes what the features receive.
    /// </summary>
    /// <param name="x">[rows x stride] the features.</param>
    /// <param name="stride">Floats from a row of the features to the next.</param>
    /// <param name="rows">1 to <see cref="BlockRows"/>.</param>
    /// <param name="features">[rows x stride] is set.</param>
    public void BackwardHead(float* x, int stride, int rows, float* features)
    {
        var layer = _layers[0];
        var gradient = _gradientRows.Pointer;
        _kernels.AccumulateOuter(x, stride, gradient, layer.WeightGradient.Pointer, rows, layer.Shape.Inputs, layer.Columns);
        _kernels.AccumulateRows(gradient, layer.BiasGradient.Pointer, rows, layer.Columns);
        layer.Transpose();
        _kernels.Multiply(gradient, layer.Columns, layer.Transposed.Pointer, null, features, rows, layer.Shape.Outputs, stride);
    }

    /// <summary>Copies the sum of gradients in the layout of the flat parameter vector.</summary>
    public void StoreGradient(Span<float> gradient)
    {
        foreach (var layer in _layers) layer.StoreGradient(gradient);
    }

    public void Dispose()
    {
        foreach (var layer in _layers) layer.Dispose();
        _gradientRows.Dispose();
        _previousGradientRows.Dispose();
    }

    private static void Add(float* values, float* sums, int count)
    {
        for (var i = 0; i < count; i++) sums[i] += values[i];
    }

    private void Activate(float* values, int count)
    {
        if (Shape.Activation == Activation.Tanh) _kernels.Tanh(values, count);
        else _kernels.Relu(values, count);
    }

    private void ActivationGradient(float* activations, float* gradient, int count)
    {
        if (Shape.Activation == Activation.Tanh) _kernels.TanhGradient(activations, gradient, count);
        else _kernels.ReluGradient(activations, gradient, count);
    }

    /// <summary>One linear layer in padded form. Padding columns have zero weights and biases, so they stay zero everywhere.</summary>
    private sealed class Layer : IDisposable
    {
        private readonly int _inputColumns;

        public Layer(LinearLayer shape)
        {
            Shape = shape;
            Columns = Padding.Pad(shape.Outputs);
            _inputColumns = Padding.Pad(shape.Inputs);
            Weights.Ensure(shape.Inputs * Columns);
            Transposed.Ensure(shape.Outputs * _inputColumns);
            Bias.Ensure(Columns);
            Activations.Ensure(BlockRows * Columns);
            WeightGradient.Ensure(shape.Inputs * Columns);
            BiasGradient.Ensure(Columns);
        }

        public LinearLayer Shape { get; }

        public int Columns { get; }

        public NativeBuffer Weights { get; } = new();

        public NativeBuffer Transposed { get; } = new();

        public NativeBuffer Bias { get; } = new();

        public NativeBuffer Activations { get; } = new();

        public NativeBuffer WeightGradient { get; } = new();

        public NativeBuffer BiasGradient { get; } = new();

        public void Load(ReadOnlySpan<float> parameters, bool transpose)
        {
            for (var k = 0; k < Shape.Inputs; k++)
            {
                var row = parameters.Slice(Shape.WeightOffset + (k * Shape.Outputs), Shape.Outputs);
                row.CopyTo(new Span<float>(Weights.Pointer + (k * Columns), Shape.Outputs));
            }

            parameters.Slice(Shape.BiasOffset, Shape.Outputs).CopyTo(new Span<float>(Bias.Pointer, Shape.Outputs));
            if (transpose) Transpose();
        }

        public void Transpose()
        {
            var weights = Weights.Pointer;
            var transposed = Transposed.Pointer;
            for (var j = 0; j < Shape.Outputs; j++)
            {
                for (var k = 0; k < Shape.Inputs; k++) transposed[(j * _inputColumns) + k] = weights[(k * Columns) + j];
            }
        }

        public void ClearGradient()
        {
            NativeMemory.Clear(WeightGradient.Pointer, (nuint)(Shape.Inputs * Columns) * sizeof(float));
            NativeMemory.Clear(BiasGradient.Pointer, (nuint)Columns * sizeof(float));
        }

        public void StoreGradient(Span<float> gradient)
        {
            for (var k = 0; k < Shape.Inputs; k++)
            {
                new ReadOnlySpan<float>(WeightGradient.Pointer + (k * Columns), Shape.Outputs)
                    .CopyTo(gradient[(Shape.WeightOffset + (k * Shape.Outputs))..]);
            }

            new ReadOnlySpan<float>(BiasGradient.Pointer, Shape.Outputs).CopyTo(gradient[Shape.BiasOffset..]);
        }

        public void Dispose()
        {
            Weights.Dispose();
            Transposed.Dispose();
            Bias.Dispose();
            Activations.Dispose();
            WeightGradient.Dispose();
            BiasGradient.Dispose();
        }
    }
}

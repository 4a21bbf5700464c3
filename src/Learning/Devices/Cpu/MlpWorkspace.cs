using System.Runtime.InteropServices;
using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// Forward and backward passes of one perceptron. Holds a padded copy of the parameters and scratch for a block of rows;
/// rows are processed in blocks that stay in the cache. Not thread-safe.
/// </summary>
internal sealed unsafe class MlpWorkspace : NetworkWorkspace
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
        _layers = [.. shape.Layers.Select((layer, i) => new Layer(layer, i < shape.Norms.Count ? shape.Norms[i] : null, i < shape.Layers.Count - 1 && shape.Activation == Activation.Gelu))];
        OutputStride = Padding.Pad(shape.Outputs);
        var widest = _layers.Max(layer => layer.Columns);
        _gradientRows.Ensure(BlockRows * widest);
        _previousGradientRows.Ensure(BlockRows * widest);
    }

    public MlpShape Shape { get; }

    /// <inheritdoc/>
    public override int Inputs => Shape.Inputs;

    /// <inheritdoc/>
    public override int Outputs => Shape.Outputs;

    /// <inheritdoc/>
    public override int OutputStride { get; }

    /// <inheritdoc/>
    public override float* Output => _layers[^1].Activations.Pointer;

    /// <inheritdoc/>
    public override float* OutputGradient => _gradientRows.Pointer;

    /// <inheritdoc/>
    public override float* Features => _layers[^2].Activations.Pointer;

    /// <inheritdoc/>
    public override int FeatureStride => _layers[^2].Columns;

    /// <inheritdoc/>
    public override int Begin(int rows, ReadOnlySpan<int> steps) => BlockRows;

    /// <inheritdoc/>
    public override void Load(ReadOnlySpan<float> parameters, bool forBackward)
    {
        for (var i = 0; i < _layers.Length; i++) _layers[i].Load(parameters, forBackward && i > 0);
    }

    /// <inheritdoc/>
    public override void Forward(float* x, int rows) => Forward(x, Shape.Inputs, rows);

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
            if (i < _layers.Length - 1) Activate(layer, y, rows);
            x = y;
            stride = layer.Columns;
        }
    }

    /// <inheritdoc/>
    public override void ClearGradient()
    {
        foreach (var layer in _layers) layer.ClearGradient();
    }

    /// <inheritdoc/>
    public override void Backward(float* x, int rows, float* features = null)
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
            ActivationGradient(_layers[i - 1], previous, rows);
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

    /// <inheritdoc/>
    public override void StoreGradient(Span<float> gradient)
    {
        foreach (var layer in _layers) layer.StoreGradient(gradient);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var layer in _layers) layer.Dispose();
        _gradientRows.Dispose();
        _previousGradientRows.Dispose();
    }

    private static void Add(float* values, float* sums, int count)
    {
        for (var i = 0; i < count; i++) sums[i] += values[i];
    }

    /// <summary>Normalisation and nonlinearity of a hidden layer, in place.</summary>
    private void Activate(Layer layer, float* values, int rows)
    {
        var count = rows * layer.Columns;
        if (layer.Norm is { } norm) _kernels.Normalise(norm.Block, values, rows);
        if (Shape.Activation == Activation.Tanh) _kernels.Tanh(values, count);
        else if (Shape.Activation == Activation.Relu) _kernels.Relu(values, count);
        else _kernels.Gelu(values, layer.BeforeActivation.Pointer, count);
    }

    private void ActivationGradient(Layer layer, float* gradient, int rows)
    {
        var count = rows * layer.Columns;
        if (Shape.Activation == Activation.Tanh) _kernels.TanhGradient(layer.Activations.Pointer, gradient, count);
        else if (Shape.Activation == Activation.Relu) _kernels.ReluGradient(layer.Activations.Pointer, gradient, count);
        else _kernels.GeluGradient(layer.BeforeActivation.Pointer, gradient, count);
        if (layer.Norm is { } norm) _kernels.NormaliseGradient(norm.Block, gradient, rows);
    }

    /// <summary>One linear layer in padded form. Padding columns have zero weights and biases, so they stay zero everywhere.</summary>
    private sealed class Layer : IDisposable
    {
        private readonly int _inputColumns;

        public Layer(LinearLayer shape, NormLayer? norm, bool keepsBefore)
        {
            Shape = shape;
            if (norm is { } after) Norm = new Norm(after);
            if (keepsBefore) BeforeActivation.Ensure(BlockRows * Padding.Pad(shape.Outputs));
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

        /// <summary>What the nonlinearity saw, where its gradient asks for that.</summary>
        public NativeBuffer BeforeActivation { get; } = new();

        /// <summary>The normalisation before the nonlinearity; null for none.</summary>
        public Norm? Norm { get; }

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
            Norm?.Load(parameters);
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
            Norm?.ClearGradient();
        }

        public void StoreGradient(Span<float> gradient)
        {
            for (var k = 0; k < Shape.Inputs; k++)
            {
                new ReadOnlySpan<float>(WeightGradient.Pointer + (k * Columns), Shape.Outputs)
                    .CopyTo(gradient[(Shape.WeightOffset + (k * Shape.Outputs))..]);
            }

            new ReadOnlySpan<float>(BiasGradient.Pointer, Shape.Outputs).CopyTo(gradient[Shape.BiasOffset..]);
            Norm?.StoreGradient(gradient);
        }

        public void Dispose()
        {
            Weights.Dispose();
            Transposed.Dispose();
            Bias.Dispose();
            Activations.Dispose();
            WeightGradient.Dispose();
            BiasGradient.Dispose();
            BeforeActivation.Dispose();
            Norm?.Dispose();
        }
    }

    /// <summary>A normalisation in padded form: scale, shift and their gradients, each [Columns], then what a block of rows left behind.</summary>
    private sealed class Norm : IDisposable
    {
        private readonly NormLayer _shape;
        private readonly int _columns;
        private readonly NativeBuffer _numbers = new();

        public Norm(NormLayer shape)
        {
            (_shape, _columns) = (shape, Padding.Pad(shape.Width));
            _numbers.Ensure(((4 + BlockRows) * _columns) + BlockRows);
        }

        public NormBlock Block => new()
        {
            Width = _shape.Width,
            Columns = _columns,
            Scale = _numbers.Pointer,
            Shift = _numbers.Pointer + _columns,
            ScaleGradient = _numbers.Pointer + (2 * _columns),
            ShiftGradient = _numbers.Pointer + (3 * _columns),
            Normal = _numbers.Pointer + (4 * _columns),
            InverseDeviation = _numbers.Pointer + ((4 + BlockRows) * _columns),
        };

        public void Load(ReadOnlySpan<float> parameters)
        {
            parameters.Slice(_shape.ScaleOffset, _shape.Width).CopyTo(new Span<float>(Block.Scale, _shape.Width));
            parameters.Slice(_shape.ShiftOffset, _shape.Width).CopyTo(new Span<float>(Block.Shift, _shape.Width));
        }

        public void ClearGradient() => NativeMemory.Clear(Block.ScaleGradient, (nuint)(2 * _columns) * sizeof(float));

        public void StoreGradient(Span<float> gradient)
        {
            new ReadOnlySpan<float>(Block.ScaleGradient, _shape.Width).CopyTo(gradient[_shape.ScaleOffset..]);
            new ReadOnlySpan<float>(Block.ShiftGradient, _shape.Width).CopyTo(gradient[_shape.ShiftOffset..]);
        }

        public void Dispose() => _numbers.Dispose();
    }
}

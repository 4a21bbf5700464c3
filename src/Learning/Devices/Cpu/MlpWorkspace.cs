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
    private readonly NativeBuffer _outputGradient = new();
    private readonly NativeBuffer _gradientRows = new();
    private readonly NativeBuffer _previousGradientRows = new();
    private readonly NativeBuffer _panels = new();

    public MlpWorkspace(MlpShape shape, KernelSet kernels)
    {
        Shape = shape;
        _kernels = kernels;
        _layers = [.. shape.Layers.Select((layer, i) => new Layer(layer, i < shape.Norms.Count ? shape.Norms[i] : null, i < shape.Layers.Count - 1 && shape.Activation == Activation.Gelu))];
        OutputStride = Padding.Pad(shape.Outputs);
        var widest = _layers.Max(layer => layer.Columns);
        _outputGradient.Ensure(BlockRows * OutputStride);
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
    public override float* OutputGradient => _outputGradient.Pointer;

    /// <inheritdoc/>
    public override float* Features => _layers[^2].Activations.Pointer;

    /// <inheritdoc/>
    public override int FeatureStride => _layers[^2].Columns;

    /// <inheritdoc/>
    public override int Begin(int rows, ReadOnlySpan<int> steps) => BlockRows;

    /// <inheritdoc/>
    public override void Load(ReadOnlySpan<float> parameters, bool forBackward)
    {
        // A network of one layer is a head on another network's features, which receive a gradient from it.
        for (var i = 0; i < _layers.Length; i++) _layers[i].Load(parameters, forBackward && (i > 0 || _layers.Length == 1));
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
        Multiply(0, x, stride, rows);
        ForwardFrom(1, rows);
    }

    /// <inheritdoc/>
    public override void Forward(IObservationRows observations, int row, int rows) => Forward(observations.Block(row, rows));

    /// <inheritdoc/>
    public override void Step(in ObservationBlock observations, Span<float> state) => Forward(observations);

    /// <inheritdoc/>
    public override void Backward(IObservationRows observations, int row, int rows, float* features = null) => Backward(observations.Block(row, rows), features);

    /// <summary>Outputs of a block of observations.</summary>
    public void Forward(in ObservationBlock block)
    {
        if (block.Ones is not { } ones)
        {
            Forward(block.Rows, block.Count);
            return;
        }

        var layer = _layers[0];
        _kernels.AddSelected(
            ones.RowStarts, ones.RowOnes, layer.Panels(_kernels), layer.Shape.Inputs, layer.Bias.Pointer, 0, layer.Activations.Pointer, block.Count, layer.Columns);
        Activate(0, block.Count);
        ForwardFrom(1, block.Count);
    }

    /// <inheritdoc/>
    public override void ClearGradient()
    {
        foreach (var layer in _layers) layer.ClearGradient();
    }

    /// <summary>Adds the parameters' gradient of the rows of the last Forward, given <see cref="OutputGradient"/>.</summary>
    /// <param name="x">[rows x Shape.Inputs].</param>
    /// <param name="rows">1 to <see cref="BlockRows"/>.</param>
    /// <param name="features">[rows x <see cref="FeatureStride"/>] a further gradient of the last hidden layer, from another head; or null.</param>
    public void Backward(float* x, int rows, float* features = null)
    {
        var gradient = BackwardToFirst(rows, features);
        AccumulateOuter(_layers[0], x, Shape.Inputs, gradient, rows);
    }

    /// <summary>Adds the parameters' gradient of the observations of the last Forward, given <see cref="OutputGradient"/>.</summary>
    /// <param name="block">The observations.</param>
    /// <param name="features">[rows x <see cref="FeatureStride"/>] a further gradient of the last hidden layer, from another head; or null.</param>
    public void Backward(in ObservationBlock block, float* features = null)
    {
        if (block.Ones is not { } ones)
        {
            Backward(block.Rows, block.Count, features);
            return;
        }

        var layer = _layers[0];
        var gradient = BackwardToFirst(block.Count, features);
        var panels = _panels.Ensure(_kernels.PanelSize(BlockRows, layer.Columns));
        var sums = layer.WeightGradient.Pointer;
        _kernels.ToPanels(gradient, panels, block.Count, layer.Columns);
        _kernels.AddSelected(ones.ColumnStarts, ones.ColumnOnes, panels, block.Count, sums, layer.Columns, sums, layer.Shape.Inputs, layer.Columns);
        _kernels.AccumulateRows(gradient, layer.BiasGradient.Pointer, block.Count, layer.Columns);
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
        var gradient = OutputGradient;
        AccumulateOuter(layer, x, stride, gradient, rows);
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
        _outputGradient.Dispose();
        _panels.Dispose();
        _gradientRows.Dispose();
        _previousGradientRows.Dispose();
    }

    /// <summary>The layers from one on, whose inputs are the activations of the layer before.</summary>
    private void ForwardFrom(int first, int rows)
    {
        for (var i = first; i < _layers.Length; i++) Multiply(i, _layers[i - 1].Activations.Pointer, _layers[i - 1].Columns, rows);
    }

    private void Multiply(int index, float* x, int stride, int rows)
    {
        var layer = _layers[index];
        _kernels.Multiply(x, stride, layer.Weights.Pointer, layer.Bias.Pointer, layer.Activations.Pointer, rows, layer.Shape.Inputs, layer.Columns);
        Activate(index, rows);
    }

    private void Activate(int index, int rows)
    {
        if (index < _layers.Length - 1) Activate(_layers[index], rows);
    }

    /// <summary>The gradients of all layers but the first.</summary>
    /// <returns>[rows x columns] the gradient of the first layer's sums.</returns>
    private float* BackwardToFirst(int rows, float* features)
    {
        var gradient = OutputGradient;
        var next = _gradientRows.Pointer;
        var other = _previousGradientRows.Pointer;
        for (var i = _layers.Length - 1; i > 0; i--)
        {
            var layer = _layers[i];
            var input = _layers[i - 1].Activations.Pointer;
            var stride = _layers[i - 1].Columns;
            AccumulateOuter(layer, input, stride, gradient, rows);
            _kernels.Multiply(gradient, layer.Columns, layer.Transposed.Pointer, null, next, rows, layer.Shape.Outputs, stride);
            if (features != null && i == _layers.Length - 1) _kernels.Add(features, next, rows * stride);
            ActivationGradient(_layers[i - 1], next, rows);
            gradient = next;
            next = other;
            other = gradient;
        }

        return gradient;
    }

    /// <summary>Adds the gradient of a layer's weights and biases.</summary>
    private void AccumulateOuter(Layer layer, float* x, int stride, float* gradient, int rows)
    {
        // Where the outputs fill no more than a vector, vectors run over the padded inputs instead.
        layer.GradientIsTransposed = layer.Columns == Padding.Width && stride == layer.InputColumns;
        if (layer.GradientIsTransposed) _kernels.AccumulateOuter(gradient, layer.Columns, x, layer.WeightGradient.Pointer, rows, layer.Shape.Outputs, stride);
        else _kernels.AccumulateOuter(x, stride, gradient, layer.WeightGradient.Pointer, rows, layer.Shape.Inputs, layer.Columns);
        _kernels.AccumulateRows(gradient, layer.BiasGradient.Pointer, rows, layer.Columns);
    }

    /// <summary>Normalisation and nonlinearity of a hidden layer, in place.</summary>
    private void Activate(Layer layer, int rows)
    {
        var values = layer.Activations.Pointer;
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
        private readonly NativeBuffer _panels = new();
        private bool _panelsAreCurrent;

        public Layer(LinearLayer shape, NormLayer? norm, bool keepsBefore)
        {
            Shape = shape;
            if (norm is { } after) Norm = new Norm(after);
            if (keepsBefore) BeforeActivation.Ensure(BlockRows * Padding.Pad(shape.Outputs));
            Columns = Padding.Pad(shape.Outputs);
            InputColumns = Padding.Pad(shape.Inputs);
            Weights.Ensure(shape.Inputs * Columns);
            Transposed.Ensure(shape.Outputs * InputColumns);
            Bias.Ensure(Columns);
            Activations.Ensure(BlockRows * Columns);
            WeightGradient.Ensure(Math.Max(shape.Inputs * Columns, shape.Outputs * InputColumns));
            BiasGradient.Ensure(Columns);
        }

        public LinearLayer Shape { get; }

        public int Columns { get; }

        public int InputColumns { get; }

        /// <summary>Whether <see cref="WeightGradient"/> is [outputs x input columns] rather than [inputs x columns].</summary>
        public bool GradientIsTransposed { get; set; }

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
            _panelsAreCurrent = false;
            var weights = parameters.Slice(Shape.WeightOffset, Shape.WeightCount);
            var outputs = Shape.Outputs;
            var target = Weights.Pointer;
            if (outputs == Columns)
            {
                weights.CopyTo(new Span<float>(target, weights.Length));
            }
            else
            {
                for (var k = 0; k < weights.Length; k += outputs, target += Columns) CopyRow(weights.Slice(k, outputs), new Span<float>(target, outputs));
            }

            parameters.Slice(Shape.BiasOffset, Shape.Outputs).CopyTo(new Span<float>(Bias.Pointer, Shape.Outputs));
            Norm?.Load(parameters);
            if (transpose) Transposition.Run(Weights.Pointer, Columns, Transposed.Pointer, InputColumns, Shape.Inputs, Shape.Outputs);
        }

        /// <summary>The weights for <see cref="KernelSet.AddSelected"/>; laid out when they are first asked for after a Load.</summary>
        public float* Panels(KernelSet kernels)
        {
            var panels = _panels.Ensure(kernels.PanelSize(Shape.Inputs, Columns));
            if (!_panelsAreCurrent) kernels.ToPanels(Weights.Pointer, panels, Shape.Inputs, Columns);
            _panelsAreCurrent = true;
            return panels;
        }

        public void ClearGradient()
        {
            NativeMemory.Clear(WeightGradient.Pointer, (nuint)Math.Max(Shape.Inputs * Columns, Shape.Outputs * InputColumns) * sizeof(float));
            NativeMemory.Clear(BiasGradient.Pointer, (nuint)Columns * sizeof(float));
            Norm?.ClearGradient();
        }

        public void StoreGradient(Span<float> gradient)
        {
            var weights = gradient.Slice(Shape.WeightOffset, Shape.WeightCount);
            var sums = WeightGradient.Pointer;
            var outputs = Shape.Outputs;
            if (GradientIsTransposed)
            {
                for (var j = 0; j < outputs; j++, sums += InputColumns)
                {
                    for (var k = 0; k < Shape.Inputs; k++) weights[(k * outputs) + j] = sums[k];
                }
            }
            else if (outputs == Columns)
            {
                new ReadOnlySpan<float>(sums, weights.Length).CopyTo(weights);
            }
            else
            {
                for (var k = 0; k < weights.Length; k += outputs, sums += Columns) CopyRow(new ReadOnlySpan<float>(sums, outputs), weights.Slice(k, outputs));
            }

            new ReadOnlySpan<float>(BiasGradient.Pointer, Shape.Outputs).CopyTo(gradient[Shape.BiasOffset..]);
            Norm?.StoreGradient(gradient);
        }

        /// <summary>Heads have a few outputs only, which a call that copies costs more than.</summary>
        private static void CopyRow(ReadOnlySpan<float> source, Span<float> target)
        {
            if (source.Length > Padding.Width)
            {
                source.CopyTo(target);
                return;
            }

            for (var j = 0; j < source.Length; j++) target[j] = source[j];
        }

        public void Dispose()
        {
            _panels.Dispose();
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

using System.Runtime.InteropServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// A network with memory: a perceptron up to the input gates, the recurrent layer, and a linear head. Rows of a batch are those of sequences side by
/// side, step by step (<see cref="SequencePack"/>), each beginning with nothing in memory; what does not depend on the step before runs over all rows
/// at once. The perceptron is evaluated again on the way back rather than kept. Not thread-safe.
/// </summary>
internal sealed unsafe class GruWorkspace : NetworkWorkspace
{
    private readonly NetworkShape _shape;
    private readonly KernelSet _kernels;
    private readonly MlpWorkspace _body;
    private readonly MlpWorkspace _head;
    private readonly int _units;
    private readonly int _columns;
    private readonly int _gateColumns;
    private readonly NativeBuffer _weights = new();
    private readonly NativeBuffer _transposed = new();
    private readonly NativeBuffer _bias = new();
    private readonly NativeBuffer _weightGradient = new();
    private readonly NativeBuffer _biasGradient = new();
    private readonly NativeBuffer _output = new();
    private readonly NativeBuffer _outputGradient = new();
    private readonly NativeBuffer _inputGates = new();
    private readonly NativeBuffer _recurrentGates = new();
    private readonly NativeBuffer _before = new();
    private readonly NativeBuffer _state = new();
    private readonly NativeBuffer _reset = new();
    private readonly NativeBuffer _update = new();
    private readonly NativeBuffer _candidate = new();
    private readonly NativeBuffer _stateGradient = new();
    private int[] _steps = [];

    public GruWorkspace(NetworkShape shape, KernelSet kernels)
    {
        (_shape, _kernels, _units) = (shape, kernels, shape.Gru);
        _body = new MlpWorkspace(shape.Body, kernels);
        _head = new MlpWorkspace(shape.Head!, kernels);
        _columns = Padding.Pad(_units);
        _gateColumns = Padding.Pad(3 * _units);
        _weights.Ensure(_units * _gateColumns);
        _transposed.Ensure(3 * _units * _columns);
        _bias.Ensure(_gateColumns);
        _weightGradient.Ensure(_units * _gateColumns);
        _biasGradient.Ensure(_gateColumns);
    }

    /// <inheritdoc/>
    public override int Inputs => _shape.Inputs;

    /// <inheritdoc/>
    public override int Outputs => _shape.Outputs;

    /// <inheritdoc/>
    public override int OutputStride => _head.OutputStride;

    /// <inheritdoc/>
    public override float* Output => _output.Pointer;

    /// <inheritdoc/>
    public override float* OutputGradient => _outputGradient.Pointer;

    /// <inheritdoc/>
    public override float* Features => _state.Pointer;

    /// <inheritdoc/>
    public override int FeatureStride => _columns;

    /// <inheritdoc/>
    public override int Begin(int rows, ReadOnlySpan<int> steps)
    {
        if (!steps.SequenceEqual(_steps)) _steps = steps.ToArray();
        Ensure(rows);
        return rows;
    }

    /// <inheritdoc/>
    public override void Load(ReadOnlySpan<float> parameters, bool forBackward)
    {
        _body.Load(parameters[.._shape.Body.ParameterCount], forBackward);
        _head.Load(parameters[_shape.HeadOffset.._shape.ParameterCount], forBackward);
        var layer = _shape.Recurrence;
        for (var k = 0; k < _units; k++)
            parameters.Slice(layer.WeightOffset + (k * layer.Outputs), layer.Outputs).CopyTo(new Span<float>(_weights.Pointer + (k * _gateColumns), layer.Outputs));
        parameters.Slice(layer.BiasOffset, layer.Outputs).CopyTo(new Span<float>(_bias.Pointer, layer.Outputs));
        if (!forBackward) return;
        Transposition.Run(_weights.Pointer, _gateColumns, _transposed.Pointer, _columns, _units, layer.Outputs);
    }

    /// <inheritdoc/>
    public override void Forward(IObservationRows observations, int row, int rows)
    {
        for (var block = 0; block < rows; block += MlpWorkspace.BlockRows) GateInputs(observations.Block(row + block, Math.Min(MlpWorkspace.BlockRows, rows - block)), block);
        var (from, active) = (0, _steps[0]);
        NativeMemory.Clear(_before.Pointer, (nuint)(active * _columns) * sizeof(float));
        foreach (var count in _steps)
        {
            // Those whose sequence goes on are the first of the step before.
            if (from > 0) new ReadOnlySpan<float>(_state.Pointer + ((from - active) * _columns), count * _columns).CopyTo(new Span<float>(_before.Pointer + (from * _columns), count * _columns));
            Cell(from, count);
            (from, active) = (from + count, count);
        }

        for (var first = 0; first < rows; first += MlpWorkspace.BlockRows) Head(first, Math.Min(MlpWorkspace.BlockRows, rows - first));
    }

    /// <inheritdoc/>
    public override void Step(in ObservationBlock observations, Span<float> state)
    {
        var rows = observations.Count;
        Ensure(rows);
        for (var r = 0; r < rows; r++)
        {
            var padded = new Span<float>(_before.Pointer + (r * _columns), _columns);
            state.Slice(r * _units, _units).CopyTo(padded);
            padded[_units..].Clear();
        }

        GateInputs(observations, 0);
        Cell(0, rows);
        Head(0, rows);
        for (var r = 0; r < rows; r++) new ReadOnlySpan<float>(_state.Pointer + (r * _columns), _units).CopyTo(state[(r * _units)..]);
    }

    /// <inheritdoc/>
    public override void ClearGradient()
    {
        _body.ClearGradient();
        _head.ClearGradient();
        NativeMemory.Clear(_weightGradient.Pointer, (nuint)(_units * _gateColumns) * sizeof(float));
        NativeMemory.Clear(_biasGradient.Pointer, (nuint)_gateColumns * sizeof(float));
    }

    /// <inheritdoc/>
    public override void Backward(IObservationRows observations, int row, int rows, float* features = null)
    {
        var atState = _stateGradient.Ensure((rows + _steps[0]) * _columns);
        for (var first = 0; first < rows; first += MlpWorkspace.BlockRows)
        {
            var count = Math.Min(MlpWorkspace.BlockRows, rows - first);
            new ReadOnlySpan<float>(_outputGradient.Pointer + (first * OutputStride), count * OutputStride).CopyTo(new Span<float>(_head.OutputGradient, count * OutputStride));
            _head.BackwardHead(_state.Pointer + (first * _columns), _columns, count, atState + (first * _columns));
        }

        if (features != null) _kernels.Add(features, atState, rows * _columns);
        var from = rows;
        var carried = atState + (rows * _columns);
        for (var step = _steps.Length - 1; step >= 0; step--)
        {
            // What later steps say of the state goes to the first of this step: those whose sequence goes on.
            var count = _steps[step];
            from -= count;
            if (step < _steps.Length - 1) _kernels.Add(carried, atState + (from * _columns), _steps[step + 1] * _columns);
            CellGradient(from, count, atState + (from * _columns));
            if (step == 0) break;
            _kernels.Multiply(_recurrentGates.Pointer + (from * _gateColumns), _gateColumns, _transposed.Pointer, null, carried, count, 3 * _units, _columns);
            _kernels.GruCarry(_update.Pointer + (from * _columns), atState + (from * _columns), carried, count * _columns);
        }

        for (var first = 0; first < rows; first += MlpWorkspace.BlockRows)
        {
            var count = Math.Min(MlpWorkspace.BlockRows, rows - first);
            var gates = _recurrentGates.Pointer + (first * _gateColumns);
            _kernels.AccumulateOuter(_before.Pointer + (first * _columns), _columns, gates, _weightGradient.Pointer, count, _units, _gateColumns);
            _kernels.AccumulateRows(gates, _biasGradient.Pointer, count, _gateColumns);
            var block = observations.Block(row + first, count);
            _body.Forward(block);
            new ReadOnlySpan<float>(_inputGates.Pointer + (first * _gateColumns), count * _gateColumns).CopyTo(new Span<float>(_body.OutputGradient, count * _gateColumns));
            _body.Backward(block);
        }
    }

    /// <inheritdoc/>
    public override void StoreGradient(Span<float> gradient)
    {
        _body.StoreGradient(gradient[.._shape.Body.ParameterCount]);
        _head.StoreGradient(gradient[_shape.HeadOffset.._shape.ParameterCount]);
        var layer = _shape.Recurrence;
        for (var k = 0; k < _units; k++)
            new ReadOnlySpan<float>(_weightGradient.Pointer + (k * _gateColumns), layer.Outputs).CopyTo(gradient[(layer.WeightOffset + (k * layer.Outputs))..]);
        new ReadOnlySpan<float>(_biasGradient.Pointer, layer.Outputs).CopyTo(gradient[layer.BiasOffset..]);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _body.Dispose();
        _head.Dispose();
        _weights.Dispose();
        _transposed.Dispose();
        _bias.Dispose();
        _weightGradient.Dispose();
        _biasGradient.Dispose();
        _output.Dispose();
        _outputGradient.Dispose();
        _inputGates.Dispose();
        _recurrentGates.Dispose();
        _before.Dispose();
        _state.Dispose();
        _reset.Dispose();
        _update.Dispose();
        _candidate.Dispose();
        _stateGradient.Dispose();
    }

    private void Ensure(int rows)
    {
        _output.Ensure(rows * OutputStride);
        _outputGradient.Ensure(rows * OutputStride);
        _inputGates.Ensure(rows * _gateColumns);
        _recurrentGates.Ensure(rows * _gateColumns);
        _before.Ensure(rows * _columns);
        _state.Ensure(rows * _columns);
        _reset.Ensure(rows * _columns);
        _update.Ensure(rows * _columns);
        _candidate.Ensure(rows * _columns);
    }

    /// <summary>The hidden layers' part of the gates, for the rows from one on.</summary>
    private void GateInputs(in ObservationBlock observations, int first)
    {
        _body.Forward(observations);
        var count = observations.Count * _gateColumns;
        new ReadOnlySpan<float>(_body.Output, count).CopyTo(new Span<float>(_inputGates.Pointer + (first * _gateColumns), count));
    }

    /// <summary>The outputs from the states, for no more rows than a block of a perceptron.</summary>
    private void Head(int first, int rows)
    {
        _head.Forward(_state.Pointer + (first * _columns), _columns, rows);
        new ReadOnlySpan<float>(_head.Output, rows * OutputStride).CopyTo(new Span<float>(_output.Pointer + (first * OutputStride), rows * OutputStride));
    }

    /// <summary>The states of rows after a step, from those before it.</summary>
    private void Cell(int from, int count)
    {
        var (state, gates) = (from * _columns, from * _gateColumns);
        _kernels.Multiply(_before.Pointer + state, _columns, _weights.Pointer, _bias.Pointer, _recurrentGates.Pointer + gates, count, _units, _gateColumns);
        _kernels.GruForward(Block(from), count);
    }

    /// <summary>The gates' gradients of rows in place of the gates, from that of their states.</summary>
    private void CellGradient(int from, int count, float* atState) => _kernels.GruBackward(Block(from), atState, count);

    private GruBlock Block(int from) => new()
    {
        Units = _units,
        Stride = _columns,
        GateStride = _gateColumns,
        InputGates = _inputGates.Pointer + (from * _gateColumns),
        RecurrentGates = _recurrentGates.Pointer + (from * _gateColumns),
        Before = _before.Pointer + (from * _columns),
        State = _state.Pointer + (from * _columns),
        Reset = _reset.Pointer + (from * _columns),
        Update = _update.Pointer + (from * _columns),
        Candidate = _candidate.Pointer + (from * _columns),
    };
}

using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// A gated recurrent unit in PyTorch's arrangement: r = s(gx_r + gh_r), z = s(gx_z + gh_z), n = tanh(gx_n + r gh_n), h' = (1 - z) n + z h, with
/// s(x) = 1/(1 + e^-x). Every number depends on those of its own unit only, so that vectors and the units left over by them give the same bits.
/// </summary>
internal static unsafe class GruKernels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>The states after a step; the gates are kept.</summary>
    /// <param name="block">The first row.</param>
    /// <param name="rows">Number of rows.</param>
    public static void Forward(GruBlock block, int rows)
    {
        var whole = block.Units / TSimd.Lanes * TSimd.Lanes;
        for (var r = 0; r < rows; r++, block = block.Next())
        {
            ForwardUnits(block, 0, whole);
            if (whole < block.Units) GruKernels<SimdScalar, float>.ForwardUnits(block, whole, block.Units);
        }
    }

    /// <summary>The gradients at the gates, in place of the gates' inputs, from that at the states after a step.</summary>
    /// <param name="block">The first row, as <see cref="Forward"/> left it.</param>
    /// <param name="atState">[rows x stride].</param>
    /// <param name="rows">Number of rows.</param>
    public static void Backward(GruBlock block, float* atState, int rows)
    {
        var whole = block.Units / TSimd.Lanes * TSimd.Lanes;
        for (var r = 0; r < rows; r++, block = block.Next(), atState += block.Stride)
        {
            BackwardUnits(block, atState, 0, whole);
            if (whole < block.Units) GruKernels<SimdScalar, float>.BackwardUnits(block, atState, whole, block.Units);
        }
    }

    /// <summary>Adds z d to what the recurrent gates say of the state before a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Carry(float* update, float* atState, float* carried, int count)
    {
        for (var i = 0; i < count; i += TSimd.Lanes)
            TSimd.Store(TSimd.FusedMultiplyAdd(TSimd.Load(update + i), TSimd.Load(atState + i), TSimd.Load(carried + i)), carried + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ForwardUnits(in GruBlock block, int from, int to)
    {
        var units = block.Units;
        var one = TSimd.Broadcast(1f);
        for (var j = from; j < to; j += TSimd.Lanes)
        {
            var reset = Sigmoid(TSimd.Add(TSimd.Load(block.InputGates + j), TSimd.Load(block.RecurrentGates + j)));
            var update = Sigmoid(TSimd.Add(TSimd.Load(block.InputGates + units + j), TSimd.Load(block.RecurrentGates + units + j)));
            var candidate = ElementwiseKernels<TSimd, TVector>.TanhOf(
                TSimd.FusedMultiplyAdd(reset, TSimd.Load(block.RecurrentGates + (2 * units) + j), TSimd.Load(block.InputGates + (2 * units) + j)));
            TSimd.Store(reset, block.Reset + j);
            TSimd.Store(update, block.Update + j);
            TSimd.Store(candidate, block.Candidate + j);
            var rest = TSimd.Multiply(TSimd.Subtract(one, update), candidate);
            TSimd.Store(TSimd.FusedMultiplyAdd(update, TSimd.Load(block.Before + j), rest), block.State + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void BackwardUnits(in GruBlock block, float* atState, int from, int to)
    {
        var units = block.Units;
        var one = TSimd.Broadcast(1f);
        for (var j = from; j < to; j += TSimd.Lanes)
        {
            var d = TSimd.Load(atState + j);
            var (reset, update, candidate) = (TSimd.Load(block.Reset + j), TSimd.Load(block.Update + j), TSimd.Load(block.Candidate + j));
            var atCandidate = TSimd.Multiply(TSimd.Multiply(d, TSimd.Subtract(one, update)), TSimd.Subtract(one, TSimd.Multiply(candidate, candidate)));
            var atReset = TSimd.Multiply(
                TSimd.Multiply(atCandidate, TSimd.Load(block.RecurrentGates + (2 * units) + j)), TSimd.Multiply(reset, TSimd.Subtract(one, reset)));
            var atUpdate = TSimd.Multiply(
                TSimd.Multiply(d, TSimd.Subtract(TSimd.Load(block.Before + j), candidate)), TSimd.Multiply(update, TSimd.Subtract(one, update)));
            TSimd.Store(atReset, block.InputGates + j);
            TSimd.Store(atReset, block.RecurrentGates + j);
            TSimd.Store(atUpdate, block.InputGates + units + j);
            TSimd.Store(atUpdate, block.RecurrentGates + units + j);
            TSimd.Store(atCandidate, block.InputGates + (2 * units) + j);
            TSimd.Store(TSimd.Multiply(atCandidate, reset), block.RecurrentGates + (2 * units) + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sigmoid(TVector x)
    {
        var one = TSimd.Broadcast(1f);
        return TSimd.Divide(one, TSimd.Add(one, ElementwiseKernels<TSimd, TVector>.ExpOf(TSimd.Subtract(TSimd.Zero, x))));
    }
}

/// <summary>Where the numbers of a row of a recurrent layer are; padding columns of states and gates hold zeros.</summary>
internal readonly unsafe struct GruBlock
{
    public required int Units { get; init; }

    /// <summary>Floats from a row of states to the next.</summary>
    public required int Stride { get; init; }

    /// <summary>Floats from a row of gates to the next; the gates are reset, update, candidate, each [Units].</summary>
    public required int GateStride { get; init; }

    /// <summary>gx, and on the way back its gradient.</summary>
    public required float* InputGates { get; init; }

    /// <summary>gh, and on the way back its gradient.</summary>
    public required float* RecurrentGates { get; init; }

    /// <summary>h.</summary>
    public required float* Before { get; init; }

    /// <summary>h'.</summary>
    public required float* State { get; init; }

    /// <summary>r.</summary>
    public required float* Reset { get; init; }

    /// <summary>z.</summary>
    public required float* Update { get; init; }

    /// <summary>n.</summary>
    public required float* Candidate { get; init; }

    /// <summary>The next row.</summary>
    public GruBlock Next() => new()
    {
        Units = Units,
        Stride = Stride,
        GateStride = GateStride,
        InputGates = InputGates + GateStride,
        RecurrentGates = RecurrentGates + GateStride,
        Before = Before + Stride,
        State = State + Stride,
        Reset = Reset + Stride,
        Update = Update + Stride,
        Candidate = Candidate + Stride,
    };
}

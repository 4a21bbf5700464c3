using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// Rows of observations whose every number is 0 or 1, as lists of where the ones are: by row, for forward passes, and by column within every
/// block of <see cref="MlpWorkspace.BlockRows"/> rows, for backward passes. Not thread-safe; holds scratch memory.
/// </summary>
/// <param name="inputs">Length of an observation.</param>
internal sealed unsafe class BinaryRows(int inputs) : IDisposable
{
    /// <summary>Shorter observations are multiplied as fast as their ones are looked up.</summary>
    private const int FewestInputs = 24;

    /// <summary>With a larger share of ones the dense product is as fast.</summary>
    private const double LargestShare = 0.5;

    private const int One = 0x3F80_0000;

    private readonly NativeBuffer _rowStarts = new();
    private readonly NativeBuffer _rowOnes = new();
    private readonly NativeBuffer _columnStarts = new();
    private readonly NativeBuffer _columnOnes = new();
    private int _rows;
    private int _count;
    private int _limit;

    /// <summary>Begins anew.</summary>
    /// <param name="rows">Number of rows that will be added.</param>
    /// <returns>Whether lists are worth making.</returns>
    public bool Begin(int rows)
    {
        (_rows, _count) = (0, 0);
        if (inputs is < FewestInputs or > ushort.MaxValue) return false;
        var limit = (long)(LargestShare * rows * inputs);
        if (limit + inputs > int.MaxValue) return false;
        _limit = (int)limit;
        ((int*)_rowStarts.Ensure(rows + 1))[0] = 0;
        _rowOnes.Ensure((_limit + inputs + 1) / 2);
        return true;
    }

    /// <summary>Adds the next row.</summary>
    /// <param name="observation">[inputs].</param>
    /// <returns>False if it has other numbers than 0 and 1, or if there are too many ones in all: then these rows are to be multiplied as they are.</returns>
    public bool Add(float* observation)
    {
        var added = Scan(observation, inputs, (ushort*)_rowOnes.Pointer + _count);
        if (added < 0 || _count + added > _limit) return false;
        _count += added;
        ((int*)_rowStarts.Pointer)[++_rows] = _count;
        return true;
    }

    /// <summary>Adds all rows of a block.</summary>
    /// <param name="observations">[rows x inputs].</param>
    /// <param name="rows">Number of rows.</param>
    /// <returns>Whether the lists can be used.</returns>
    public bool TryRead(float* observations, int rows)
    {
        if (!Begin(rows)) return false;
        for (var r = 0; r < rows; r++)
        {
            if (!Add(observations + ((long)r * inputs))) return false;
        }

        return true;
    }

    /// <summary>Makes the lists by column, once all rows are there.</summary>
    public void BuildColumns()
    {
        var blocks = (_rows + MlpWorkspace.BlockRows - 1) / MlpWorkspace.BlockRows;
        var starts = (int*)_columnStarts.Ensure(blocks * (inputs + 1));
        var lists = (ushort*)_columnOnes.Ensure((_count + 1) / 2);
        var rowStarts = (int*)_rowStarts.Pointer;
        var ones = (ushort*)_rowOnes.Pointer;
        for (var block = 0; block < blocks; block++, starts += inputs + 1)
        {
            var first = block * MlpWorkspace.BlockRows;
            var end = Math.Min(first + MlpWorkspace.BlockRows, _rows);
            new Span<int>(starts, inputs + 1).Clear();
            for (var i = rowStarts[first]; i < rowStarts[end]; i++) starts[ones[i]]++;

            // From counts to the end of every list, from where it is filled backwards to its start.
            var total = rowStarts[first];
            for (var k = 0; k < inputs; k++) starts[k] = total += starts[k];
            starts[inputs] = total;
            for (var r = end - 1; r >= first; r--)
            {
                for (var i = rowStarts[r]; i < rowStarts[r + 1]; i++) lists[--starts[ones[i]]] = (ushort)(r - first);
            }
        }
    }

    /// <summary>The lists of a block.</summary>
    /// <param name="row">Its first row, a multiple of <see cref="MlpWorkspace.BlockRows"/>.</param>
    public Ones Block(int row) => new(
        (int*)_rowStarts.Pointer + row, (ushort*)_rowOnes.Pointer,
        (int*)_columnStarts.Pointer + (row / MlpWorkspace.BlockRows * (inputs + 1)), (ushort*)_columnOnes.Pointer);

    public void Dispose()
    {
        _rowStarts.Dispose();
        _rowOnes.Dispose();
        _columnStarts.Dispose();
        _columnOnes.Dispose();
    }

    /// <returns>The number of ones, or -1 if there are other numbers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Scan(float* values, int count, ushort* ones)
    {
        var found = 0;
        for (var from = 0; from < count; from += 64)
        {
            // The ones of 64 numbers as the bits of a word.
            var bits = 0UL;
            var length = Math.Min(64, count - from);
            var i = 0;
            for (; i + 8 <= length; i += 8)
            {
                var numbers = Vector256.Load((int*)values + from + i);
                var one = Vector256.Equals(numbers, Vector256.Create(One));
                if ((one | Vector256.Equals(numbers, Vector256<int>.Zero)) != Vector256<int>.AllBitsSet) return -1;
                bits |= (ulong)one.ExtractMostSignificantBits() << i;
            }

            for (; i < length; i++)
            {
                var number = ((int*)values)[from + i];
                if (number is not 0 and not One) return -1;
                if (number != 0) bits |= 1UL << i;
            }

            for (; bits != 0; bits &= bits - 1) ones[found++] = (ushort)(from + BitOperations.TrailingZeroCount(bits));
        }

        return found;
    }
}

/// <summary>Where the ones of a block of rows are.</summary>
internal readonly unsafe struct Ones(int* rowStarts, ushort* rowOnes, int* columnStarts, ushort* columnOnes)
{
    /// <summary>[rows + 1] where the lists of the rows begin.</summary>
    public int* RowStarts => rowStarts;

    /// <summary>The lists of the rows: ascending numbers of inputs.</summary>
    public ushort* RowOnes => rowOnes;

    /// <summary>[inputs + 1] where the lists of the inputs begin; for backward passes only.</summary>
    public int* ColumnStarts => columnStarts;

    /// <summary>The lists of the inputs: ascending numbers of rows within the block.</summary>
    public ushort* ColumnOnes => columnOnes;
}

/// <summary>A block of observations, written out or as the places of their ones.</summary>
/// <param name="rows">[count x inputs]; null where there are <paramref name="ones"/>.</param>
/// <param name="count">1 to <see cref="MlpWorkspace.BlockRows"/>.</param>
/// <param name="ones">Where the ones are, if every number is 0 or 1.</param>
internal readonly unsafe struct ObservationBlock(float* rows, int count, Ones? ones = null)
{
    /// <summary>[Count x inputs]; null where there are <see cref="Ones"/>.</summary>
    public float* Rows => rows;

    /// <summary>Number of rows.</summary>
    public int Count => count;

    /// <summary>Where the ones are, if every number is 0 or 1 and if they are few.</summary>
    public Ones? Ones => ones;

    /// <summary>A block of observations, as lists of ones if that is worth while.</summary>
    /// <param name="rows">[count x inputs].</param>
    /// <param name="count">1 to <see cref="MlpWorkspace.BlockRows"/>.</param>
    /// <param name="lists">Where lists are made; they hold until it is used again, and are for forward passes only.</param>
    public static ObservationBlock Of(float* rows, int count, BinaryRows lists) =>
        lists.TryRead(rows, count) ? new ObservationBlock(null, count, lists.Block(0)) : new ObservationBlock(rows, count);
}

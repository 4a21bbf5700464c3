using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// Matrix products with a matrix of zeros and ones, given as lists of where the ones are: rows of the other matrix are added up, in the order
/// in which the dense product adds them. Since 1 w + a rounds as w + a does, and 0 w + a is a, the bits are those of
/// <see cref="DenseKernels{TSimd, TVector}"/>.
/// </summary>
internal static unsafe class SelectionKernels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// Floats from a row of a panel to the next. Rows that are chosen at random out of a matrix of some hundred columns fall into few sets of the
    /// first cache, and do not stay there; those of a panel lie close together.
    /// </summary>
    private const int PanelStride = 1 << PanelShift;

    private const int PanelShift = 6;

    /// <summary>Floats that a matrix takes in panels.</summary>
    public static int PanelSize(int rows, int columns) => rows * ((columns + PanelStride - 1) & ~(PanelStride - 1));

    /// <summary>Lays a matrix out in panels of columns, one after the other: [columns / stride][rows][stride]. What is beyond the columns is undefined.</summary>
    /// <param name="source">[rows x columns].</param>
    /// <param name="panels">[<see cref="PanelSize"/>], overwritten.</param>
    /// <param name="rows">Any number.</param>
    /// <param name="columns">A multiple of <see cref="Padding.Width"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToPanels(float* source, float* panels, int rows, int columns)
    {
        for (var column = 0; column < columns; column += PanelStride)
        {
            var width = Math.Min(PanelStride, columns - column);
            var row = source + column;
            for (var r = 0; r < rows; r++, row += columns, panels += PanelStride)
            {
                for (var j = 0; j < width; j += TSimd.Lanes) TSimd.Store(TSimd.Load(row + j), panels + j);
            }
        }
    }

    /// <summary>y[i, j] = from[i, j] + the sum of the source's [s, j] over the numbers s in the list of i.</summary>
    /// <param name="starts">[count + 1] where the lists begin.</param>
    /// <param name="lists">Ascending numbers of rows of the source.</param>
    /// <param name="panels">[rows x columns] the source, as <see cref="ToPanels"/> lays it out.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="from">[count x columns], or [columns] with a stride of 0: what the sums begin with.</param>
    /// <param name="fromStride">Floats from a row of from to the next.</param>
    /// <param name="y">[count x columns]; may be the same memory as from.</param>
    /// <param name="count">Number of lists.</param>
    /// <param name="columns">A multiple of <see cref="Padding.Width"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSelected(
        int* starts, ushort* lists, float* panels, int rows, float* from, int fromStride, float* y, int count, int columns)
    {
        for (var column = 0; column < columns; column += PanelStride, panels += rows * PanelStride)
        {
            var width = Math.Min(PanelStride, columns - column);
            var j = 0;
            for (; j + (4 * TSimd.Lanes) <= width; j += 4 * TSimd.Lanes) AddFour(starts, lists, panels + j, from + column + j, fromStride, y + column + j, columns, count);
            for (; j < width; j += TSimd.Lanes) AddOne(starts, lists, panels + j, from + column + j, fromStride, y + column + j, columns, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddFour(int* starts, ushort* lists, float* panel, float* from, int fromStride, float* y, int yStride, int count)
    {
        for (var i = 0; i < count; i++, from += fromStride, y += yStride)
        {
            var a0 = TSimd.Load(from);
            var a1 = TSimd.Load(from + TSimd.Lanes);
            var a2 = TSimd.Load(from + (2 * TSimd.Lanes));
            var a3 = TSimd.Load(from + (3 * TSimd.Lanes));
            var end = lists + starts[i + 1];
            for (var s = lists + starts[i]; s < end; s++)
            {
                var row = panel + ((nuint)(*s) << PanelShift);
                a0 = TSimd.Add(a0, TSimd.Load(row));
                a1 = TSimd.Add(a1, TSimd.Load(row + TSimd.Lanes));
                a2 = TSimd.Add(a2, TSimd.Load(row + (2 * TSimd.Lanes)));
                a3 = TSimd.Add(a3, TSimd.Load(row + (3 * TSimd.Lanes)));
            }

            TSimd.Store(a0, y);
            TSimd.Store(a1, y + TSimd.Lanes);
            TSimd.Store(a2, y + (2 * TSimd.Lanes));
            TSimd.Store(a3, y + (3 * TSimd.Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOne(int* starts, ushort* lists, float* panel, float* from, int fromStride, float* y, int yStride, int count)
    {
        for (var i = 0; i < count; i++, from += fromStride, y += yStride)
        {
            var a0 = TSimd.Load(from);
            var end = lists + starts[i + 1];
            for (var s = lists + starts[i]; s < end; s++) a0 = TSimd.Add(a0, TSimd.Load(panel + ((nuint)(*s) << PanelShift)));
            TSimd.Store(a0, y);
        }
    }
}

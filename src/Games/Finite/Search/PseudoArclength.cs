namespace Srpo.Games.Finite.Search;

/// <summary>
/// Pseudo-arclength continuation of a curve of roots (Keller; Allgower and Georg, Introduction to Numerical Continuation Methods): steps
/// along the tangent, Newton back on the plane across it, so that the curve may turn back in the parameter. The step follows the
/// angle between neighbouring tangents, which also keeps it from jumping to another curve.
/// </summary>
internal sealed class PseudoArclength
{
    private const double Tolerance = 1e-11;

    // Two folds closer than this along the curve may be taken for none.
    private const double ShortestBend = 2e-3;

    private readonly IRootCurve _curve;
    private readonly LinearSolver _solver;
    private readonly double[] _matrix;
    private readonly double[] _residual;
    private readonly double[] _derivative;
    private readonly double[] _step;

    /// <summary>Prepares buffers for a family of curves.</summary>
    public PseudoArclength(IRootCurve curve)
    {
        _curve = curve;
        Order = curve.Size + 1;
        _solver = new LinearSolver(Order);
        _matrix = new double[Order * Order];
        (_residual, _derivative, _step) = (new double[Order], new double[curve.Size], new double[Order]);
    }

    /// <summary>Unknowns and the parameter.</summary>
    public int Order { get; }

    /// <summary>Longest step where the parameter is 0.</summary>
    public double LongestStep { get; init; } = 0.3;

    /// <summary>What is added to the longest step for every unit of the parameter.</summary>
    public double RelativeStep { get; init; }

    /// <summary>Shortest step; a curve that needs a shorter one ends.</summary>
    public double ShortestStep { get; init; } = 1e-7;

    /// <summary>A root with its tangent.</summary>
    /// <param name="x">[size] the root.</param>
    /// <param name="parameter">Its parameter.</param>
    /// <param name="direction">1 to travel with growing parameter at first, -1 the other way.</param>
    /// <returns>Null if the curve has no single tangent there.</returns>
    public PathPoint? Start(ReadOnlySpan<double> x, double parameter, int direction)
    {
        var point = new double[Order];
        x.CopyTo(point);
        point[^1] = parameter;
        var towards = new double[Order];
        towards[^1] = direction;
        return Complete(point, towards);
    }

    /// <summary>The root on the plane through origin + length * direction across the direction.</summary>
    /// <param name="origin">[size + 1] where the plane is measured from.</param>
    /// <param name="direction">[size + 1] unit vector.</param>
    /// <param name="length">Distance of the plane.</param>
    /// <param name="reach">How far the root may be from where the direction meets the plane, in units of the length.</param>
    /// <returns>Null if Newton does not converge quickly.</returns>
    public PathPoint? Correct(double[] origin, double[] direction, double length, double reach = 0.5) =>
        Correct(origin, direction, length, reach, out _);

    /// <summary>One step of a walk, with the length adapted.</summary>
    /// <param name="from">The last point.</param>
    /// <param name="length">Length to try; afterwards the length for the next step.</param>
    /// <param name="taken">The length that was taken.</param>
    /// <returns>Null if no step longer than <see cref="ShortestStep"/> works.</returns>
    public PathPoint? Step(PathPoint from, ref double length, out double taken)
    {
        for (taken = Math.Min(length, LongestStep + (RelativeStep * Math.Abs(from.Parameter))); taken >= ShortestStep; taken /= 2)
        {
            var next = Correct(from.X, from.Tangent, taken, 0.5, out var iterations);
            if (next is null) continue;
            var steep = Math.Min(Math.Abs(from.Slope), Math.Abs(next.Slope)) < 0.6 / Math.Sqrt(Order);
            var mostAngle = steep ? 0.1 : 0.25;
            var angle = Math.Acos(Math.Min(1, Vectors.Dot(from.Tangent, next.Tangent)));
            if (angle > mostAngle && taken > 2 * ShortestStep) continue;
            if (steep && taken > ShortestBend && MayTurnTwice(from, next, taken)) continue;
            length = taken * (angle < mostAngle / 2 && iterations <= 4 ? 1.5 : angle > 0.8 * mostAngle ? 0.7 : 1);
            return next;
        }

        return null;
    }

    /// <summary>The root for a fixed parameter.</summary>
    /// <param name="x">[size] first guess; holds the root afterwards.</param>
    /// <param name="parameter">The parameter.</param>
    /// <returns>Sign of det dF/dx, its index; 0 if Newton does not converge.</returns>
    public int Fix(Span<double> x, double parameter)
    {
        var towards = _step;
        for (var iteration = 0; iteration < 12; iteration++)
        {
            Fill(x, parameter);
            var row = _matrix.AsSpan((Order - 1) * Order, Order);
            row.Clear();
            row[^1] = 1;
            if (!_solver.Factor(_matrix)) return 0;
            var size = Vectors.MaxAbs(_residual.AsSpan(0, x.Length));
            _residual.CopyTo(towards, 0);
            towards[^1] = 0;
            _solver.Solve(towards);
            Vectors.AddScaled(x, -1, towards);
            if (size < 1e-9 && Vectors.MaxAbs(towards) < 1e-8) return _solver.DeterminantSign;
        }

        return 0;
    }

    /// <summary>
    /// A point's second direction: the unit vector that the matrix [dF/dx dF/dp; tangent] shrinks most. At a crossing of two curves both
    /// lie in the plane of it and the tangent.
    /// </summary>
    public double[] Crossing(PathPoint point)
    {
        Fill(point.Unknowns, point.Parameter);
        point.Tangent.CopyTo(_matrix.AsSpan((Order - 1) * Order));
        var vector = new double[Order];
        if (!_solver.Factor(_matrix))
        {
            // Singular to the last bit: inverse iteration needs it a little less so.
            for (var i = 0; i < Order; i++) _matrix[(i * Order) + i] += 1e-13;
            if (!_solver.Factor(_matrix)) return vector;
        }

        for (var i = 0; i < Order; i++) vector[i] = 1 + (0.37 * Math.Sin(i + 1));
        for (var iteration = 0; iteration < 6; iteration++)
        {
            _solver.SolveTransposed(vector);
            Scale(vector);
            _solver.Solve(vector);
            Vectors.AddScaled(vector, -Vectors.Dot(vector, point.Tangent), point.Tangent);
            Scale(vector);
        }

        return vector;
    }

    /// <summary>Whether a parabola through the slopes at both ends and in the middle has two roots between: two folds in one step.</summary>
    private bool MayTurnTwice(PathPoint from, PathPoint to, double length)
    {
        if (from.Slope > 0 != to.Slope > 0) return false;
        if (Correct(from.X, from.Tangent, 0.5 * length) is not { } middle) return true;
        var sign = Math.Sign(from.Slope);
        var (a, b, c) = (sign * from.Slope, sign * middle.Slope, sign * to.Slope);
        if (b <= 0) return true;
        var (bend, rise) = (2 * (a + c - (2 * b)), c - a);
        // Slope at t in [-1/2, 1/2]: b + rise t + bend t^2.
        return bend > Math.Abs(rise) && b - (rise * rise / (4 * bend)) < 0.02 * Math.Max(a, c);
    }

    private PathPoint? Correct(double[] origin, double[] direction, double length, double reach, out int iterations)
    {
        var point = (double[])origin.Clone();
        Vectors.AddScaled(point, length, direction);
        var last = double.PositiveInfinity;
        for (iterations = 0; iterations < 8; iterations++)
        {
            Fill(point.AsSpan(0, Order - 1), point[^1]);
            direction.CopyTo(_matrix, (Order - 1) * Order);
            _residual[^1] = 0;
            for (var i = 0; i < Order; i++) _residual[^1] += direction[i] * (point[i] - origin[i]);
            _residual[^1] -= length;
            if (!_solver.Factor(_matrix)) return null;
            var size = Vectors.MaxAbs(_residual);
            _residual.CopyTo(_step, 0);
            _solver.Solve(_step);
            var change = Vectors.Norm(_step);
            if (!double.IsFinite(change) || change > Math.Max(reach * Math.Abs(length), 1e-6) || (change > 0.7 * last && size > Tolerance)) return null;
            last = change;
            Vectors.AddScaled(point, -1, _step);
            if (size < 1e-7 && change < 1e-7) return Complete(point, direction);
        }

        return null;
    }

    private PathPoint? Complete(double[] point, double[] towards)
    {
        Fill(point.AsSpan(0, Order - 1), point[^1]);
        towards.CopyTo(_matrix, (Order - 1) * Order);
        if (!_solver.Factor(_matrix)) return null;
        var tangent = new double[Order];
        tangent[^1] = 1;
        _solver.Solve(tangent);
        // The determinant with the unit tangent itself as last row is this one times |tangent|.
        var scale = Scale(tangent);
        return new PathPoint(point, tangent, _solver.DeterminantSign, _solver.LogDeterminant + Math.Log(scale));
    }

    private void Fill(ReadOnlySpan<double> x, double parameter)
    {
        _curve.Evaluate(x, parameter, _residual, _matrix, Order, _derivative);
        for (var row = 0; row < Order - 1; row++) _matrix[(row * Order) + Order - 1] = _derivative[row];
    }

    private static double Scale(Span<double> vector)
    {
        var norm = Vectors.Norm(vector);
        foreach (ref var value in vector) value /= norm;
        return norm;
    }
}

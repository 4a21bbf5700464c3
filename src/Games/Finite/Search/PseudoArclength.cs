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

/// <summary>A point of a curve of roots.</summary>
/// <param name="X">[size + 1] the unknowns, the parameter last.</param>
/// <param name="Tangent">[size + 1] unit vector along the curve in the direction of travel.</param>
/// <param name="Orientation">Sign of det [dF/dx dF/dp; tangent]: it changes where another curve crosses.</param>
/// <param name="LogDeterminant">Logarithm of the same determinant's absolute value.</param>
internal sealed record PathPoint(double[] X, double[] Tangent, int Orientation, double LogDeterminant)
{
    /// <summary>The parameter.</summary>
    public double Parameter => X[^1];

    /// <summary>The parameter's part of the tangent: it changes sign where the curve turns back.</summary>
    public double Slope => Tangent[^1];

    /// <summary>Sign of det dF/dx: the index of the root.</summary>
    public int Index => Math.Sign(Slope) * Orientation;

    /// <summary>The unknowns without the parameter.</summary>
    public ReadOnlySpan<double> Unknowns => X.AsSpan(0, X.Length - 1);
}

/// <summary>Finds points of a curve between two neighbouring points of a walk.</summary>
internal static class PathRoots
{
    /// <summary>Where a function of the curve's points changes sign, by regula falsi (Illinois) with a bisection every fourth time.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="from">Its point before.</param>
    /// <param name="to">Its point after.</param>
    /// <param name="length">Length of the step between them.</param>
    /// <param name="function">The function, of different sign at both.</param>
    /// <param name="tolerance">Largest length of the interval that is left.</param>
    /// <returns>The point and its distance from the first along that step.</returns>
    public static (PathPoint Point, double Length) Find(
        PseudoArclength walk, PathPoint from, PathPoint to, double length, Func<PathPoint, double> function, double tolerance)
    {
        var (low, high) = (0.0, length);
        var (atLow, atHigh) = (function(from), function(to));
        var (best, bestLength) = Math.Abs(atLow) < Math.Abs(atHigh) ? (from, low) : (to, high);
        var least = Math.Min(Math.Abs(atLow), Math.Abs(atHigh));
        for (var iteration = 0; iteration < 80 && high - low > tolerance && least > 0; iteration++)
        {
            var middle = iteration % 4 == 3 ? 0.5 * (low + high) : ((low * atHigh) - (high * atLow)) / (atHigh - atLow);
            if (!(middle > low && middle < high)) middle = 0.5 * (low + high);
            var point = walk.Correct(from.X, from.Tangent, middle);
            if (point is null)
            {
                // At a crossing itself the equations are singular; a point beside it is as good.
                middle += 0.3 * (high - middle);
                point = walk.Correct(from.X, from.Tangent, middle);
                if (point is null) break;
            }

            var value = function(point);
            if (Math.Abs(value) < least) (best, bestLength, least) = (point, middle, Math.Abs(value));
            if (value >= 0 == atHigh >= 0)
            {
                (high, atHigh) = (middle, value);
                atLow *= 0.5;
            }
            else
            {
                (low, atLow) = (middle, value);
                atHigh *= 0.5;
            }
        }

        return (best, bestLength);
    }

    /// <summary>
    /// A crossing of curves from four points beside it, by inverse cubic interpolation in the function that vanishes there: at the crossing
    /// itself the equations are singular and Newton finds only half of the digits.
    /// </summary>
    /// <param name="walk">The walk.</param>
    /// <param name="from">Its point before.</param>
    /// <param name="rough">The crossing, roughly.</param>
    /// <param name="length">Its distance from the point before.</param>
    /// <param name="function">The function.</param>
    /// <param name="spacing">Distance of the points.</param>
    public static PathPoint Sharpen(
        PseudoArclength walk, PathPoint from, PathPoint rough, double length, Func<PathPoint, double> function, double spacing)
    {
        var points = new List<(double[] X, double Value)>();
        var tangent = new double[rough.X.Length];
        foreach (var offset in (ReadOnlySpan<double>)[-2, -1, 1, 2])
        {
            if (walk.Correct(from.X, from.Tangent, length + (offset * spacing)) is not { } point) return rough;
            points.Add((point.X, function(point)));
            // At the crossing itself the curve has no single tangent; between its neighbours it has.
            if (Math.Abs(offset) == 1) Vectors.AddScaled(tangent, 1, point.Tangent);
        }

        var norm = Vectors.Norm(tangent);
        if (!(norm > 1)) return rough;
        for (var i = 0; i < tangent.Length; i++) tangent[i] /= norm;
        var x = new double[rough.X.Length];
        for (var k = 0; k < points.Count; k++)
        {
            var weight = 1.0;
            for (var j = 0; j < points.Count; j++)
            {
                if (j == k) continue;
                if (points[j].Value == points[k].Value) return rough;
                weight *= points[j].Value / (points[j].Value - points[k].Value);
            }

            Vectors.AddScaled(x, weight, points[k].X);
        }

        return rough with { X = x, Tangent = tangent };
    }

    /// <summary>The unknowns at a parameter that lies between those of two neighbouring points, corrected at that parameter.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="from">Its point before.</param>
    /// <param name="to">Its point after.</param>
    /// <param name="parameter">Between their parameters.</param>
    /// <param name="x">[size] receives the root.</param>
    /// <returns>Its index; 0 if Newton did not stay near.</returns>
    public static int At(PseudoArclength walk, PathPoint from, PathPoint to, double parameter, double[] x)
    {
        Interpolate(from, to, parameter, x);
        double[] guess = [.. x];
        var index = walk.Fix(x, parameter);
        if (index == 0) return 0;
        var (moved, apart) = (0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            moved = Math.Max(moved, Math.Abs(x[i] - guess[i]));
            apart = Math.Max(apart, Math.Abs(to.X[i] - from.X[i]));
        }

        // Newton that goes further than the points are apart has found another curve.
        return moved <= apart + 1e-6 ? index : 0;
    }

    /// <summary>Cubic Hermite interpolation in the parameter, linear where the curve is steep in it.</summary>
    private static void Interpolate(PathPoint from, PathPoint to, double parameter, double[] x)
    {
        var width = to.Parameter - from.Parameter;
        var t = width == 0 ? 0 : (parameter - from.Parameter) / width;
        var smooth = Math.Abs(from.Slope) > 0.05 && Math.Abs(to.Slope) > 0.05;
        var (t2, t3) = (t * t, t * t * t);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = smooth
                ? (((2 * t3) - (3 * t2) + 1) * from.X[i]) + ((t3 - (2 * t2) + t) * width * from.Tangent[i] / from.Slope)
                    + (((3 * t2) - (2 * t3)) * to.X[i]) + ((t3 - t2) * width * to.Tangent[i] / to.Slope)
                : from.X[i] + (t * (to.X[i] - from.X[i]));
        }
    }
}

/// <summary>Equations F(x, p) = 0 with one parameter, whose roots form curves.</summary>
internal interface IRootCurve
{
    /// <summary>Number of unknowns x.</summary>
    int Size { get; }

    /// <summary>F(x, p) with its derivatives.</summary>
    /// <param name="x">[Size].</param>
    /// <param name="parameter">p.</param>
    /// <param name="residual">[Size] F.</param>
    /// <param name="jacobian">[Size x stride] dF/dx row by row; the rest of a row is left alone.</param>
    /// <param name="stride">Numbers in a row, at least Size.</param>
    /// <param name="derivative">[Size] dF/dp.</param>
    void Evaluate(ReadOnlySpan<double> x, double parameter, Span<double> residual, Span<double> jacobian, int stride, Span<double> derivative);
}

/// <summary>RQE along a tau that all players share.</summary>
internal sealed class TauCurve(RqeSystem system) : IRootCurve
{
    /// <inheritdoc/>
    public int Size => system.Size;

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> x, double parameter, Span<double> residual, Span<double> jacobian, int stride, Span<double> derivative)
    {
        system.Tau.AsSpan().Fill(parameter);
        system.Evaluate(x, residual);
        system.Jacobian(jacobian, stride);
        system.TauDerivative(derivative);
    }
}

/// <summary>RQE along lambda_i = p * rate_i.</summary>
internal sealed class LambdaCurve(RqeSystem system, double[] rates) : IRootCurve
{
    /// <inheritdoc/>
    public int Size => system.Size;

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> x, double parameter, Span<double> residual, Span<double> jacobian, int stride, Span<double> derivative)
    {
        for (var player = 0; player < rates.Length; player++) system.Lambda[player] = parameter * rates[player];
        system.Evaluate(x, residual);
        system.Jacobian(jacobian, stride);
        system.LambdaDerivative(rates, derivative);
    }
}

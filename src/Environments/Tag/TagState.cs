namespace Srpo.Environments.Tag;

/// <summary>
/// Positions and velocities of all lanes as planes of one number per lane, plane e beginning at e * <see cref="Stride"/>. The
/// stride is a multiple of every vector's width, so that no loop has a remainder; lanes past the last are computed but never
/// read, and keep far apart.
/// </summary>
internal sealed class TagState
{
    private const int WidestVector = 8;

    internal TagState(TagWorld world, int lanes)
    {
        World = world;
        Lanes = lanes;
        Stride = checked((lanes + WidestVector - 1) / WidestVector * WidestVector);
        X = new double[checked(world.Entities * Stride)];
        Y = new double[X.Length];
        VelocityX = new double[world.Agents * Stride];
        VelocityY = new double[VelocityX.Length];
        for (var entity = 0; entity < world.Entities; entity++)
            X.AsSpan((entity * Stride) + lanes, Stride - lanes).Fill(100.0 * entity);
    }

    internal TagWorld World { get; }

    internal int Lanes { get; }

    internal int Stride { get; }

    /// <summary>[entities x stride], right.</summary>
    internal double[] X { get; }

    /// <summary>[entities x stride], up.</summary>
    internal double[] Y { get; }

    /// <summary>[agents x stride].</summary>
    internal double[] VelocityX { get; }

    /// <summary>[agents x stride].</summary>
    internal double[] VelocityY { get; }

    /// <summary>All that a state consists of.</summary>
    internal double[][] Planes => [X, Y, VelocityX, VelocityY];

    internal void Place(int lane, int entity, double x, double y) => (X[(entity * Stride) + lane], Y[(entity * Stride) + lane]) = (x, y);

    internal void Move(int lane, int agent, double vx, double vy) =>
        (VelocityX[(agent * Stride) + lane], VelocityY[(agent * Stride) + lane]) = (vx, vy);

    internal (double X, double Y) PositionOf(int lane, int entity) => (X[(entity * Stride) + lane], Y[(entity * Stride) + lane]);

    internal (double X, double Y) VelocityOf(int lane, int agent) => (VelocityX[(agent * Stride) + lane], VelocityY[(agent * Stride) + lane]);

    /// <summary>Whether two entities overlap: their distance is less than the sum of their radii. A catch is that of a chaser and a runner.</summary>
    internal bool Touch(int lane, int a, int b)
    {
        var (ax, ay) = PositionOf(lane, a);
        var (bx, by) = PositionOf(lane, b);
        var (dx, dy) = (ax - bx, ay - by);
        return Math.Sqrt((dx * dx) + (dy * dy)) < World.Sizes[a] + World.Sizes[b];
    }
}

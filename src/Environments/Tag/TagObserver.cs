namespace Srpo.Environments.Tag;

/// <summary>
/// What a seat observes: own velocity and position; the obstacles and then the other agents in order of their number, relative to
/// itself; the velocities of the runners other than itself. Chasers' velocities are seen by nobody else. The runners' shorter
/// observations are filled up with zeros to the chasers' length.
/// </summary>
internal sealed class TagObserver
{
    private readonly TagWorld _world;
    private readonly Part[][] _parts;

    internal TagObserver(TagWorld world)
    {
        _world = world;
        _parts = [.. Enumerable.Range(0, world.Agents).Select(seat => Parts(world, seat).ToArray())];
        Length = _parts.Max(parts => parts.Length);
    }

    private enum Quantity
    {
        X,
        Y,
        VelocityX,
        VelocityY,
    }

    /// <summary>Length of every seat's observation, padding included.</summary>
    internal int Length { get; }

    /// <param name="state">The state.</param>
    /// <param name="seat">The observing seat.</param>
    /// <param name="observations">[lanes x <see cref="Length"/>], written whole.</param>
    internal void Write(TagState state, int seat, Span<float> observations)
    {
        var parts = _parts[seat];
        for (var slot = 0; slot < parts.Length; slot++)
        {
            var plane = Plane(state, parts[slot].Quantity, parts[slot].Entity);
            var target = observations[slot..];
            if (parts[slot].Relative)
            {
                var own = Plane(state, parts[slot].Quantity, seat)[..plane.Length];
                for (int lane = 0, at = 0; lane < plane.Length; lane++, at += Length) target[at] = (float)(plane[lane] - own[lane]);
            }
            else
            {
                for (int lane = 0, at = 0; lane < plane.Length; lane++, at += Length) target[at] = (float)plane[lane];
            }
        }

        if (parts.Length == Length) return;
        for (var at = parts.Length; at < observations.Length; at += Length) observations.Slice(at, Length - parts.Length).Clear();
    }

    /// <summary>One number of one lane's observation, in double precision.</summary>
    internal double Read(TagState state, int seat, int lane, int slot)
    {
        var part = _parts[seat][slot];
        var value = Plane(state, part.Quantity, part.Entity)[lane];
        return part.Relative ? value - Plane(state, part.Quantity, seat)[lane] : value;
    }

    /// <summary>What every number means. Ranges are those that no episode of the given length can leave.</summary>
    internal IReadOnlyList<ObservationSlot> Slots(int seat, int episodeLength)
    {
        var slots = new List<ObservationSlot>();
        foreach (var part in _parts[seat])
        {
            var velocity = part.Quantity is Quantity.VelocityX or Quantity.VelocityY;
            var bound = velocity ? _world.MaxSpeeds[part.Entity] : Reach(part.Entity) + (part.Relative ? Reach(seat) : 0);
            var axis = part.Quantity is Quantity.X or Quantity.VelocityX ? "x" : "y";
            var who = part.Entity == seat ? "own" : _world.NameOf(part.Entity);
            var what = velocity ? "velocity" : part.Relative ? "relative position" : "position";
            var meaning = part.Entity == seat ? $"own {what}, {axis}" : $"{what} of {who}, {axis}";
            slots.Add(new ObservationSlot(slots.Count, meaning, (float)-bound, (float)bound));
        }

        while (slots.Count < Length) slots.Add(new ObservationSlot(slots.Count, "filled up", 0, 0));
        return slots;

        double Reach(int entity) =>
            entity < _world.Agents ? TagStarts.Agents + (episodeLength * TagWorld.TimeStep * _world.MaxSpeeds[entity]) : TagStarts.Obstacles;
    }

    private static IEnumerable<Part> Parts(TagWorld world, int seat)
    {
        yield return new Part(Quantity.VelocityX, seat, false);
        yield return new Part(Quantity.VelocityY, seat, false);
        yield return new Part(Quantity.X, seat, false);
        yield return new Part(Quantity.Y, seat, false);
        var obstacles = Enumerable.Range(world.Agents, world.Obstacles);
        var others = Enumerable.Range(0, world.Agents).Where(agent => agent != seat).ToArray();
        foreach (var entity in obstacles.Concat(others))
        {
            yield return new Part(Quantity.X, entity, true);
            yield return new Part(Quantity.Y, entity, true);
        }

        foreach (var runner in others.Where(world.IsRunner))
        {
            yield return new Part(Quantity.VelocityX, runner, false);
            yield return new Part(Quantity.VelocityY, runner, false);
        }
    }

    private static ReadOnlySpan<double> Plane(TagState state, Quantity quantity, int entity)
    {
        var planes = quantity switch
        {
            Quantity.X => state.X,
            Quantity.Y => state.Y,
            Quantity.VelocityX => state.VelocityX,
            _ => state.VelocityY,
        };
        return planes.AsSpan(entity * state.Stride, state.Lanes);
    }

    /// <summary>One number: a quantity of an entity, or its difference to the observing seat's own.</summary>
    private readonly record struct Part(Quantity Quantity, int Entity, bool Relative);
}

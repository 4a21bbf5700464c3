namespace Srpo.Environments.Tag;

/// <summary>Players of Tag that follow rules. They know the scenario, and see what <see cref="TagObserver"/> writes; in a chaser's seat they chase, in a runner's they flee.</summary>
internal static class TagPlayers
{
    private const string Name = TagEnvironment.RegisteredName;

    public static IReadOnlyList<ScriptedPlayer> All { get; } =
    [
        new("pursuit", "A chaser goes straight for the nearest runner; a runner flees from the chasers and stays in the arena.", Name, game => new TagPursuer(Definition(game), leads: false).Decide),
        new("intercept", "A chaser goes for where the nearest runner will be; a runner flees as that of pursuit does.", Name, game => new TagPursuer(Definition(game), leads: true).Decide),
    ];

    private static TagDefinition Definition(ScriptedGame game) => TagDefinition.Parse(game.Definition, game.Info.Variant);
}

/// <summary>
/// Thinks through every action, as if it were held for some steps and all others stood still, and takes the one after which it stands best: nearest to its prey, or farthest from whoever
/// hunts it, and in no obstacle. It has no memory.
/// </summary>
internal sealed class TagPursuer(TagDefinition definition, bool leads)
{
    /// <summary>How long an action is thought through, in steps.</summary>
    private const int ChaserSteps = 3;
    private const int RunnerSteps = 5;

    /// <summary>Longest time that a runner's way is thought on, in units of time.</summary>
    private const double LongestLead = 1;

    /// <summary>How bad it is to stand in an obstacle, or outside of the arena, for every unit of length.</summary>
    private const double Obstructed = 5;

    /// <summary>Where runners turn back; they pay from 0.9 on.</summary>
    private const double Edge = 0.8;

    private readonly TagWorld _world = TagWorld.Of(definition);

    public void Decide(ScriptedTurn turn)
    {
        var seen = turn.Observation;
        var seat = turn.Seat;
        var chases = _world.IsChaser(seat);
        var prey = chases ? NearestRunner(seen, seat) : default;
        var (best, most) = (0, double.NegativeInfinity);
        for (var action = 0; action < TagActions.Count; action++)
        {
            var way = Way(seen, seat, action, chases ? ChaserSteps : RunnerSteps);
            var worth = (chases ? -Length(prey - way) : Safety(seen, seat, way)) - Obstruction(seen, seat, way);
            if (worth > most) (best, most) = (action, worth);
        }

        turn.Take(best);
    }

    /// <summary>Where the nearest runner is, or will be, seen from a chaser.</summary>
    private Vector NearestRunner(ReadOnlySpan<float> seen, int seat)
    {
        var (nearest, at) = (double.PositiveInfinity, default(Vector));
        for (var runner = _world.Chasers; runner < _world.Agents; runner++)
        {
            var place = Place(seen, seat, runner);
            var distance = Length(place);
            if (distance >= nearest) continue;
            nearest = distance;
            at = leads ? place + (Velocity(seen, runner) * Math.Min(LongestLead, distance / _world.MaxSpeeds[seat])) : place;
        }

        return at;
    }

    /// <summary>How far the nearest chaser would be, less what is outside of the arena.</summary>
    private double Safety(ReadOnlySpan<float> seen, int seat, Vector way)
    {
        var nearest = double.PositiveInfinity;
        for (var chaser = 0; chaser < _world.Chasers; chaser++) nearest = Math.Min(nearest, Length(Place(seen, seat, chaser) - way));
        return nearest - (Obstructed * (Math.Max(0, Math.Abs(seen[2] + way.X) - Edge) + Math.Max(0, Math.Abs(seen[3] + way.Y) - Edge)));
    }

    private double Obstruction(ReadOnlySpan<float> seen, int seat, Vector way)
    {
        var depth = 0.0;
        for (var obstacle = _world.Agents; obstacle < _world.Entities; obstacle++)
            depth += Math.Max(0, _world.Sizes[seat] + _world.Sizes[obstacle] - Length(Place(seen, seat, obstacle) - way));
        return Obstructed * depth;
    }

    /// <summary>How far one comes that holds an action: the motion of <see cref="TagPhysics"/> without the others.</summary>
    private Vector Way(ReadOnlySpan<float> seen, int seat, int action, int steps)
    {
        var push = action switch { 1 => new Vector(-1, 0), 2 => new Vector(1, 0), 3 => new Vector(0, -1), 4 => new Vector(0, 1), _ => default } * (_world.Accelerations[seat] * TagWorld.TimeStep / _world.Masses[seat]);
        var (velocity, way) = (new Vector(seen[0], seen[1]), default(Vector));
        for (var step = 0; step <= steps; step++)
        {
            way += velocity * TagWorld.TimeStep;
            velocity = (velocity * (1 - TagWorld.Damping)) + push;
            if (Length(velocity) is var speed && speed > _world.MaxSpeeds[seat]) velocity *= _world.MaxSpeeds[seat] / speed;
        }

        return way;
    }

    /// <summary>Where an entity is, seen from a seat: after own velocity and position come the obstacles, then the other agents.</summary>
    private Vector Place(ReadOnlySpan<float> seen, int seat, int entity)
    {
        var number = entity >= _world.Agents ? entity - _world.Agents : _world.Obstacles + (entity > seat ? entity - 1 : entity);
        return new(seen[4 + (2 * number)], seen[5 + (2 * number)]);
    }

    /// <summary>A runner's velocity, as a chaser sees it: the last numbers of its observation.</summary>
    private Vector Velocity(ReadOnlySpan<float> seen, int runner)
    {
        var at = 4 + (2 * (_world.Obstacles + _world.Agents - 1 + runner - _world.Chasers));
        return new(seen[at], seen[at + 1]);
    }

    private static double Length(Vector vector) => Math.Sqrt((vector.X * vector.X) + (vector.Y * vector.Y));

    private readonly record struct Vector(double X, double Y)
    {
        public static Vector operator +(Vector a, Vector b) => new(a.X + b.X, a.Y + b.Y);

        public static Vector operator -(Vector a, Vector b) => new(a.X - b.X, a.Y - b.Y);

        public static Vector operator *(Vector a, double factor) => new(a.X * factor, a.Y * factor);
    }
}

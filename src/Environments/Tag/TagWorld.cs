namespace Srpo.Environments.Tag;

/// <summary>
/// Who is in the arena, and the bodies' constants. Entities are numbered chasers first, then runners, then obstacles; the
/// agents' numbers are their seats. Lengths are in half widths of the arena, times in the units of dt = 0.1.
/// </summary>
internal sealed class TagWorld
{
    internal const double TimeStep = 0.1;
    internal const double Damping = 0.25;
    internal const double ContactForce = 100;
    internal const double ContactMargin = 0.001;

    /// <summary>A world of these numbers of entities and these bodies.</summary>
    /// <param name="chasers">At least 1.</param>
    /// <param name="runners">At least 1.</param>
    /// <param name="obstacles">At least 0.</param>
    /// <param name="sizes">[entities] radii.</param>
    /// <param name="masses">[agents].</param>
    /// <param name="accelerations">[agents] control force of an action.</param>
    /// <param name="maxSpeeds">[agents].</param>
    internal TagWorld(int chasers, int runners, int obstacles, double[] sizes, double[] masses, double[] accelerations, double[] maxSpeeds)
    {
        (Chasers, Runners, Obstacles) = (chasers, runners, obstacles);
        (Sizes, Masses, Accelerations, MaxSpeeds) = (sizes, masses, accelerations, maxSpeeds);
    }

    internal int Chasers { get; }

    internal int Runners { get; }

    internal int Obstacles { get; }

    internal int Agents => Chasers + Runners;

    internal int Entities => Agents + Obstacles;

    internal double[] Sizes { get; }

    internal double[] Masses { get; }

    internal double[] Accelerations { get; }

    internal double[] MaxSpeeds { get; }

    internal static TagWorld Of(TagDefinition definition)
    {
        var (chasers, runners) = (definition.Chasers, definition.Runners);
        return new TagWorld(
            chasers,
            runners,
            definition.Obstacles,
            [.. PerAgent(definition.ChaserSize, definition.RunnerSize), .. Enumerable.Repeat(definition.ObstacleSize, definition.Obstacles)],
            PerAgent(1, 1),
            PerAgent(definition.ChaserAcceleration, definition.RunnerAcceleration),
            PerAgent(definition.ChaserMaxSpeed, definition.RunnerMaxSpeed));

        double[] PerAgent(double chaser, double runner) => [.. Enumerable.Repeat(chaser, chasers), .. Enumerable.Repeat(runner, runners)];
    }

    internal bool IsChaser(int entity) => entity < Chasers;

    internal bool IsRunner(int entity) => entity >= Chasers && entity < Agents;

    /// <summary>For example "chaser 0".</summary>
    internal string NameOf(int entity) => $"{RoleOf(entity)} {NumberOf(entity)}";

    internal string RoleOf(int entity) => IsChaser(entity) ? "chaser" : IsRunner(entity) ? "runner" : "obstacle";

    /// <summary>An entity's number among its kind.</summary>
    internal int NumberOf(int entity) => entity - (IsChaser(entity) ? 0 : IsRunner(entity) ? Chasers : Agents);
}

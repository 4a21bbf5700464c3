using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Bench.Throughput;

/// <summary>
/// The environments on one core with random actions. In turn-based environments a lane-step is a move, legal moves are read and one is chosen in
/// both measurements, and the observation is that of the mover.
/// </summary>
internal static class EnvironmentBench
{
    private const int Lanes = 256;

    /// <summary>What is measured: every environment, with observations and without.</summary>
    public static IEnumerable<Probe> Probes()
    {
        foreach (var known in EnvironmentFactory.Stepped.OrderBy(known => known.Name, StringComparer.Ordinal))
        {
            foreach (var observe in new[] { false, true }) yield return Of(new EnvironmentSettings(known.Name, known.Variants[0]), observe);
        }
    }

    private static Probe Of(EnvironmentSettings settings, bool observe)
    {
        var environment = EnvironmentFactory.Create(settings, Lanes);
        var info = environment.Info;
        // What goes in and comes out: actions; rewards, costs and two flags; observations. What an environment keeps is its own affair.
        var seen = !observe ? 0 : info.TurnBased ? 1 : info.Seats;
        var bytes = Lanes * ((info.Seats * (1 + (2 * sizeof(float)))) + 2) + (seen * sizeof(float) * (long)Lanes * info.ObservationLength(ObservationEncoding.Absolute));
        return Probe.OfCalls(
            BenchGroups.Environments, observe ? $"{settings.Name} with observations" : settings.Name, $"{settings.Variant}, {Lanes} lanes", ("M steps/s", 1e6),
            new Work(Lanes, Bytes: bytes, Footprint: bytes),
            Steps(environment, observe));
    }

    /// <summary>A call that plays a step of every lane, from a reset on.</summary>
    /// <param name="environment">What is played.</param>
    /// <param name="observe">Whether observations are written too.</param>
    public static Action Steps(IVectorEnvironment environment, bool observe)
    {
        var (info, lanes) = (environment.Info, environment.Lanes);
        var id = new StreamId(1, 0, 0, StreamPurpose.Tooling);
        var actions = new RandomActions(environment);
        var observations = new float[lanes * info.ObservationLength(ObservationEncoding.Absolute)];
        var (rewards, costs) = (new float[info.Seats * lanes], new float[info.Seats * lanes]);
        var (terminated, truncated) = (new bool[lanes], new bool[lanes]);
        environment.Reset(id, id.For(StreamPurpose.Dynamics));
        return () =>
        {
            environment.Step(actions.Next(), new StepOutcome { Rewards = rewards, Costs = costs, Terminated = terminated, Truncated = truncated });
            if (observe) Observe(environment, observations);
        };
    }

    private static void Observe(IVectorEnvironment environment, float[] observations)
    {
        if (environment.Info.TurnBased)
        {
            environment.Observe(IVectorEnvironment.ToMove, ObservationEncoding.Absolute, observations);
            return;
        }

        for (var seat = 0; seat < environment.Info.Seats; seat++) environment.Observe(seat, ObservationEncoding.Absolute, observations);
    }
}

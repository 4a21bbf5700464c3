using System.Diagnostics;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Bench.Throughput;

/// <summary>
/// Times the environments on one core with random actions. In turn-based environments a lane-step is a move, legal moves
/// are read and one is chosen in both measurements, and the observation is that of the mover.
/// </summary>
internal static class EnvironmentBench
{
    private const int Lanes = 256;

    public static EnvironmentRate Run(EnvironmentSettings settings, double seconds)
    {
        var environment = EnvironmentFactory.Create(settings, Lanes);
        return new EnvironmentRate(Rate(environment, false, seconds), Rate(environment, true, seconds));
    }

    private static double Rate(IVectorEnvironment environment, bool observe, double seconds)
    {
        var info = environment.Info;
        var id = new StreamId(1, 0, 0, StreamPurpose.Tooling);
        var actions = new RandomActions(environment);
        var observations = new float[Lanes * info.ObservationLength(ObservationEncoding.Absolute)];
        var outcome = new StepOutcome
        {
            Rewards = new float[info.Seats * Lanes],
            Costs = new float[info.Seats * Lanes],
            Terminated = new bool[Lanes],
            Truncated = new bool[Lanes],
        };
        environment.Reset(id, id.For(StreamPurpose.Dynamics));
        var steps = 0L;
        var clock = Stopwatch.StartNew();
        var warm = false;
        while (true)
        {
            for (var i = 0; i < 200; i++)
            {
                environment.Step(actions.Next(), outcome);
                if (observe) Observe(environment, observations);
            }

            steps += 200L * Lanes;
            var elapsed = clock.Elapsed.TotalSeconds;
            if (!warm && elapsed > seconds / 3)
            {
                warm = true;
                steps = 0;
                clock.Restart();
            }
            else if (warm && elapsed > seconds)
            {
                return Math.Round(steps / elapsed);
            }
        }
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

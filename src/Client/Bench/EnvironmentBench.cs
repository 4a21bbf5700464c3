using System.Diagnostics;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Client.Bench;

/// <summary>Times the environments on one core with random actions drawn beforehand.</summary>
internal static class EnvironmentBench
{
    private const int Lanes = 256;
    private const int ActionSets = 64;

    public static EnvironmentRate Run(EnvironmentSettings settings, double seconds)
    {
        var environment = EnvironmentFactory.Create(settings, Lanes);
        return new EnvironmentRate(Rate(environment, false, seconds), Rate(environment, true, seconds));
    }

    private static double Rate(IVectorEnvironment environment, bool observe, double seconds)
    {
        var info = environment.Info;
        var id = new StreamId(1, 0, 0, StreamPurpose.Tooling);
        var random = id.Lane(0);
        var actions = new byte[ActionSets][];
        for (var set = 0; set < ActionSets; set++)
        {
            actions[set] = new byte[info.Seats * Lanes];
            foreach (ref var action in actions[set].AsSpan()) action = (byte)random.NextInt32(info.Actions);
        }

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
                environment.Step(actions[i % ActionSets], outcome);
                if (!observe) continue;
                for (var seat = 0; seat < info.Seats; seat++) environment.Observe(seat, ObservationEncoding.Absolute, observations);
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
}

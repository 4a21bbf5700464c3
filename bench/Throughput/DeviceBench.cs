using System.Diagnostics;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Bench.Throughput;

/// <summary>Rows per second of a device's updates, of several teams together and one after the other; a row is one observation in one pass of an epoch.</summary>
/// <param name="Device">The device.</param>
/// <param name="Teams">Teams, each of one network.</param>
/// <param name="Rows">Observations of each.</param>
/// <param name="Width">Width of both hidden layers.</param>
/// <param name="Together">Rows per second, of all together.</param>
/// <param name="Apart">Rows per second, one after the other.</param>
public sealed record UpdateRate(string Device, int Teams, int Rows, int Width, double Together, double Apart)
{
    /// <summary>How many times faster they are together.</summary>
    public double Gain => Together / Apart;
}

/// <summary>Measures updates alone: IPPO of one policy, four epochs, observations of the gridworld's length, no two of them equal. One thread.</summary>
public static class DeviceBench
{
    private const int Epochs = 4;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(300);

    /// <summary>Best of several repetitions, in which both ways take turns.</summary>
    /// <param name="device">The device.</param>
    /// <param name="teams">How many teams.</param>
    /// <param name="rows">Observations of each.</param>
    /// <param name="width">Width of both hidden layers.</param>
    /// <param name="repetitions">At least 1.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static UpdateRate Run(ILearnerDevice device, int teams, int rows, int width, int repetitions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        var spec = new PopulationSpec
        {
            Population = "bench",
            Environment = new EnvironmentSettings("gridworld", "official"),
            Training = new TrainingSettings { Method = "ippo", SharePolicy = true, Epochs = Epochs, Network = new() { Hidden = [width, width] } },
            Teams = teams,
            Seed = 1,
        };
        var info = EnvironmentFactory.Create(spec.Environment, 1).Info;
        var (plan, shape) = (TeamPlan.For(spec, info), ActorShape.For(spec.Training, info));
        TeamRound[] rounds = [.. Enumerable.Range(0, teams).Select(team => Round(spec, team, rows, plan, shape))];
        using var updater = device.CreateUpdater(spec.Training, plan, shape);
        void One() => updater.Update(rounds, cancellation);
        void Other()
        {
            foreach (var round in rounds) updater.Update([round], cancellation);
        }

        Rate(One, WarmUp);
        Rate(Other, WarmUp);
        double together = 0, apart = 0;
        for (var i = 0; i < repetitions; i++) (together, apart) = (Math.Max(together, Rate(One, Stretch)), Math.Max(apart, Rate(Other, Stretch)));

        var work = (double)teams * plan.Actors.Count * rows * Epochs;
        return new UpdateRate(device.Name, teams, rows, width, Math.Round(work * together), Math.Round(work * apart));
    }

    /// <summary>Times a second that something is done, over at least a stretch of time.</summary>
    private static double Rate(Action work, TimeSpan stretch)
    {
        var (start, times) = (Stopwatch.GetTimestamp(), 0);
        TimeSpan took;
        do
        {
            work();
            times++;
            took = Stopwatch.GetElapsedTime(start);
        }
        while (took < stretch);
        return times / took.TotalSeconds;
    }

    private static TeamRound Round(PopulationSpec spec, int team, int rows, TeamPlan plan, ActorShape shape)
    {
        var random = new StreamId(spec.Seed, (uint)team, 1, StreamPurpose.Tooling).Lane(0);
        var observations = new float[rows * shape.Policy.Inputs];
        foreach (ref var x in observations.AsSpan()) x = (float)random.NextNormal();
        var (values, rewards, actions) = (new float[rows], new float[rows], new byte[rows]);
        for (var i = 0; i < rows; i++) (values[i], rewards[i], actions[i]) = ((float)random.NextNormal(), (float)random.NextNormal(), (byte)random.NextInt32(shape.Policy.Outputs));
        var logs = new float[rows * shape.Policy.Outputs];
        logs.AsSpan().Fill(-MathF.Log(shape.Policy.Outputs));
        var part = new SeatSamples(
            0, plan.Instances[0].Cast[0], observations, [], logs, values, [.. Enumerable.Range(0, rows)], actions, rewards, new float[rows], rewards,
            [.. Enumerable.Range(1, rows).Select(i => i < rows ? i : SeatSamples.Ended)]);
        var rollout = new Rollout(1, rows, [part], new double[plan.Seats], new double[plan.Seats]);
        return new TeamRound(spec.Seed, team, 1, [.. plan.Actors.Select(actor => ActorInitialisation.Create(spec, team, actor, shape))], [rollout]);
    }
}

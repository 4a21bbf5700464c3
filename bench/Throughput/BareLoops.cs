using System.Collections.Concurrent;
using System.Diagnostics;
using Srpo.Core.Settings;
using Srpo.Learning;

namespace Srpo.Bench.Throughput;

/// <summary>The work of training and of tournaments in plain loops of threads: what the grains' cost is measured against.</summary>
internal static class BareLoops
{
    /// <summary>Trains all teams, one thread per worker, each taking the next team; learning curves included.</summary>
    /// <returns>Environment steps per second, and the final states of every team.</returns>
    public static (double Rate, LearnerState[][] States) Train(PopulationSpec spec, int workers)
    {
        var states = new LearnerState[spec.Teams][];
        var clock = Stopwatch.StartNew();
        var steps = 0L;
        RunThreads(workers, spec.Teams, team =>
        {
            using var local = new LocalTeam(spec, team);
            while (local.Training.Round < spec.Training.Iterations)
            {
                local.Training.TrainAsync().GetAwaiter().GetResult();
                local.Training.EvaluateAsync().GetAwaiter().GetResult();
            }

            states[team] = local.Training.States!;
            Interlocked.Add(ref steps, spec.Training.Iterations * local.Plan.StepsPerRound);
        });
        return (steps / clock.Elapsed.TotalSeconds, states);
    }

    /// <summary>Plays every run in seat 0 with every run in seat 1, one thread per worker, each taking the next row.</summary>
    /// <returns>Environment steps per second.</returns>
    public static double Evaluate(
        EnvironmentSettings environment, FrozenTeam[] teams, int episodes, int steps, int workers, bool tabulate, int repeats)
    {
        var rules = new MatchRules(Seating.Ordered, episodes, steps);
        var clock = Stopwatch.StartNew();
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            // Every tournament meets its policies anew, as a tournament of grains does.
            var players = new ConcurrentBag<MatchPlayer>();
            RunThreads(workers, teams.Length, row =>
            {
                if (!players.TryTake(out var player)) player = new MatchPlayer(environment, tabulate: tabulate);
                player.Play((ulong)repeat, row, teams[row], 0, teams, rules);
                players.Add(player);
            });
            foreach (var player in players) player.Dispose();
        }

        var seconds = clock.Elapsed.TotalSeconds;
        return (double)teams.Length * teams.Length * repeats * episodes * steps / seconds;
    }

    private static void RunThreads(int workers, int items, Action<int> work)
    {
        var next = -1;
        var threads = Enumerable.Range(0, workers).Select(_ => new Thread(() =>
        {
            for (var item = Interlocked.Increment(ref next); item < items; item = Interlocked.Increment(ref next)) work(item);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
    }
}

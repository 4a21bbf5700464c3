using System.Collections.Concurrent;
using System.Diagnostics;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;

namespace Srpo.Client.Bench;

/// <summary>The work of training and of tournaments in plain loops of threads: what the grains' cost is measured against.</summary>
internal static class BareLoops
{
    /// <summary>Trains all teams, one thread per worker, each taking the next team; learning curves included.</summary>
    /// <returns>Environment steps per second, and the final states of every team.</returns>
    public static (double Rate, LearnerState[][] States) Train(PopulationSpec spec, int workers)
    {
        var settings = spec.Training;
        var info = EnvironmentFactory.Create(spec.Environment, 1).Info;
        var plan = TeamPlan.For(spec, info);
        var shape = ActorShape.For(settings, info);
        var states = new LearnerState[spec.Teams][];
        var clock = Stopwatch.StartNew();
        RunThreads(workers, spec.Teams, team => states[team] = TrainTeam(spec, team, plan, shape));
        var steps = (double)spec.Teams * settings.Iterations * plan.StepsPerRound;
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

    private static LearnerState[] TrainTeam(PopulationSpec spec, int team, TeamPlan plan, ActorShape shape)
    {
        var settings = spec.Training;
        var instances = plan.Instances.Select(instance => new RolloutPlayer(spec, team, plan, instance)).ToArray();
        using var updater = new TeamUpdater(settings, plan, shape);
        var states = plan.Actors.Select(actor => ActorInitialisation.Create(spec, team, actor, shape)).ToArray();
        var rollouts = new Rollout[instances.Length];
        var agentSteps = 0L;
        for (var round = 1; round <= settings.Iterations; round++)
        {
            for (var i = 0; i < instances.Length; i++)
                rollouts[i] = instances[i].Play(round, [.. plan.Instances[i].Actors.Select(actor => states[actor].Parameters)]);
            (states, _) = updater.Update(spec.Seed, team, round, states, rollouts);
            var before = agentSteps;
            agentSteps += plan.StepsPerAgent;
            if (settings.CurveInterval > 0 && agentSteps / settings.CurveInterval != before / settings.CurveInterval)
                instances[0].Evaluate(round, [.. plan.Evaluation.Actors.Select(actor => states[actor].Parameters)]);
        }

        foreach (var instance in instances) instance.Dispose();
        return states;
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

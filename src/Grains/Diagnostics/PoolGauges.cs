using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;

namespace Srpo.Grains.Diagnostics;

/// <summary>Gauges of the worker pools and of the work under way, summed over the silos of this process; there is one outside of tests.</summary>
internal static class PoolGauges
{
    private static ImmutableHashSet<ComputePool> _pools = [];
    private static ImmutableHashSet<ActiveWork> _work = [];

    /// <summary>Creates the instruments.</summary>
    public static void Create(Meter meter)
    {
        meter.CreateObservableUpDownCounter("srpo.compute.queue.length", () => Sum(pool => pool.Waiting), "{job}", "Jobs that wait for a worker.");
        meter.CreateObservableUpDownCounter("srpo.compute.jobs.running", () => Sum(pool => pool.Running), "{job}", "Jobs that run on a worker.");
        meter.CreateObservableUpDownCounter("srpo.compute.workers", () => Sum(pool => pool.Workers), "{thread}", "Worker threads.");
        meter.CreateObservableUpDownCounter("srpo.populations.active", () => _work.Sum(work => (long)work.Populations.Count), "{population}", "Populations whose coordinator trains on this silo.");
        meter.CreateObservableUpDownCounter("srpo.tournaments.active", () => _work.Sum(work => (long)work.Tournaments.Count), "{tournament}", "Tournaments that are played from this silo.");
        meter.CreateObservableUpDownCounter("srpo.environments.active", () => _work.Sum(work => (long)work.Environments.Count), "{environment}", "Environments that hold the buffers of their rollouts.");
        meter.CreateObservableCounter("srpo.compute.jobs", () => Sum(pool => pool.Finished), "{job}", "Jobs that workers have done.");
        meter.CreateObservableCounter("srpo.compute.busy_time", () => _pools.Sum(pool => pool.BusySeconds), "s", "Time that workers spent on jobs, summed over workers.");
    }

    /// <summary>Counts a pool from now on.</summary>
    public static void Add(ComputePool pool) => ImmutableInterlocked.Update(ref _pools, pools => pools.Add(pool));

    /// <summary>Counts a pool no more.</summary>
    public static void Remove(ComputePool pool) => ImmutableInterlocked.Update(ref _pools, pools => pools.Remove(pool));

    /// <summary>Counts the work of a silo from now on.</summary>
    public static void Add(ActiveWork work) => ImmutableInterlocked.Update(ref _work, all => all.Add(work));

    /// <summary>Counts the work of a silo no more.</summary>
    public static void Remove(ActiveWork work) => ImmutableInterlocked.Update(ref _work, all => all.Remove(work));

    private static long Sum(Func<ComputePool, long> value) => _pools.Sum(value);
}

using System.Diagnostics.Metrics;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Diagnostics;

/// <summary>What a silo is asked for when somebody looks: its workers, what is under way, and how often storage was asked again. There from the silo's start to its end.</summary>
internal sealed class SiloGauges(IMeterFactory meters, ComputePool pool, ActiveWork work, StorageHealth storage) : ILifecycleParticipant<ISiloLifecycle>
{
    private const string StorageTag = "srpo.storage.name";

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        var meter = meters.Create(SrpoMeter.Name);
        meter.CreateObservableUpDownCounter("srpo.compute.queue.length", () => (long)pool.Waiting, "{job}", "Jobs that wait for a worker.");
        meter.CreateObservableUpDownCounter("srpo.compute.jobs.running", () => (long)pool.Running, "{job}", "Jobs that run on a worker.");
        meter.CreateObservableUpDownCounter("srpo.compute.workers", () => (long)pool.Workers, "{thread}", "Worker threads.");
        meter.CreateObservableUpDownCounter("srpo.populations.active", () => (long)work.Populations.Count, "{population}", "Populations whose coordinator trains on this silo.");
        meter.CreateObservableUpDownCounter("srpo.tournaments.active", () => (long)work.Tournaments.Count, "{tournament}", "Tournaments that are played from this silo.");
        meter.CreateObservableUpDownCounter("srpo.environments.active", () => (long)work.Environments.Count, "{environment}", "Environments that hold the buffers of their rollouts.");
        meter.CreateObservableCounter("srpo.compute.jobs", () => pool.Finished, "{job}", "Jobs that workers have done.");
        meter.CreateObservableCounter("srpo.compute.busy_time", () => pool.BusySeconds, "s", "Time that workers spent on jobs, summed over workers.");
        meter.CreateObservableCounter(
            "srpo.storage.retries",
            () => storage.Retries.Select(retries => new Measurement<long>(retries.Value, new KeyValuePair<string, object?>(StorageTag, retries.Key))),
            "{retry}", "Operations that are tried again because storage did not answer.");
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Storage;
using Srpo.Learning;

namespace Srpo.Grains.Diagnostics;

/// <summary>
/// What grains measure: the meter "Srpo" of a silo, made by its <see cref="IMeterFactory"/>, so that several silos of one process are
/// told apart. Without a listener an instrument costs a comparison; with one, some tens of nanoseconds. Nothing is measured more
/// often than once in a round. Tags have few values: populations and teams are in logs and activities, not here.
/// docs/observability.md describes every instrument; those that are asked for their values are in <see cref="SiloGauges"/>.
/// </summary>
internal sealed class SrpoMeter
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Srpo";

    private const string MethodTag = "srpo.method";
    private const string RecordTag = "srpo.storage.record";
    private const string OperationTag = "srpo.storage.operation";

    private readonly Counter<long> _rounds;
    private readonly Counter<long> _steps;
    private readonly Histogram<double> _rollout;
    private readonly Histogram<double> _update;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _checkpointBytes;
    private readonly Histogram<double> _checkpoint;
    private readonly Histogram<double> _storage;
    private readonly Counter<long> _storageFailures;
    private readonly Counter<long> _matches;
    private readonly Histogram<double> _tile;

    /// <summary>Creates the instruments.</summary>
    public SrpoMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _rounds = meter.CreateCounter<long>("srpo.training.rounds", "{round}", "Rounds of teams trained.");
        _steps = meter.CreateCounter<long>("srpo.training.env_steps", "{step}", "Environment steps of the rollouts behind trained rounds.");
        _rollout = meter.CreateHistogram(
            "srpo.training.rollout.duration", "s", "Time from asking for the rollouts of a round to having them all.", advice: Buckets.Rounds);
        _update = meter.CreateHistogram(
            "srpo.training.update.duration", "s", "Time from handing the update of a round to the workers to its result.", advice: Buckets.Rounds);
        _failed = meter.CreateCounter<long>("srpo.training.failed_attempts", "{attempt}", "Attempts to train a team that failed and were, or were not, tried again.");
        _quarantined = meter.CreateCounter<long>("srpo.training.teams.quarantined", "{team}", "Teams put in quarantine.");
        _checkpointBytes = meter.CreateCounter<long>("srpo.checkpoint.io", "By", "Bytes of parameters and moments stored in checkpoints, before encoding.");
        _checkpoint = meter.CreateHistogram("srpo.checkpoint.duration", "s", "Time to store the checkpoint of one agent or adversary.", advice: Buckets.Storage);
        _storage = meter.CreateHistogram("srpo.storage.operation.duration", "s", "Time of a read or write of grain state, failed ones included.", advice: Buckets.Storage);
        _storageFailures = meter.CreateCounter<long>("srpo.storage.failures", "{failure}", "Reads and writes of grain state that failed.");
        _matches = meter.CreateCounter<long>("srpo.tournament.matches", "{match}", "Pairs of policies played in tournaments.");
        _tile = meter.CreateHistogram("srpo.tournament.tile.duration", "s", "Time that a silo takes for a tile, waiting for a worker included.", advice: Buckets.Tiles);
    }

    /// <summary>A round of a team is trained; ticks of the stopwatch.</summary>
    public void RoundTrained(TrainingSettings settings, TeamPlan plan, long rolloutTicks, long updateTicks)
    {
        if (!_rounds.Enabled) return;
        var method = new KeyValuePair<string, object?>(MethodTag, settings.Method);
        _rounds.Add(1, method);
        _steps.Add(plan.StepsPerRound, method);
        _rollout.Record(Seconds(rolloutTicks), method);
        _update.Record(Seconds(updateTicks), method);
    }

    /// <summary>An attempt to train a team failed.</summary>
    public void AttemptFailed() => _failed.Add(1);

    /// <summary>A team was put in quarantine.</summary>
    public void TeamQuarantined() => _quarantined.Add(1);

    /// <summary>An actor's checkpoint is stored.</summary>
    /// <param name="floats">Parameters and moments in it.</param>
    /// <param name="start">When storing began.</param>
    public void CheckpointStored(long floats, long start)
    {
        _checkpointBytes.Add(floats * sizeof(float));
        _checkpoint.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Measures a read or write of grain state, and passes on how it ended.</summary>
    /// <param name="record">Kind of record: population, checkpoint, ...</param>
    /// <param name="operation">read or write.</param>
    /// <param name="act">What is under way.</param>
    public async Task MeasureAsync(string record, string operation, Task act)
    {
        var start = Stopwatch.GetTimestamp();
        var tags = new TagList { { RecordTag, record }, { OperationTag, operation } };
        try
        {
            await act;
        }
        catch
        {
            _storageFailures.Add(1, tags);
            throw;
        }
        finally
        {
            _storage.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    /// <summary>A tile of a tournament is played.</summary>
    public void TilePlayed(int pairs, long start)
    {
        _matches.Add(pairs);
        _tile.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}

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

/// <summary>Upper bounds of histogram buckets, seconds.</summary>
internal static class Buckets
{
    /// <summary>Parts of a round: from the smallest networks to the largest rollouts.</summary>
    public static InstrumentAdvice<double> Rounds { get; } =
        new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] };

    /// <summary>Reads and writes.</summary>
    public static InstrumentAdvice<double> Storage { get; } =
        new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };

    /// <summary>Tiles of a tournament.</summary>
    public static InstrumentAdvice<double> Tiles { get; } =
        new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] };
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using Srpo.Core.Settings;
using Srpo.Learning;

namespace Srpo.Grains.Diagnostics;

/// <summary>
/// What grains measure: the meter "Srpo" of this process. Without a listener an instrument costs a comparison; with one, some
/// tens of nanoseconds. Nothing is measured more often than once in a round. Tags have few values: populations and teams are
/// in logs and activities, not here. docs/observability.md describes every instrument.
/// </summary>
internal static class SrpoMeter
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Srpo";

    private const string MethodTag = "srpo.method";
    private const string StorageTag = "srpo.storage.name";
    private const string RecordTag = "srpo.storage.record";
    private const string OperationTag = "srpo.storage.operation";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Rounds = Meter.CreateCounter<long>(
        "srpo.training.rounds", "{round}", "Rounds of teams trained.");

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(
        "srpo.training.env_steps", "{step}", "Environment steps of the rollouts behind trained rounds.");

    private static readonly Histogram<double> Rollout = Meter.CreateHistogram(
        "srpo.training.rollout.duration", "s", "Time from asking for the rollouts of a round to having them all.", advice: Buckets.Rounds);

    private static readonly Histogram<double> Update = Meter.CreateHistogram(
        "srpo.training.update.duration", "s", "Time from handing the update of a round to the workers to its result.", advice: Buckets.Rounds);

    private static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        "srpo.training.failed_attempts", "{attempt}", "Attempts to train a team that failed and were, or were not, tried again.");

    private static readonly Counter<long> Quarantined = Meter.CreateCounter<long>(
        "srpo.training.teams.quarantined", "{team}", "Teams put in quarantine.");

    private static readonly Counter<long> CheckpointBytes = Meter.CreateCounter<long>(
        "srpo.checkpoint.io", "By", "Bytes of parameters and moments stored in checkpoints, before encoding.");

    private static readonly Histogram<double> Checkpoint = Meter.CreateHistogram(
        "srpo.checkpoint.duration", "s", "Time to store the checkpoint of one agent or adversary.", advice: Buckets.Storage);

    private static readonly Histogram<double> Storage = Meter.CreateHistogram(
        "srpo.storage.operation.duration", "s", "Time of a read or write of grain state, failed ones included.", advice: Buckets.Storage);

    private static readonly Counter<long> StorageFailures = Meter.CreateCounter<long>(
        "srpo.storage.failures", "{failure}", "Reads and writes of grain state that failed.");

    private static readonly Counter<long> StorageRetries = Meter.CreateCounter<long>(
        "srpo.storage.retries", "{retry}", "Operations that are tried again because storage did not answer.");

    private static readonly Counter<long> Matches = Meter.CreateCounter<long>(
        "srpo.tournament.matches", "{match}", "Pairs of policies played in tournaments.");

    private static readonly Histogram<double> Tile = Meter.CreateHistogram(
        "srpo.tournament.tile.duration", "s", "Time that a match worker takes for a tile, waiting for a worker included.", advice: Buckets.Tiles);

    static SrpoMeter() => PoolGauges.Create(Meter);

    /// <summary>A round of a team is trained; ticks of the stopwatch.</summary>
    public static void RoundTrained(TrainingSettings settings, TeamPlan plan, long rolloutTicks, long updateTicks)
    {
        if (!Rounds.Enabled) return;
        var method = new KeyValuePair<string, object?>(MethodTag, MethodNames.Of(settings.Method));
        Rounds.Add(1, method);
        Steps.Add(plan.StepsPerRound, method);
        Rollout.Record(Seconds(rolloutTicks), method);
        Update.Record(Seconds(updateTicks), method);
    }

    /// <summary>An attempt to train a team failed.</summary>
    public static void AttemptFailed() => Failed.Add(1);

    /// <summary>A team was put in quarantine.</summary>
    public static void TeamQuarantined() => Quarantined.Add(1);

    /// <summary>An actor's checkpoint is stored.</summary>
    /// <param name="floats">Parameters and moments in it.</param>
    /// <param name="start">When storing began.</param>
    public static void CheckpointStored(long floats, long start)
    {
        CheckpointBytes.Add(floats * sizeof(float));
        Checkpoint.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Measures a read or write of grain state, and passes on how it ended.</summary>
    /// <param name="record">Kind of record: population, checkpoint, ...</param>
    /// <param name="operation">read or write.</param>
    /// <param name="act">What is under way.</param>
    public static async Task MeasureAsync(string record, string operation, Task act)
    {
        var start = Stopwatch.GetTimestamp();
        var tags = new TagList { { RecordTag, record }, { OperationTag, operation } };
        try
        {
            await act;
        }
        catch
        {
            StorageFailures.Add(1, tags);
            throw;
        }
        finally
        {
            Storage.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    /// <summary>A storage did not answer, and the operation will be tried again.</summary>
    /// <param name="storage">Name of the storage.</param>
    public static void StorageRetried(string storage) => StorageRetries.Add(1, new KeyValuePair<string, object?>(StorageTag, storage));

    /// <summary>A tile of a tournament is played.</summary>
    public static void TilePlayed(int pairs, long start)
    {
        Matches.Add(pairs);
        Tile.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}

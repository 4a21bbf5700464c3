using Orleans;

namespace Srpo.Learning;

/// <summary>
/// What one actor saw and did in a rollout, in one seat or in all that it played. Equal observations are stored once and
/// samples refer to their row, because forward and backward passes of equal observations are equal: the update needs as many
/// network rows as there are different observations. Where networks have memory, equal observations are not equal: every sample has a row
/// of its own. Samples are in order of step, seat, lane; in
/// turn-based environments, where one seat acts at a time, of step, lane. What followed a sample is
/// known through <see cref="Next"/>: the next sample of the same seat and lane, the end of the episode, or the cut.
/// </summary>
/// <param name="Actor">Index of the actor in <see cref="TeamPlan.Actors"/>.</param>
/// <param name="Seat">The seat; -1 where seats change.</param>
/// <param name="Observations">[Rows x observation length], in order of first sight.</param>
/// <param name="Legal">[Rows x actions] 1 for legal actions, 0 for others; empty where all are legal.</param>
/// <param name="LogProbabilities">[Rows x actions] of the policy that played; 0 for illegal actions.</param>
/// <param name="Values">[Rows] what the critic that watched said; in units of normalised returns where values are normalised, see <see cref="ValueNormaliser"/>.</param>
/// <param name="Row">[Samples] row of each sample's observation.</param>
/// <param name="Actions">[Samples].</param>
/// <param name="Rewards">[Samples] of the seat, plain, from this sample until its next one or the end of the episode.</param>
/// <param name="Costs">[Samples] private costs over the same time.</param>
/// <param name="Signals">[Samples] what an adversary maximises: minus the mean reward of the agents beside it; the same array as the rewards for agents.</param>
/// <param name="Next">[Samples] what follows: at least 0, that sample; <see cref="Ended"/>, nothing; below, the row of <see cref="BootstrapRow"/>.</param>
[GenerateSerializer, Alias("srpo.SeatSamples"), Immutable]
public sealed record SeatSamples(
    [property: Id(0)] int Actor,
    [property: Id(1)] int Seat,
    [property: Id(2)] float[] Observations,
    [property: Id(3)] byte[] Legal,
    [property: Id(4)] float[] LogProbabilities,
    [property: Id(5)] float[] Values,
    [property: Id(6)] int[] Row,
    [property: Id(7)] byte[] Actions,
    [property: Id(8)] float[] Rewards,
    [property: Id(9)] float[] Costs,
    [property: Id(10)] float[] Signals,
    [property: Id(11)] int[] Next)
{
    /// <summary>What networks with memory had carried into the rollout's first observations: nothing, because where networks that learn have memory every rollout begins with fresh episodes.</summary>
    [Id(12)]
    public float[] State { get; init; } = [];

    /// <summary>[Rows x critic inputs] the observations of all seats, where the critic sees those; else empty.</summary>
    [Id(13)]
    public float[] Central { get; init; } = [];

    /// <summary>In <see cref="Next"/>: the episode ended, nothing is bootstrapped.</summary>
    public const int Ended = -1;

    /// <summary>Number of samples.</summary>
    public int Count => Row.Length;

    /// <summary>In <see cref="Next"/>: what follows is estimated by the value of a row.</summary>
    public static int CutAt(int row) => -2 - row;

    /// <summary>The row of an entry of <see cref="Next"/> below <see cref="Ended"/>.</summary>
    public static int BootstrapRow(int next) => -2 - next;
}

/// <summary>What one environment instance played in a round.</summary>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Parts">The samples of every actor that learns: one part per seat where seats are fixed, else one per actor.</param>
/// <param name="SeatRewards">Sum of every seat's rewards over lanes and steps.</param>
/// <param name="SeatCosts">Sum of every seat's private costs over lanes and steps.</param>
[GenerateSerializer, Alias("srpo.Rollout"), Immutable]
public sealed record Rollout(
    [property: Id(0)] int Lanes,
    [property: Id(1)] int Steps,
    [property: Id(2)] IReadOnlyList<SeatSamples> Parts,
    [property: Id(3)] double[] SeatRewards,
    [property: Id(4)] double[] SeatCosts)
{
    /// <summary>The responses of every actor that learns, where actors are language models; they have no other parts.</summary>
    [Id(5)]
    public IReadOnlyList<ResponseSamples> Responses { get; init; } = [];

    /// <summary>Tokens that were generated for it.</summary>
    [Id(6)]
    public long Tokens { get; init; }

    /// <summary>
    /// The state of its lanes after the last step, which the next rollout goes on from: of the environment (<see cref="Environments.IVectorEnvironment.SaveLanes"/>), who sat
    /// where, and what frozen policies with memory remember. Null where every rollout begins with fresh episodes.
    /// </summary>
    [Id(7)]
    public byte[]? LaneState { get; init; }
}

/// <summary>
/// The samples of one actor while they are made. A track is a seat in a lane; its last sample is open and gathers rewards until
/// the track's next sample, the end of the episode or the cut. Not thread-safe.
/// </summary>
internal sealed class SampleRecord
{
    private const int Open = int.MaxValue;

    private readonly int[] _last;
    private readonly bool _keepsSignals;
    private int[] _row = [];
    private byte[] _actions = [];
    private float[] _rewards = [];
    private float[] _costs = [];
    private float[] _signals = [];
    private int[] _next = [];
    private int[] _place = [];
    private int _count;
    private int _open;

    /// <summary>An empty record.</summary>
    /// <param name="tracks">Seats times lanes.</param>
    /// <param name="keepsSignals">Whether signals differ from rewards.</param>
    public SampleRecord(int tracks, bool keepsSignals)
    {
        _last = new int[tracks];
        _keepsSignals = keepsSignals;
        Begin(0);
    }

    /// <summary>Forgets all samples.</summary>
    /// <param name="expected">Number of samples to make room for; the samples are handed over without a copy if there are just so many.</param>
    public void Begin(int expected)
    {
        (_count, _open) = (0, 0);
        _last.AsSpan().Fill(-1);
        if (expected > 0 && _row.Length != expected) Resize(expected);
    }

    /// <summary>Adds a sample, which follows the track's open one.</summary>
    public void Add(int track, int row, byte action)
    {
        if (_count == _row.Length) Resize(Math.Max(256, 2 * _count));
        var sample = _count++;
        ref var last = ref _last[track];
        if (last >= 0) _next[last] = sample;
        else _open++;
        last = sample;
        _row[sample] = row;
        _actions[sample] = action;
        _rewards[sample] = 0;
        _costs[sample] = 0;
        if (_keepsSignals) _signals[sample] = 0;
        _next[sample] = Open;
    }

    /// <summary>Adds what a step yielded to the track's open sample, if there is one.</summary>
    public void Yield(int track, float reward, float cost, float signal, bool terminated, bool truncated)
    {
        var sample = _last[track];
        if (sample < 0) return;
        _rewards[sample] += reward;
        _costs[sample] += cost;
        if (_keepsSignals) _signals[sample] += signal;

        // Where time ran out, the value of the sample's own observation stands for what would have followed: the nearest
        // observation of that episode that the environment hands out.
        if (terminated) Close(track, SeatSamples.Ended);
        else if (truncated) Close(track, SeatSamples.CutAt(_row[sample]));
    }

    /// <summary>The track's open sample, if there is one, is followed by an observation that has no sample.</summary>
    public void Cut(int track, int row)
    {
        if (_last[track] >= 0) Close(track, SeatSamples.CutAt(row));
    }

    /// <summary>
    /// The finished samples; begin anew afterwards. One that is still open has not seen what followed: it is left out and serves its
    /// predecessor as cut.
    /// </summary>
    public SeatSamples ToSamples(int actor, int seat, float[] observations, byte[] legal, float[] logProbabilities, float[] values)
    {
        if (_open > 0) LeaveOutOpen();
        var rewards = HandOver(ref _rewards);
        return new SeatSamples(
            actor, seat, observations, legal, logProbabilities, values,
            HandOver(ref _row), HandOver(ref _actions), rewards, HandOver(ref _costs), _keepsSignals ? HandOver(ref _signals) : rewards, HandOver(ref _next));
    }

    /// <summary>The array itself if it is full to the last place; else a copy of what is in it, and the array stays for the next rollout.</summary>
    private T[] HandOver<T>(ref T[] values)
        where T : unmanaged
    {
        if (_count < values.Length) return NewArray.Of<T>(values.AsSpan(0, _count));
        var full = values;
        values = [];
        return full;
    }

    private void Close(int track, int next)
    {
        _next[_last[track]] = next;
        _last[track] = -1;
        _open--;
    }

    /// <summary>Moves the finished samples together.</summary>
    private void LeaveOutOpen()
    {
        if (_place.Length < _count) _place = new int[_row.Length];
        var place = _place;
        var kept = 0;
        for (var i = 0; i < _count; i++) place[i] = _next[i] == Open ? SeatSamples.CutAt(_row[i]) : kept++;
        for (var i = 0; i < _count; i++)
        {
            if (_next[i] == Open) continue;
            var to = place[i];
            _row[to] = _row[i];
            _actions[to] = _actions[i];
            _rewards[to] = _rewards[i];
            _costs[to] = _costs[i];
            if (_keepsSignals) _signals[to] = _signals[i];
            _next[to] = _next[i] >= 0 ? place[_next[i]] : _next[i];
        }

        _count = kept;
    }

    private void Resize(int capacity)
    {
        Resize(ref _row, capacity);
        Resize(ref _actions, capacity);
        Resize(ref _rewards, capacity);
        Resize(ref _costs, capacity);
        if (_keepsSignals) Resize(ref _signals, capacity);
        Resize(ref _next, capacity);
    }

    private void Resize<T>(ref T[] values, int capacity)
        where T : unmanaged
    {
        var larger = GC.AllocateUninitializedArray<T>(capacity);
        values.AsSpan(0, Math.Min(_count, capacity)).CopyTo(larger);
        values = larger;
    }
}

/// <summary>Arrays that are filled at once, and so need no zeros before.</summary>
internal static class NewArray
{
    /// <summary>A copy.</summary>
    public static T[] Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>(values.Length);
        values.CopyTo(array);
        return array;
    }
}

namespace Srpo.Learning;

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
        if (_row.Length < expected) Resize(expected);
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
        if (_count < _row.Length) Resize(_count);
        var samples = new SeatSamples(
            actor, seat, observations, legal, logProbabilities, values,
            _row, _actions, _rewards, _costs, _keepsSignals ? _signals : _rewards, _next);
        (_row, _actions, _rewards, _costs, _signals, _next) = ([], [], [], [], [], []);
        return samples;
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
        var place = new int[_count];
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
        Array.Resize(ref _row, capacity);
        Array.Resize(ref _actions, capacity);
        Array.Resize(ref _rewards, capacity);
        Array.Resize(ref _costs, capacity);
        if (_keepsSignals) Array.Resize(ref _signals, capacity);
        Array.Resize(ref _next, capacity);
    }
}

namespace Srpo.Learning;

/// <summary>
/// What networks with memory carry from step to step, for every track: a seat in a lane. Those of a batch are brought together before it is
/// evaluated and kept behind it. Not thread-safe.
/// </summary>
internal sealed class CarriedState
{
    private readonly int _lanes;
    private readonly Part _policy;
    private readonly Part _critic;

    /// <summary>Nothing carried yet.</summary>
    /// <param name="policy">Numbers that a policy carries.</param>
    /// <param name="critic">Numbers that a critic carries.</param>
    /// <param name="tracks">Seats times lanes.</param>
    /// <param name="lanes">Lanes.</param>
    /// <param name="batch">Most tracks of a batch.</param>
    public CarriedState(int policy, int critic, int tracks, int lanes, int batch)
    {
        _lanes = lanes;
        (_policy, _critic) = (new Part(policy, tracks, batch), new Part(critic, tracks, batch));
    }

    /// <summary>[tracks x numbers of the policy] of these tracks, to be replaced.</summary>
    public Span<float> OfPolicy(ReadOnlySpan<int> tracks) => _policy.Gather(tracks);

    /// <summary>[tracks x numbers of the critic] of these tracks, to be replaced.</summary>
    public Span<float> OfCritic(ReadOnlySpan<int> tracks) => _critic.Gather(tracks);

    /// <summary>Keeps what these tracks, brought together last, carry now.</summary>
    public void Keep(ReadOnlySpan<int> tracks)
    {
        _policy.Keep(tracks);
        _critic.Keep(tracks);
    }

    /// <summary>[numbers of the policy] of one track, to be read or set.</summary>
    public Span<float> OfPolicy(int track) => _policy.Of(track);

    /// <summary>Nothing is carried in a lane any more.</summary>
    public void Forget(int lane)
    {
        _policy.Forget(lane, _lanes);
        _critic.Forget(lane, _lanes);
    }

    private sealed class Part(int length, int tracks, int batch)
    {
        private readonly float[] _kept = new float[tracks * length];
        private readonly float[] _batch = new float[batch * length];

        public Span<float> Gather(ReadOnlySpan<int> those)
        {
            for (var i = 0; i < those.Length; i++) _kept.AsSpan(those[i] * length, length).CopyTo(_batch.AsSpan(i * length));
            return _batch.AsSpan(0, those.Length * length);
        }

        public Span<float> Of(int track) => _kept.AsSpan(track * length, length);

        public void Keep(ReadOnlySpan<int> those)
        {
            for (var i = 0; i < those.Length; i++) _batch.AsSpan(i * length, length).CopyTo(_kept.AsSpan(those[i] * length));
        }

        public void Forget(int lane, int lanes)
        {
            for (var track = lane; length > 0 && track < tracks; track += lanes) _kept.AsSpan(track * length, length).Clear();
        }
    }
}

using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// The policies that tiles refer to: a silo fetches each once for a session of a tournament, whatever the number of tiles. Those of the sessions used
/// last are kept, and let go when nobody has asked for a while. Thread-safe.
/// </summary>
internal sealed class TilePolicies(IGrainFactory grains, TimeProvider time) : IDisposable
{
    /// <summary>Sessions whose policies are kept; a silo rarely plays for more at a time.</summary>
    private const int Sessions = 4;

    /// <summary>Policies that are fetched at the same time.</summary>
    private const int Readers = 32;

    /// <summary>How long nobody asks before a session's policies are let go.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<Session> _recent = new();

    /// <summary>Not disposed: a fetch may be under way, and nobody takes its handle.</summary>
#pragma warning disable CA2213
    private readonly SemaphoreSlim _readers = new(Readers, Readers);
#pragma warning restore CA2213
    private ITimer? _timer;

    /// <summary>The policies of runs, a policy for every seat of the team.</summary>
    /// <exception cref="SrpoGrainException">An agent is not there, or has no policy of that round any more.</exception>
    public Task<FrozenTeam[]> TeamsAsync(Guid session, IEnumerable<PolicyReference[]> runs) =>
        Task.WhenAll(runs.Select(async run => new FrozenTeam(await PoliciesAsync(session, run))));

    /// <summary>The policies of single seats.</summary>
    /// <exception cref="SrpoGrainException">As for <see cref="TeamsAsync"/>.</exception>
    public Task<FrozenPolicy[]> PoliciesAsync(Guid session, IEnumerable<PolicyReference> references)
    {
        lock (_lock)
        {
            var policies = Use(session);
            return Task.WhenAll(references.Select(reference =>
            {
                // What failed is fetched again by the next tile that wants it.
                if (!policies.TryGetValue(reference, out var policy) || policy.IsFaulted || policy.IsCanceled) policies[reference] = policy = FetchAsync(reference);
                return policy;
            }).ToArray());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    private Dictionary<PolicyReference, Task<FrozenPolicy>> Use(Guid session)
    {
        var known = _recent.FirstOrDefault(recent => recent.Id == session) ?? new Session(session);
        _recent.Remove(known);
        _recent.AddFirst(known);
        if (_recent.Count > Sessions) _recent.RemoveLast();
        known.UsedAt = time.GetTimestamp();
        _timer ??= time.CreateTimer(_ => LetGo(), null, Rest, Rest);
        return known.Policies;
    }

    private void LetGo()
    {
        lock (_lock)
        {
            while (_recent.Last is { Value: var oldest } && time.GetElapsedTime(oldest.UsedAt) >= Rest) _recent.RemoveLast();
            if (_recent.Count > 0) return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private async Task<FrozenPolicy> FetchAsync(PolicyReference reference)
    {
        // Not within the lock of whoever asks first.
        await Task.Yield();
        await _readers.WaitAsync();
        try
        {
            return Wire.ToPolicy(await grains.GetGrain<IAgentGrain>(reference.Agent).GetPolicyAfterAsync(reference.Round));
        }
        finally
        {
            _readers.Release();
        }
    }

    /// <summary>What was fetched for a session.</summary>
    private sealed class Session(Guid id)
    {
        public Guid Id => id;

        public long UsedAt { get; set; }

        public Dictionary<PolicyReference, Task<FrozenPolicy>> Policies { get; } = [];
    }
}

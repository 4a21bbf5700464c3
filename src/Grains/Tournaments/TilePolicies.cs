using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// The policies that tiles refer to: a silo fetches each once for a session of a tournament, whatever the number of tiles. Those of the sessions used
/// last are kept. Thread-safe.
/// </summary>
internal sealed class TilePolicies(IGrainFactory grains) : IDisposable
{
    /// <summary>Sessions whose policies are kept; a silo rarely plays for more at a time.</summary>
    private const int Sessions = 4;

    /// <summary>Policies that are fetched at the same time.</summary>
    private const int Readers = 32;

    private readonly Lock _lock = new();
    private readonly LinkedList<(Guid Session, Dictionary<PolicyReference, Task<FrozenPolicy>> Policies)> _recent = new();
    private readonly SemaphoreSlim _readers = new(Readers, Readers);

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
    public void Dispose() => _readers.Dispose();

    private Dictionary<PolicyReference, Task<FrozenPolicy>> Use(Guid session)
    {
        var node = _recent.First;
        while (node is not null && node.Value.Session != session) node = node.Next;
        if (node is not null) _recent.Remove(node);
        _recent.AddFirst(node ??= new((session, [])));
        if (_recent.Count > Sessions) _recent.RemoveLast();
        return node.Value.Policies;
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
}

using System.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Silo;

/// <summary>Where the list of silos is kept, and what its errors mean.</summary>
/// <param name="Name">For messages.</param>
/// <param name="IsTransient">Whether an error may go away by itself.</param>
/// <param name="Reason">The error in a few words, without secrets.</param>
internal sealed record ListPlace(string Name, Func<Exception, bool> IsTransient, Func<Exception, string> Reason);

/// <summary>
/// The list of silos as Orleans keeps it, and somebody who says, once for an outage, that it does not answer. Orleans asks again by itself, and
/// silos go on with what they know. Its errors become short ones: what a client library says of its sockets helps nobody.
/// </summary>
internal sealed class WatchedMembershipTable(IMembershipTable inner, ListPlace place, ILogger<WatchedMembershipTable> logger) : IMembershipTable
{
    private readonly Lock _lock = new();
    private long _since;
    private bool _away;

    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken) =>
        WatchAsync(() => inner.InitializeMembershipTableAsync(tryInitTableVersion, cancellationToken), cancellationToken);

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        WatchAsync(() => inner.DeleteMembershipTableEntriesAsync(clusterId, cancellationToken), cancellationToken);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        WatchAsync(() => inner.CleanupDefunctSiloEntriesAsync(beforeDate, cancellationToken), cancellationToken);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) =>
        WatchAsync(() => inner.ReadRowAsync(key, cancellationToken), cancellationToken);

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) => WatchAsync(() => inner.ReadAllAsync(cancellationToken), cancellationToken);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        WatchAsync(() => inner.InsertRowAsync(entry, tableVersion, cancellationToken), cancellationToken);

    public Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        WatchAsync(() => inner.UpdateRowAsync(entry, etag, tableVersion, cancellationToken), cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) =>
        WatchAsync(() => inner.UpdateIAmAliveAsync(entry, cancellationToken), cancellationToken);

    // The same as they were called before; the contract still asks for them.
    Task IMembershipTable.InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    Task IMembershipTable.DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    Task IMembershipTable.CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    Task<MembershipTableData> IMembershipTable.ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    Task<MembershipTableData> IMembershipTable.ReadAll() => ReadAllAsync(CancellationToken.None);

    Task<bool> IMembershipTable.InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, CancellationToken.None);

    Task<bool> IMembershipTable.UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    Task IMembershipTable.UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    private Task WatchAsync(Func<Task> act, CancellationToken cancellation) => WatchAsync(
        async () =>
        {
            await act();
            return true;
        },
        cancellation);

    private async Task<T> WatchAsync<T>(Func<Task<T>> act, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var result = await act();
            Answered();
            return result;
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && place.IsTransient(error))
        {
            Missed(place.Reason(error), began);
            throw new StorageUnavailableException($"the list of silos in {place.Name} does not answer: {place.Reason(error)}");
        }
    }

    private void Missed(string reason, long began)
    {
        lock (_lock)
        {
            if (_away) return;
            (_away, _since) = (true, began);
        }

        logger.LogWarning("No answer from the list of silos in {Place}: {Reason}. Silos go on with what they know of each other; none can join or be declared dead.", place.Name, reason);
    }

    private void Answered()
    {
        double seconds;
        lock (_lock)
        {
            if (!_away) return;
            _away = false;
            seconds = Stopwatch.GetElapsedTime(_since).TotalSeconds;
        }

        logger.LogInformation("An answer again from the list of silos, after {Seconds:0.0} s.", seconds);
    }
}

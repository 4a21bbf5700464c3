using System.Collections.Immutable;
using System.Globalization;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Following;

/// <summary>Something that happened while somebody looked.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="Subject">The population or silo.</param>
/// <param name="Text">What happened.</param>
/// <param name="IsTrouble">Whether it is to be looked at.</param>
public sealed record DashboardEvent(DateTimeOffset At, string Subject, string Text, bool IsTrouble);

/// <summary>
/// What happens to populations and silos, by what differs from one answer to the next: phases, teams that go back to a checkpoint or into quarantine, warnings, silos that come and go, teams that
/// move. Thread-safe.
/// </summary>
/// <param name="time">The time.</param>
internal sealed class EventLog(TimeProvider time)
{
    private const int Kept = 500;

    private readonly Lock _lock = new();
    private readonly LinkedList<DashboardEvent> _events = [];

    /// <summary>Raised after something was added, on any thread.</summary>
    public event Action? Changed;

    /// <summary>What happened, newest first.</summary>
    /// <param name="subject">Of one population; null for all.</param>
    public ImmutableArray<DashboardEvent> Of(string? subject = null)
    {
        lock (_lock) return [.. _events.Where(happened => subject is null || happened.Subject == subject)];
    }

    /// <summary>Adds one.</summary>
    public void Add(string subject, string text, bool isTrouble = false)
    {
        lock (_lock)
        {
            _events.AddFirst(new DashboardEvent(time.GetUtcNow(), subject, text, isTrouble));
            if (_events.Count > Kept) _events.RemoveLast();
        }

        Changed?.Invoke();
    }

    /// <summary>What happened to a population between two answers.</summary>
    /// <param name="before">The one before; null for the first, which tells of trouble only.</param>
    /// <param name="now">The present one.</param>
    public void Note(PopulationStatus? before, PopulationStatus now)
    {
        var name = now.Population;
        if (before is not null && before.Phase != now.Phase) Add(name, $"{before.Phase.ToString().ToLowerInvariant()} → {now.Phase.ToString().ToLowerInvariant()}", now.Phase == PopulationPhase.Failed);
        if (now.Wish is { } wish && before?.Wish != wish) Add(name, wish == PopulationPhase.Stopped ? "asked to stop" : "asked to pause");
        if (now.Error is { } error && before?.Error != error) Add(name, error, isTrouble: true);
        if (now.Warning is { } warning && before?.Warning != warning) Add(name, warning, isTrouble: true);
        for (var team = 0; team < now.Teams.Length; team++)
        {
            var (old, current) = (before is not null && team < before.Teams.Length ? before.Teams[team] : null, now.Teams[team]);
            if (current.Quarantine is { } reason && old?.Quarantine != reason) Add(name, string.Create(CultureInfo.InvariantCulture, $"team {team} is in quarantine: {reason}"), isTrouble: true);
            if (old is not null && old.Round > current.Round) Add(name, string.Create(CultureInfo.InvariantCulture, $"team {team} went back from round {old.Round} to {current.Round}, its last checkpoint"), isTrouble: true);
        }
    }

    /// <summary>What happened to the silos between two answers.</summary>
    /// <param name="before">The ones before; empty for the first answer.</param>
    /// <param name="now">The present ones.</param>
    public void Note(SiloReport[] before, SiloReport[] now)
    {
        if (before.Length == 0) return;
        var (old, current) = (before.ToDictionary(silo => silo.Silo, StringComparer.Ordinal), now.ToDictionary(silo => silo.Silo, StringComparer.Ordinal));
        foreach (var silo in now)
        {
            if (!old.TryGetValue(silo.Silo, out var known)) Add(silo.Name, $"joined at {silo.Silo}");
            else if (known.Status != silo.Status) Add(silo.Name, $"{known.Status} → {silo.Status}", silo.Status != "active");
        }

        // Whoever worked on a data directory is done; of a cluster somebody is left.
        foreach (var silo in before.Where(silo => !current.ContainsKey(silo.Silo))) Add(silo.Name, now.Length == 0 ? "ended" : $"left the cluster (it was at {silo.Silo})", isTrouble: now.Length > 0);
        var places = before.SelectMany(silo => silo.Teams.Select(team => (team, silo.Name))).GroupBy(place => place.team).ToDictionary(group => group.Key, group => group.First().Name, StringComparer.Ordinal);
        foreach (var move in now.SelectMany(silo => silo.Teams.Select(team => (Team: team, To: silo.Name))).Where(place => places.TryGetValue(place.Team, out var from) && from != place.To).GroupBy(place => place.To))
        {
            string[] teams = [.. move.Select(place => place.Team)];
            Add(move.Key, $"took over {string.Join(", ", teams.Take(5))}{(teams.Length > 5 ? string.Create(CultureInfo.InvariantCulture, $" and {teams.Length - 5} more teams") : "")}");
        }
    }
}

using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>A learner: a slot of a silo.</summary>
internal readonly record struct LearnerSlot(SiloAddress Silo, int Slot);

/// <summary>
/// Which learner trains which team of a population. Teams are dealt out in proportion to the silos' cores, with regard to what
/// other populations train there, and stay where they are unless their silo goes or another one has clearly less to do. Who
/// trains a team changes none of its bits.
/// </summary>
/// <param name="population">The population.</param>
/// <param name="teams">Its teams.</param>
/// <param name="capacity">Most teams that a silo's device does well to have in work; 0 where it has none.</param>
internal sealed class TeamBoard(string population, int teams, Func<SiloCapacity, int> capacity)
{
    private readonly LearnerSlot?[] _slots = new LearnerSlot?[teams];
    private SiloCapacity[] _silos = [];
    private double[] _others = [];

    /// <summary>The learner of a team; null while no silo takes teams.</summary>
    public LearnerSlot? Of(int team) => _slots[team];

    /// <summary>Whether these silos can take other teams than those of the last update.</summary>
    public bool Differs(IReadOnlyCollection<SiloCapacity> silos) =>
        !_silos.Select(silo => (silo.Silo, silo.Cores)).SequenceEqual(Usable(silos).Select(silo => (silo.Silo, silo.Cores)));

    /// <summary>Deals the teams that are still to be trained out anew, moving as few as it can.</summary>
    public void Update(IReadOnlyCollection<SiloCapacity> silos, Func<int, bool> training)
    {
        _silos = Usable(silos);
        for (var team = 0; team < teams; team++)
        {
            if (!training(team) || (_slots[team] is { } slot && IndexOf(slot.Silo) < 0)) _slots[team] = null;
        }

        _others = [.. _silos.Select(silo => (double)Math.Max(0, silo.Teams - On(silo.Silo)))];
        if (_silos.Length == 0) return;
        for (var team = 0; team < teams; team++)
        {
            if (_slots[team] is null && training(team)) _slots[team] = Place(Lightest());
        }

        // A team moves only where the silo that it comes to is then less busy than the one that it leaves was.
        while (Heaviest() is var from && Lightest() is var to && Load(from, 0) > Load(to, 1) + 1e-9 && Last(_silos[from].Silo) is { } moved)
            _slots[moved] = Place(to);
    }

    private SiloCapacity[] Usable(IEnumerable<SiloCapacity> silos) => [.. silos.Where(silo => !silo.Stopping && silo.Cores > 0).Select(silo => silo with { Cores = capacity(silo) }).Where(silo => silo.Cores > 0)];

    private int IndexOf(SiloAddress silo) => Array.FindIndex(_silos, known => known.Silo.Equals(silo));

    private int On(SiloAddress silo) => _slots.Count(slot => slot is { } taken && taken.Silo.Equals(silo));

    private double Load(int silo, int added) => (_others[silo] + On(_silos[silo].Silo) + added) / _silos[silo].Cores;

    private int Lightest() => Best((silo, best) => Load(silo, 1) < Load(best, 1));

    /// <summary>The silo with the most work that has teams of this population; any if there is none.</summary>
    private int Heaviest() => Best((silo, best) =>
        On(_silos[silo].Silo) > 0 && (On(_silos[best].Silo) == 0 || Load(silo, 0) > Load(best, 0)));

    /// <summary>Looks from a silo on that depends on the population, so that many small populations do not all begin at the same one.</summary>
    private int Best(Func<int, int, bool> better)
    {
        var first = (int)(Hash(population) % (uint)_silos.Length);
        var best = first;
        for (var i = 1; i < _silos.Length; i++)
        {
            var silo = (first + i) % _silos.Length;
            if (better(silo, best)) best = silo;
        }

        return best;
    }

    private int? Last(SiloAddress silo)
    {
        var team = Array.FindLastIndex(_slots, slot => slot is { } taken && taken.Silo.Equals(silo));
        return team < 0 ? null : team;
    }

    /// <summary>The slot of a silo with the fewest teams of this population.</summary>
    private LearnerSlot Place(int silo)
    {
        var taken = new int[_silos[silo].Cores];
        foreach (var slot in _slots)
        {
            if (slot is { } known && known.Silo.Equals(_silos[silo].Silo) && known.Slot < taken.Length) taken[known.Slot]++;
        }

        return new LearnerSlot(_silos[silo].Silo, Array.IndexOf(taken, taken.Min()));
    }

    private static uint Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in text) hash = (hash ^ letter) * 16777619u;
        return hash;
    }
}

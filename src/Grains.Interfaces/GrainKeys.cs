using System.Globalization;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// Keys of grains. A coordinator's key is the population's name; agents, adversaries and environment instances add
/// "/team/seat" or "/team/instance". Users type the same keys.
/// </summary>
public static class GrainKeys
{
    private const int MaxShown = 120;
    private const int MaxDeviceLength = 20;

    /// <summary>The key of the one directory grain.</summary>
    public const string Directory = "directory";

    /// <summary>The key of an agent or adversary.</summary>
    public static string Seat(string population, int team, int seat) =>
        string.Create(CultureInfo.InvariantCulture, $"{population}/{team}/{seat}");

    /// <summary>The key of an environment instance.</summary>
    public static string Instance(string population, int team, int instance) => Seat(population, team, instance);

    /// <summary>The key of a learner: device and slot, for example "cpu/0".</summary>
    public static string Learner(string device, int slot) => string.Create(CultureInfo.InvariantCulture, $"{device}/{slot}");

    /// <summary>The key of a learner on a cluster: device, slot and silo, for example "cpu/0/10.0.0.7:11111@4711".</summary>
    public static string Learner(string device, int slot, SiloAddress silo) =>
        string.Create(CultureInfo.InvariantCulture, $"{device}/{slot}/{Silo(silo)}");

    /// <summary>The key of the grain that speaks for a silo, for example "10.0.0.7:11111@4711".</summary>
    public static string Silo(SiloAddress silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        return silo.ToParsableString();
    }

    /// <summary>The silo in a key of a silo or learner; null for a key that names none.</summary>
    public static string? SiloOf(string key)
    {
        var last = (key ?? "")[((key ?? "").LastIndexOf('/') + 1)..];
        return last.Contains('@', StringComparison.Ordinal) ? last : null;
    }

    /// <summary>The key of the grain that carries a population or tournament from storage to storage, for example "population/overcooked-1.srpo".</summary>
    public static string Transfer(WorkKind kind, string name) => $"{(kind == WorkKind.Population ? "population" : "tournament")}/{name}";

    /// <summary>Takes a key of <see cref="Transfer"/> apart.</summary>
    /// <exception cref="GrainKeyException">The key has another form; the message says which is expected.</exception>
    public static (WorkKind Kind, string Name) ParseTransfer(string key)
    {
        foreach (var kind in Enum.GetValues<WorkKind>())
        {
            if (key?[(key.IndexOf('/', StringComparison.Ordinal) + 1)..] is { } name && key == Transfer(kind, name)) return (kind, CheckName(name));
        }

        throw new GrainKeyException($"'{Shown(key)}' is not a key of a transfer; write population/NAME or tournament/NAME");
    }

    /// <summary>Takes a key "population/team/seat" apart.</summary>
    /// <exception cref="GrainKeyException">The key has another form; the message says which is expected.</exception>
    public static MemberKey ParseMember(string key)
    {
        var parts = (key ?? "").Split('/');
        if (parts.Length == 3 && PopulationSpec.IsValidName(parts[0]) && TryNumber(parts[1], out var team) && TryNumber(parts[2], out var seat))
            return new MemberKey(parts[0], team, seat);
        throw OfPlayer(parts[0]) ?? new GrainKeyException($"'{Shown(key)}' is not a key of an agent, adversary or environment; write POPULATION/TEAM/SEAT, for example overcooked-1.srpo/0/1");
    }

    /// <summary>Checks a population's or tournament's name used as a key.</summary>
    /// <exception cref="GrainKeyException">The name is not valid.</exception>
    public static string CheckName(string key) => PopulationSpec.IsValidName(key)
        ? key
        : throw OfPlayer(key) ?? new GrainKeyException($"'{Shown(key)}' is not a valid name; use 1 to 100 letters, digits, '-', '_' or '.', not beginning with '.'");

    /// <summary>What is said where a scripted player is named in place of a population of it; null where none is.</summary>
    private static GrainKeyException? OfPlayer(string? name) => name?.StartsWith(ScriptedReference.Prefix, StringComparison.OrdinalIgnoreCase) == true
        ? new GrainKeyException($"'{Shown(name)}' is a player and no population; `srpo import {Shown(name)} --environment ENVIRONMENT --as POPULATION` makes one that plays so")
        : null;

    /// <summary>Takes a learner's key "device/slot" or "device/slot/silo" apart.</summary>
    /// <exception cref="GrainKeyException">The key has another form; the message says which is expected.</exception>
    public static (string Device, int Slot) ParseLearner(string key)
    {
        var parts = (key ?? "").Split('/');
        if ((parts.Length == 2 || (parts.Length == 3 && IsSilo(parts[2]))) && parts[0].Length is > 0 and <= MaxDeviceLength && parts[0].All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '+') && TryNumber(parts[1], out var slot)) return (parts[0], slot);
        throw new GrainKeyException($"'{Shown(key)}' is not a key of a learner; write DEVICE/SLOT, for example cpu/0, on a cluster DEVICE/SLOT/SILO, for example cpu/0/10.0.0.7:11111@4711");
    }

    /// <summary>Checks the key of a silo, as <see cref="Silo"/> writes it.</summary>
    /// <exception cref="GrainKeyException">The key has another form; the message says which is expected.</exception>
    public static string CheckSilo(string key) => IsSilo(key)
        ? key
        : throw new GrainKeyException($"'{Shown(key)}' is not a key of a silo; write ADDRESS:PORT@START as `srpo cluster status` does, for example 10.0.0.7:11111@4711");

    private static bool IsSilo(string? text) => text is not null && SiloAddress.TryParse(text, out var silo) && Silo(silo) == text;

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 1_000_000 && (text[0] != '0' || text.Length == 1);

    /// <summary>A key in a message: no line breaks, which would look like other lines of a log, and no more than is needed to recognise it.</summary>
    public static string Shown(string? key)
    {
        var start = key is null ? "" : key.Length <= MaxShown ? key : key[..MaxShown] + "...";
        return string.Concat(start.Select(c => char.IsControl(c) ? '?' : c));
    }
}

/// <summary>The key of an agent, adversary or environment instance, taken apart.</summary>
/// <param name="Population">Name of the population.</param>
/// <param name="Team">Team within the population, from 0.</param>
/// <param name="Seat">Seat, or environment instance, within the team, from 0.</param>
public readonly record struct MemberKey(string Population, int Team, int Seat);

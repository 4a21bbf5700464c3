using System.Globalization;
using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// Keys of grains. A coordinator's key is the population's name; agents, adversaries and environment instances add
/// "/team/seat" or "/team/instance". Users type the same keys.
/// </summary>
public static class GrainKeys
{
    /// <summary>The key of the one directory grain.</summary>
    public const string Directory = "directory";

    /// <summary>The key of an agent or adversary.</summary>
    public static string Seat(string population, int team, int seat) =>
        string.Create(CultureInfo.InvariantCulture, $"{population}/{team}/{seat}");

    /// <summary>The key of an environment instance.</summary>
    public static string Instance(string population, int team, int instance) => Seat(population, team, instance);

    /// <summary>The key of a learner: device and slot, for example "cpu/0".</summary>
    public static string Learner(string device, int slot) => string.Create(CultureInfo.InvariantCulture, $"{device}/{slot}");

    /// <summary>Takes a key "population/team/seat" apart.</summary>
    /// <exception cref="GrainKeyException">The key has another form; the message says which is expected.</exception>
    public static MemberKey ParseMember(string key)
    {
        var parts = (key ?? "").Split('/');
        if (parts.Length == 3 && PopulationSpec.IsValidName(parts[0]) && TryNumber(parts[1], out var team) && TryNumber(parts[2], out var seat))
            return new MemberKey(parts[0], team, seat);
        throw new GrainKeyException($"'{key}' is not a key of an agent, adversary or environment; write POPULATION/TEAM/SEAT, for example overcooked-1.srpo/0/1");
    }

    /// <summary>Checks a population's or tournament's name used as a key.</summary>
    /// <exception cref="GrainKeyException">The name is not valid.</exception>
    public static string CheckName(string key) => PopulationSpec.IsValidName(key)
        ? key
        : throw new GrainKeyException($"'{key}' is not a valid name; use 1 to 100 letters, digits, '-', '_' or '.', not beginning with '.'");

    /// <summary>Takes a learner's key "device/slot" apart.</summary>
    /// <exception cref="GrainKeyException">The key has another form; the message says which is expected.</exception>
    public static (string Device, int Slot) ParseLearner(string key)
    {
        var parts = (key ?? "").Split('/');
        if (parts.Length == 2 && parts[0] == "cpu" && TryNumber(parts[1], out var slot)) return (parts[0], slot);
        throw new GrainKeyException($"'{key}' is not a key of a learner; write DEVICE/SLOT, for example cpu/0");
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 1_000_000;
}

/// <summary>The key of an agent, adversary or environment instance, taken apart.</summary>
/// <param name="Population">Name of the population.</param>
/// <param name="Team">Team within the population, from 0.</param>
/// <param name="Seat">Seat, or environment instance, within the team, from 0.</param>
public readonly record struct MemberKey(string Population, int Team, int Seat);

using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments.Runs;

/// <summary>
/// Who sits where when a user names agents: one agent or team per seat, or one for a whole team; the opponents that
/// a population trained against take the seats after the team's.
/// </summary>
public sealed class Seats
{
    private readonly IStateReader _state;
    private readonly Dictionary<string, PopulationSpec> _specs = new(StringComparer.Ordinal);

    /// <summary>Seats whose policies come from a reader.</summary>
    /// <param name="state">Who is asked.</param>
    public Seats(IStateReader state) => _state = state;

    /// <summary>The spec of the population in a key POPULATION/TEAM or POPULATION/TEAM/SEAT.</summary>
    public async Task<PopulationSpec> SpecAsync(string key)
    {
        var population = GrainKeys.ParseMember(WithSeat(key, 0)).Population;
        if (!_specs.TryGetValue(population, out var spec))
            _specs[population] = spec = (await _state.GetSpecAsync(population)).RequirePlugins();
        return spec;
    }

    /// <summary>The policies of all seats.</summary>
    /// <param name="keys">What the user named: one for the team, one for each free seat of the team, or one for each free seat at all.</param>
    /// <param name="info">The environment.</param>
    /// <param name="person">A seat of the team that stays free; null for none.</param>
    /// <returns>[Info.Seats] policies, null in the free seat.</returns>
    /// <exception cref="SrpoException">The number of keys fits in no way.</exception>
    public async Task<PolicySnapshot?[]> TakeAsync(IReadOnlyList<string> keys, EnvironmentInfo info, int? person = null)
    {
        int[] team = [.. Enumerable.Range(0, info.TeamSeats).Where(seat => seat != person)];
        int[] all = [.. Enumerable.Range(0, info.Seats).Where(seat => seat != person)];
        var players = new PolicySnapshot?[info.Seats];
        if (keys.Count == all.Length)
        {
            for (var i = 0; i < all.Length; i++) players[all[i]] = await PolicyAsync(keys[i], info, all[i]);
            return players;
        }

        if (keys.Count != team.Length && keys.Count != 1) throw WrongCount(keys.Count, team.Length, all.Length, info);
        if (keys.Count == 1 && team.Length > 1 && IsOneSeat(keys[0]) && !(await SpecAsync(keys[0])).Training.UsesOnePolicy())
        {
            // Where there is no such agent, that is what is wrong.
            await _state.GetPolicyAsync(keys[0]);
            throw new SrpoException(ErrorKind.Usage, $"{keys[0]} is trained for one seat; name an agent for each, or the team: {keys[0][..keys[0].LastIndexOf('/')]}");
        }

        for (var i = 0; i < team.Length; i++) players[team[i]] = await PolicyAsync(keys[keys.Count == 1 ? 0 : i], info, team[i]);
        for (var seat = info.TeamSeats; seat < info.Seats; seat++) players[seat] = await OpponentAsync(keys[0], info, seat);
        return players;
    }

    /// <summary>The agent that a user names for a seat.</summary>
    private async Task<PolicySnapshot> PolicyAsync(string key, EnvironmentInfo info, int seat)
    {
        var spec = await SpecAsync(key);
        var agent = IsOneSeat(key) ? key : WithSeat(key, spec.Training.UsesOnePolicy() ? 0 : seat);
        return Fitting(await _state.GetPolicyAsync(agent), info);
    }

    /// <summary>A policy that can play in an environment.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="info">The environment.</param>
    /// <exception cref="SrpoException">It was trained on something else.</exception>
    public static PolicySnapshot Fitting(PolicySnapshot policy, EnvironmentInfo info)
    {
        var network = policy.Network;

        if (network.Scripted is { } player)
            return ScriptedPolicy.Misfit(player, info) is { } reason ? throw new SrpoException(ErrorKind.Usage, $"{policy.Key} cannot play in {info.Name} {info.Variant}: {reason}") : policy;

        // An encoding that this program does not know is for whoever plays the policy to refuse.
        return Enum.TryParse<ObservationEncoding>(network.Encoding, out var encoding) && ActorShape.Misfit(encoding, network.Inputs, network.Actions, info) is { } misfit
            ? throw new SrpoException(ErrorKind.Usage, $"{policy.Key} cannot play in {info.Name} {info.Variant}: {misfit}")
            : policy;
    }

    /// <summary>The frozen policy that the first team trained against, or the agent of its team that learned in that seat.</summary>
    private async Task<PolicySnapshot> OpponentAsync(string key, EnvironmentInfo info, int seat)
    {
        var spec = await SpecAsync(key);
        if (spec.Opponents.Count == 0) return await PolicyAsync(IsOneSeat(key) ? key[..key.LastIndexOf('/')] : key, info, seat);
        var opponent = spec.Opponents[seat - info.TeamSeats];
        return Fitting(await _state.GetPolicyAfterAsync(opponent.Agent, opponent.Round), info);
    }

    private static bool IsOneSeat(string key) => key.Count(c => c == '/') == 2;

    private static string WithSeat(string key, int seat) =>
        key.Count(c => c == '/') == 1 ? string.Create(CultureInfo.InvariantCulture, $"{key}/{seat}") : key;

    private static SrpoException WrongCount(int given, int team, int all, EnvironmentInfo info)
    {
        var each = team == all ? "" : string.Create(CultureInfo.InvariantCulture, $", or {all} with the opponents'");
        return new SrpoException(ErrorKind.Usage, string.Create(
            CultureInfo.InvariantCulture, $"{given} agents are named; in {info.Name} {info.Variant} name one team for all seats of the team, or an agent for each of {team}{each}"));
    }
}

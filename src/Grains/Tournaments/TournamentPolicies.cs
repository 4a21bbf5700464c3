using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Grains;

/// <summary>The runs of a tournament and where their policies are; the silos that play fetch them.</summary>
/// <param name="Players">The runs.</param>
/// <param name="Teams">Of every run, a policy for each seat of the team; the same one where it is shared.</param>
/// <param name="Seating">How two runs share the seats.</param>
/// <param name="Plugins">The plug-ins of the scripted players among them and among the opponents.</param>
internal sealed record TournamentPolicies(TournamentPlayer[] Players, PolicyReference[][] Teams, Seating Seating, IReadOnlyList<PluginReference> Plugins)
{
    /// <summary>Policies that are read at the same time.</summary>
    private const int Readers = 32;

    /// <summary>Looks at the policies of finished populations, whether they are there and can play.</summary>
    /// <exception cref="SrpoGrainException">A population is unknown or unfinished, or a policy cannot play in the environment.</exception>
    /// <exception cref="CorruptStateException">The newest checkpoint of an agent cannot be read, and older ones are not allowed.</exception>
    public static async Task<TournamentPolicies> GatherAsync(IGrainFactory grains, TournamentSpec spec, EnvironmentInfo environment)
    {
        var specs = new List<(PopulationSpec Spec, TeamStatus[] Teams)>();
        foreach (var name in spec.Populations)
        {
            var coordinator = grains.GetGrain<ICoordinatorGrain>(name);
            var status = await coordinator.GetStatusAsync();
            if (status.Phase != PopulationPhase.Finished) throw await UnfinishedAsync(coordinator, status);
            var population = await coordinator.GetSpecAsync();
            if (MethodRegistry.Find(population.Training.Method) is null) throw new SrpoGrainException($"population '{name}' was trained with the method '{population.Training.Method}', which this build does not know");
            specs.Add((population, status.Teams));
        }

        var count = specs.Sum(population => population.Teams.Length);
        if (count > TournamentSpec.MaxRuns) throw new SrpoGrainException($"the populations have {count} runs together; a tournament takes at most {TournamentSpec.MaxRuns}");
        using var readers = new SemaphoreSlim(Readers);
        var players = new List<TournamentPlayer>(count);
        var runs = new List<Task<SeatPolicy[]>>(count);
        var seats = environment.TeamSeats;
        foreach (var (population, teams) in specs)
        {
            for (var team = 0; team < population.Teams; team++)
            {
                // A run in quarantine plays as it was at its last good checkpoint, so that the matrix keeps its shape.
                int? quarantinedAt = teams[team].Quarantine is null ? null : teams[team].CheckpointRound;
                players.Add(new TournamentPlayer(population.Population, team, population.Training.Method, quarantinedAt));
                runs.Add(RunAsync(population, team, quarantinedAt ?? population.Training.Iterations));
            }
        }

        var policies = await Task.WhenAll(runs);
        for (var i = 0; i < policies.Length; i++)
        {
            var policy = policies[i];
            players[i] = players[i] with
            {
                Rounds = [.. policy.Select(seat => seat.Reference.Round)],
                Weights = Array.TrueForAll(policy, seat => seat.Weights is not null) ? [.. policy.Select(seat => seat.Weights!)] : null,
                Older = Array.Find(policy, seat => seat.Older is not null)?.Older,
            };
        }

        var opponents = (spec.Opponents ?? []).Select(reference => grains.GetGrain<IAgentGrain>(reference.Agent).GetPolicyAfterAsync(reference.Round));
        var plugins = new HashSet<PluginReference>(specs.SelectMany(population => population.Spec.Imported ?? []).Select(policy => policy.Scripted?.Plugin).OfType<PluginReference>());
        foreach (var opponent in await Task.WhenAll(opponents))
        {
            Check(opponent.Key, opponent.Network, environment);
            if (opponent.Network.Scripted?.Plugin is { } plugin) plugins.Add(plugin);
        }

        var seating = Seatings.For(seats, specs.TrueForAll(population => population.Spec.Training.UsesOnePolicy()));
        return new TournamentPolicies([.. players], Array.ConvertAll(policies, run => Array.ConvertAll(run, seat => seat.Reference)), seating, [.. plugins]);

        async Task<SeatPolicy[]> RunAsync(PopulationSpec population, int team, int rounds)
        {
            await readers.WaitAsync();
            try
            {
                var run = new SeatPolicy[seats];
                for (var seat = 0; seat < seats; seat++)
                    run[seat] = seat > 0 && population.Training.UsesOnePolicy() ? run[0] : await PolicyAsync(grains, GrainKeys.Seat(population.Population, team, seat), rounds, environment, spec.AllowOlder);
                return run;
            }
            finally
            {
                readers.Release();
            }
        }
    }

    private static async Task<SeatPolicy> PolicyAsync(IGrainFactory grains, string key, int rounds, EnvironmentInfo environment, bool allowOlder)
    {
        // What it says of itself is enough here; the silos that play fetch its parameters.
        var agent = await grains.GetGrain<IAgentGrain>(key).QueryAsync();
        string? older = null;
        if (agent.Version != rounds)
        {
            older = agent.Older ?? string.Create(
                CultureInfo.InvariantCulture,
                $"agent '{agent.Key}' stands at round {agent.Version} of {rounds}; resume the population '{GrainKeys.ParseMember(key).Population}', which trains it again, then start the tournament again");
            if (!allowOlder || agent.Version > rounds) throw new CorruptStateException(older);
        }

        Check(agent.Key, agent.Network, environment);
        return new SeatPolicy(new PolicyReference(agent.Key, agent.Version), agent.Weights, older);
    }

    /// <summary>The policy in a seat.</summary>
    /// <param name="Reference">Whose it is, and of which round.</param>
    /// <param name="Weights">Hash of its weights; null from builds that know none.</param>
    /// <param name="Older">Why it is older than it should be, or null.</param>
    private sealed record SeatPolicy(PolicyReference Reference, string? Weights, string? Older);

    private static void Check(string agent, NetworkDescription network, EnvironmentInfo environment)
    {
        if (Wire.Misfit(agent, network, environment) is { } misfit)
            throw new SrpoGrainException($"agent '{agent}' cannot play in {environment.Name} {environment.Variant}: {misfit}");
    }

    private static async Task<SrpoGrainException> UnfinishedAsync(ICoordinatorGrain coordinator, PopulationStatus status)
    {
        var done = status.Teams.Count(team => team.Round == status.Rounds);
        var how = status.Phase == PopulationPhase.Training ? "wait until it has finished" : "resume it and wait until it has finished";

        // What is said with a warning and is not certain comes from an older record than the newest, which cannot be read.
        var damaged = status is { Warning: not null, Phase: not PopulationPhase.Training } && !(await coordinator.GetCheckpointAsync(0)).Certain;
        var trouble = damaged ? $" as far as can be read ({status.Warning})" : "";
        return new SrpoGrainException(
            damaged ? ErrorKind.Damaged : ErrorKind.Usage,
            $"population '{status.Population}' is {status.Phase.ToString().ToLowerInvariant()}{trouble}, {done} of {status.Teams.Length} runs have finished; {how}, then start the tournament again");
    }
}

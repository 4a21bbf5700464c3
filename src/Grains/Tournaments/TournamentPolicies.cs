using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>The runs of a tournament with their policies for both seats.</summary>
internal sealed record TournamentPolicies(TournamentPlayer[] Players, PolicySnapshot[] Seat0, PolicySnapshot[] Seat1)
{
    /// <summary>More runs would make a matrix that nobody can read or store.</summary>
    private const int MaxPlayers = 2000;

    /// <summary>Collects the policies of finished populations.</summary>
    /// <exception cref="SrpoGrainException">A population is unknown or unfinished, or a policy cannot play in the environment.</exception>
    public static async Task<TournamentPolicies> GatherAsync(IGrainFactory grains, TournamentSpec spec, EnvironmentInfo environment)
    {
        var specs = new List<(PopulationSpec Spec, TeamStatus[] Teams)>();
        foreach (var name in spec.Populations)
        {
            var coordinator = grains.GetGrain<ICoordinatorGrain>(name);
            var status = await coordinator.GetStatusAsync();
            if (status.Phase != PopulationPhase.Finished) throw Unfinished(status);
            specs.Add((await coordinator.GetSpecAsync(), status.Teams));
        }

        var count = specs.Sum(population => population.Teams.Length);
        if (count > MaxPlayers) throw new SrpoGrainException($"the populations have {count} runs together; a tournament takes at most {MaxPlayers}");
        var players = new List<TournamentPlayer>(count);
        var (seat0, seat1) = (new List<PolicySnapshot>(count), new List<PolicySnapshot>(count));
        foreach (var (population, teams) in specs)
        {
            var second = population.Training.Method == Method.SelfPlay ? 0 : 1;
            for (var team = 0; team < population.Teams; team++)
            {
                // A run in quarantine plays as it was at its last good checkpoint, so that the matrix keeps its shape.
                int? quarantinedAt = teams[team].Quarantine is null ? null : teams[team].CheckpointRound;
                var rounds = quarantinedAt ?? population.Training.Iterations;
                var first = await PolicyAsync(grains, population, team, 0, rounds, environment);
                players.Add(new TournamentPlayer(population.Population, team, MethodNames.Of(population.Training.Method), quarantinedAt));
                seat0.Add(first);
                seat1.Add(second == 0 ? first : await PolicyAsync(grains, population, team, second, rounds, environment));
            }
        }

        return new TournamentPolicies([.. players], [.. seat0], [.. seat1]);
    }

    private static async Task<PolicySnapshot> PolicyAsync(
        IGrainFactory grains, PopulationSpec population, int team, int seat, int rounds, EnvironmentInfo environment)
    {
        var snapshot = await grains.GetGrain<IAgentGrain>(GrainKeys.Seat(population.Population, team, seat)).GetPolicyAsync();
        if (snapshot.Version != rounds)
        {
            throw new SrpoGrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"agent '{snapshot.Key}' stands at round {snapshot.Version} of {rounds} because its last checkpoint cannot be read; resume the population '{population.Population}', which trains it again, then start the tournament again"));
        }

        var policy = Wire.ToPolicy(snapshot);
        var length = environment.ObservationLengths[(int)policy.Encoding];
        if (length != policy.Shape.Inputs || environment.Actions != policy.Shape.Outputs)
        {
            throw new SrpoGrainException(string.Create(
                CultureInfo.InvariantCulture,
                $"agent '{snapshot.Key}' cannot play in {environment.Name} {environment.Variant}: it observes {policy.Shape.Inputs} numbers ({policy.Encoding}) and has {policy.Shape.Outputs} actions, the environment has {length} and {environment.Actions}"));
        }

        return snapshot;
    }

    private static SrpoGrainException Unfinished(PopulationStatus status)
    {
        var done = status.Teams.Count(team => team.Round == status.Rounds);
        var how = status.Phase == PopulationPhase.Training ? "wait until it has finished" : "resume it and wait until it has finished";
        return new SrpoGrainException(
            $"population '{status.Population}' is {status.Phase.ToString().ToLowerInvariant()}, {done} of {status.Teams.Length} runs have finished; {how}, then start the tournament again");
    }
}

using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments.Runs;

/// <summary>Puts opponents beside populations that exist already.</summary>
public static class OpponentSets
{
    /// <summary>Every layout with each of the opponents.</summary>
    /// <param name="session">The grains.</param>
    /// <param name="specs">The populations that play.</param>
    /// <param name="teams">POPULATION/TEAM each; none for the opponents of training.</param>
    /// <param name="layouts">The layouts.</param>
    /// <exception cref="SrpoException">A team does not exist, or it is not clear who the opponents are.</exception>
    public static async Task<IReadOnlyList<EvaluationLayout>> ApplyAsync(
        IGrainSession session, IReadOnlyList<PopulationSpec> specs, IReadOnlyList<string> teams, IReadOnlyList<EvaluationLayout> layouts)
    {
        var info = EnvironmentFactory.Info(specs[0].Environment);
        AgentReference[] training = [.. specs[0].Opponents.Select(Reference)];
        var odd = specs.FirstOrDefault(spec => !spec.Opponents.SequenceEqual(specs[0].Opponents));
        if (teams.Count == 0)
        {
            if (odd is not null) throw new SrpoException(ErrorKind.Usage, $"{specs[0].Population} and {odd.Population} trained against different opponents; choose some with --opponent POPULATION/TEAM");
            if (training.Length < info.Seats - info.TeamSeats) throw new SrpoException(ErrorKind.Usage, $"{specs[0].Population} has no frozen opponents; name some with --opponent POPULATION/TEAM");
            return [.. layouts.Select(layout => layout with { Opponents = training })];
        }

        if (info.Seats == info.TeamSeats) throw new SrpoException(ErrorKind.Usage, $"--opponent: {info.Name} {info.Variant} has no seats for opponents");
        var all = new List<EvaluationLayout>();
        foreach (var layout in layouts)
        {
            foreach (var team in teams)
            {
                var opponents = await ReadAsync(session, info, team);
                var known = odd is null && opponents.SequenceEqual(training);
                var suffix = opponents[0].Name().Replace('/', '-');
                var name = known ? layout.Name : layout.Name == ExperimentKeys.TrainingLayout ? suffix : $"{layout.Name}-{suffix}";
                if (all.Any(other => other.Name == name)) throw new SrpoException(ErrorKind.Usage, $"--opponent {team}: named twice");
                all.Add(layout with { Name = name, Base = layout.Name, Opponents = opponents, UnseenOpponents = !known && training.Length > 0 });
            }
        }

        return all;
    }

    private static async Task<AgentReference[]> ReadAsync(IGrainSession session, EnvironmentInfo info, string team)
    {
        if (team.Count(c => c == '/') != 1) throw new SrpoException(ErrorKind.Usage, $"--opponent {team}: write POPULATION/TEAM");
        var key = GrainKeys.ParseMember(team + "/0");
        var spec = (await session.Grains.GetGrain<ICoordinatorGrain>(key.Population).GetSpecAsync()).RequirePlugins();
        if (key.Team >= spec.Teams) throw new SrpoException(ErrorKind.NotFound, string.Create(CultureInfo.InvariantCulture, $"--opponent {team}: {spec.Population} has the teams 0 to {spec.Teams - 1}"));
        if (spec.Opponents.Count > 0) throw new SrpoException(ErrorKind.Usage, $"--opponent {team}: {spec.Population} plays against frozen opponents itself and has no agents in their seats");
        return [.. Enumerable.Range(info.TeamSeats, info.Seats - info.TeamSeats).Select(seat => new AgentReference(spec.Population, key.Team, seat, spec.Training.Iterations))];
    }

    private static AgentReference Reference(PolicyReference policy)
    {
        var key = GrainKeys.ParseMember(policy.Agent);
        return new AgentReference(key.Population, key.Team, key.Seat, policy.Round);
    }
}

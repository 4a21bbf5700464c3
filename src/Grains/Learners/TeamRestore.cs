using System.Globalization;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Brings a team back to the newest round that all of its actors have stored.</summary>
internal static class TeamRestore
{
    /// <summary>How often a team's grains are asked to come.</summary>
    private const int Attempts = 8;

    public static async Task<RestoreReply> RunAsync(GrainHost host, TeamPlan plan, RestoreRequest request)
    {
        var (spec, known) = (request.Spec, request.KnownRound);
        var actors = TeamActors.Actors(host.Grains, request.Population, request.Team, plan);
        await GatherAsync(host, actors, TeamActors.Environments(host.Grains, request.Population, request.Team, plan));
        var stored = await Task.WhenAll(actors.Select(actor => actor.GetCheckpointVersionsAsync()));
        var common = stored[0].Where(round => round <= spec.Training.Iterations && stored.All(versions => versions.Contains(round)));

        // A checkpoint whose curve the coordinator did not store is used only if there is no other.
        // The first one is no loss: beginning anew repeats a single interval and gives the curve in full, also where the coordinator
        // knows some rounds of it that no checkpoint belongs to.
        var candidates = common
            .Where(round => round > spec.CheckpointInterval || !TeamTraining.HasPointBetween(spec.Training, plan, known, round))
            .OrderBy(round => TeamTraining.HasPointBetween(spec.Training, plan, known, round))
            .ThenByDescending(round => round)
            .Append(0);
        foreach (var round in candidates)
        {
            var ready = await Task.WhenAll(actors.Select(actor => actor.PrepareAsync(spec, round, request.Session)));
            if (ready.All(stands => stands)) return new RestoreReply(round, await WarningAsync(actors, plan, request, round));
        }

        throw new SrpoGrainException($"team {request.Team} of '{request.Population}' cannot be brought to any round; look at the warnings of its agents");
    }

    private static async Task<string?> WarningAsync(ITeamActor[] actors, TeamPlan plan, RestoreRequest request, int round)
    {
        var reports = await Task.WhenAll(actors.Select(actor => actor.AsReference<IActorGrain>().QueryAsync()));
        var warnings = reports.Where(report => report.Warning is not null).Select(report => report.Warning!).Distinct().ToList();
        if (round == 0 && request.KnownRound > 0 && warnings.Count > 0)
            warnings.Add("no complete checkpoint is left, the team begins anew");
        else if (round > 0 && TeamTraining.HasPointBetween(request.Spec.Training, plan, request.KnownRound, round))
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"the learning curve has no points between round {request.KnownRound} and round {round}"));
        return warnings.Count == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"team {request.Team} goes on from round {round}: {string.Join("; ", warnings)}");
    }

    /// <summary>
    /// Asks every grain of the team to come here. What is not active yet begins here; what is active elsewhere, perhaps because somebody asked it
    /// before, moves. One that is slow to come costs messages between silos and nothing else, so it is not waited for long.
    /// </summary>
    private static async Task GatherAsync(GrainHost host, ITeamActor[] actors, ITeamEnvironment[] environments)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            Task<bool[]> moving;
            using (PlacementHint.To(host.Here))
                moving = Task.WhenAll(actors.Select(actor => actor.MoveToAsync(host.Here)).Concat(environments.Select(environment => environment.MoveToAsync(host.Here))));
            var there = await moving;
            if (Array.TrueForAll(there, arrived => arrived)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10 << attempt), host.Time);
        }
    }
}

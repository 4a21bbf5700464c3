namespace Srpo.Grains;

/// <summary>Brings the grains of a team to the silo of its learner.</summary>
internal static class TeamGathering
{
    private const int Attempts = 8;

    /// <summary>
    /// Asks every grain to come. What is not active yet begins here; what is active elsewhere, perhaps because somebody asked it
    /// before, moves. One that is slow to come costs messages between silos and nothing else, so it is not waited for long.
    /// </summary>
    public static async Task RunAsync(SiloAddress here, ITeamActor[] actors, ITeamEnvironment[] environments)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            Task<bool[]> moving;
            using (PlacementHint.To(here))
                moving = Task.WhenAll(actors.Select(actor => actor.MoveToAsync(here)).Concat(environments.Select(environment => environment.MoveToAsync(here))));
            var there = await moving;
            if (Array.TrueForAll(there, arrived => arrived)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10 << attempt));
        }
    }
}

using Srpo.Core.Errors;

namespace Srpo.Client.Development;

/// <summary>How a process of a development cluster was ended.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Outcome">ended, killed, or had died before.</param>
internal sealed record DevEnding(string Name, DevOutcome Outcome);

/// <summary>How a process came to its end.</summary>
internal enum DevOutcome
{
    /// <summary>When it was asked to.</summary>
    Ended,

    /// <summary>It had to be killed.</summary>
    Killed,

    /// <summary>It had died before.</summary>
    WasDead,
}

/// <summary>Ends processes of a development cluster: the dashboard, then the silos, which store what is under way, then the storage.</summary>
/// <param name="say">Takes a line about what is waited for.</param>
/// <param name="patience">How long each may take before it is killed.</param>
/// <param name="cancellation">Gives up waiting; what has not ended goes on ending.</param>
internal sealed class DevEnd(Action<string> say, TimeSpan patience, CancellationToken cancellation)
{
    /// <summary>What silos get whose storage is gone: whatever they wait for, they cannot store it.</summary>
    private static readonly TimeSpan PatienceInVain = TimeSpan.FromSeconds(10);

    /// <summary>Ends them.</summary>
    /// <param name="parts">The processes, in any order.</param>
    /// <returns>How each ended, in order.</returns>
    /// <exception cref="SrpoException">It was interrupted, or something cannot be ended.</exception>
    public async Task<IReadOnlyList<DevEnding>> RunAsync(IReadOnlyList<DevPart> parts)
    {
        var endings = new List<DevEnding>();
        var storageDied = parts.Any(part => part is { IsStorage: true, Died: true });
        foreach (var group in parts.GroupBy(part => part.IsStorage ? 2 : part.IsSilo ? 1 : 0).OrderBy(group => group.Key))
        {
            // Silos end together: one by one, each would hand over to the next what that one hands over again.
            DevPart[] members = [.. group.OrderBy(part => part.Name, StringComparer.Ordinal)];
            string[] alive = [.. members.Where(part => part.IsAlive).Select(part => part.Name)];
            var died = members.Where(part => part.Died).ToHashSet();
            var inVain = storageDied && members[0].IsSilo && patience > PatienceInVain;
            if (alive.Length > 0) say($"ending {string.Join(", ", alive)}{(inVain ? $", at most {PatienceInVain.TotalSeconds:0} s: their storage has died, and nothing can be stored" : "")}");
            foreach (var part in members) part.Ask();
            foreach (var part in members)
            {
                try
                {
                    var ended = await part.EndedAsync(inVain ? PatienceInVain : patience, cancellation);
                    endings.Add(new DevEnding(part.Name, died.Contains(part) ? DevOutcome.WasDead : ended ? DevOutcome.Ended : DevOutcome.Killed));
                }
                catch (OperationCanceledException)
                {
                    throw new SrpoException(
                        ErrorKind.Interrupted, $"interrupted while {part.Name} was ending; still there: {string.Join(", ", parts.Where(each => each.IsAlive).Select(each => each.Name).Order(StringComparer.Ordinal))}. `srpo dev down` goes on");
                }
            }
        }

        return endings;
    }
}

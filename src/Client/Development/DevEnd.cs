using Srpo.Client.Live;
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

/// <summary>Ends a development cluster: the dashboard, then the silos, which store what is under way, then the storage.</summary>
/// <param name="folder">The cluster's folder, which this command has taken.</param>
/// <param name="patience">How long each may take before it is killed.</param>
/// <param name="cancellation">Gives up waiting; what has not ended goes on ending.</param>
internal sealed class DevEnd(DevFolder folder, TimeSpan patience, CancellationToken cancellation)
{
    /// <summary>Ends all of whom something is noted, whatever else is known of the cluster.</summary>
    /// <returns>How each ended, in order.</returns>
    /// <exception cref="SrpoException">It was interrupted, or something cannot be ended.</exception>
    public async Task<IReadOnlyList<DevEnding>> RunAsync()
    {
        var parts = folder.Noted.Where(DevPart.IsName).Select(name => new DevPart(folder, name)).ToArray();
        var endings = new List<DevEnding>();
        foreach (var group in parts.GroupBy(part => Order(part.Name)).OrderBy(group => group.Key))
        {
            // Silos end together: one by one, each would hand over to the next what that one hands over again.
            var alive = group.ToDictionary(part => part.Name, part => part.IsAlive, StringComparer.Ordinal);
            foreach (var part in group) part.Ask(part.Name == PostgresStorage.Name ? UnixSignal.Interrupt : UnixSignal.Terminate);
            foreach (var part in group.OrderBy(part => part.Name, StringComparer.Ordinal))
            {
                try
                {
                    var ended = await part.EndedAsync(patience, cancellation);
                    endings.Add(new DevEnding(part.Name, !alive[part.Name] ? DevOutcome.WasDead : ended ? DevOutcome.Ended : DevOutcome.Killed));
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

    private static int Order(string name) => name == DevPart.Dashboard ? 0 : DevPart.IsSilo(name) ? 1 : 2;
}

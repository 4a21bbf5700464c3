using Orleans;

namespace Srpo.Core.Settings;

/// <summary>A frozen policy: an agent as it was after a round.</summary>
/// <param name="Agent">The agent's key, POPULATION/TEAM/SEAT.</param>
/// <param name="Round">The round, at least 1: the last of its training, or one of its population's snapshots.</param>
[GenerateSerializer, Alias("srpo.PolicyReference"), Immutable]
public sealed record PolicyReference([property: Id(0)] string Agent, [property: Id(1)] int Round)
{
    /// <summary>Whether it can name a policy.</summary>
    internal bool IsValid => Round >= 1 && Agent is { Length: <= 200 } && Agent.Split('/') is [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }];

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Agent}@{Round}");
}

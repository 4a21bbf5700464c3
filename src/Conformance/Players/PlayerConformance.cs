using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;

namespace Srpo.Conformance.Players;

/// <summary>
/// What must hold for every scripted player, whoever wrote it (<see cref="ScriptedPlayer"/> says it in words), as checks that have it play all seats. A check that passes has seen no
/// fault in the games that it played; it proves nothing of others.
/// </summary>
public static class PlayerConformance
{
    /// <summary>Seats that act at once, seats that take turns and have masks, and seats of opponents: where players for any environment are tried.</summary>
    private static readonly EnvironmentSettings[] Environments = [new("gridworld", "official"), new("hanabi", "3x3-2p"), new("tag", "simple-tag")];

    private static readonly PlayerCheck[] Battery =
    [
        new("description", "name, environment and sizes fit each other", PlayerChecks.Description),
        new("probabilities", "probabilities are finite, not negative and add up to 1", PlayerChecks.Probabilities),
        new("legal actions", "no illegal action gets any probability", PlayerChecks.LegalActions),
        new("equal seeds", "equal seeds give equal play, also at the same time on other threads", PlayerChecks.EqualSeeds),
        new("memory", "nothing is remembered but notes, and those of no earlier episode", PlayerChecks.Memory),
        new("lanes", "what is done in a lane does not depend on how many are beside it", PlayerChecks.Lanes),
        new("allocation", "a turn allocates nothing", PlayerChecks.Allocation),
    ];

    /// <summary>Name and meaning of every check.</summary>
    public static IReadOnlyList<(string Name, string Description)> Checks => [.. Battery.Select(check => (check.Name, check.Description))];

    /// <summary>The environments on which a player is checked: all built-in variants of the one that it is for, as far as it does not refuse them; some, where it is for any.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="more">Environments on which one for any is checked besides.</param>
    /// <exception cref="SrpoException">There is no such player.</exception>
    public static IReadOnlyList<EnvironmentSettings> EnvironmentsOf(string name, IReadOnlyList<EnvironmentSettings>? more = null)
    {
        var player = Get(name);
        if (player.Environment is null) return [.. Environments, .. more ?? []];

        // One that is for no known environment is tried nowhere, and said to be wrong all the same.
        if (EnvironmentFactory.Registrations.FirstOrDefault(known => known.Name == player.Environment) is not { IsStepped: true } registration) return [new(player.Environment, "")];
        EnvironmentSettings[] variants = [.. registration.Variants.Select(variant => new EnvironmentSettings(registration.Name, variant))];
        EnvironmentSettings[] fitting = [.. variants.Where(settings => player.Misfit(EnvironmentFactory.Info(settings)) is null)];
        return fitting.Length > 0 ? fitting : variants[..1];
    }

    /// <summary>Checks a player.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="seed">Seed of the games.</param>
    /// <param name="more">Environments on which one for any is checked besides.</param>
    /// <param name="cancellation">Ends it early, between checks.</param>
    /// <returns>Results as they come, in a fixed order: for every environment of <see cref="EnvironmentsOf"/>, every check.</returns>
    /// <exception cref="SrpoException">There is no such player.</exception>
    public static IEnumerable<CheckResult> Run(string name, ulong seed = 1, IReadOnlyList<EnvironmentSettings>? more = null, CancellationToken cancellation = default) =>
        Each(Get(name), EnvironmentsOf(name, more), seed, cancellation);

    /// <summary>One check of a player on one environment.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="environment">One of those of <see cref="EnvironmentsOf"/>.</param>
    /// <param name="check">Name of the check.</param>
    /// <param name="seed">Seed of the games.</param>
    /// <exception cref="SrpoException">There is no such player.</exception>
    public static CheckResult Run(string name, EnvironmentSettings environment, string check, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return Run(Get(name), environment, Battery.Single(known => known.Name == check), seed);
    }

    private static ScriptedPlayer Get(string name) =>
        ScriptedPlayers.Find(name) ?? throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("scripted player", name, [.. ScriptedPlayers.All.Select(player => player.Name)]));

    private static IEnumerable<CheckResult> Each(ScriptedPlayer player, IReadOnlyList<EnvironmentSettings> environments, ulong seed, CancellationToken cancellation)
    {
        foreach (var environment in environments)
        {
            foreach (var check in Battery)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Run(player, environment, check, seed);
            }
        }
    }

    private static CheckResult Run(ScriptedPlayer player, EnvironmentSettings environment, PlayerCheck check, ulong seed)
    {
        var result = new CheckResult($"{ScriptedReference.Prefix}{player.Name} on {environment.Name} {environment.Variant}".TrimEnd(), check.Name, CheckVerdict.Passed, "");
        using var subject = new PlayerSubject(player, environment, seed);
        try
        {
            var reason = check.Run(subject);
            return reason is null ? result : result with { Verdict = CheckVerdict.NotApplicable, Message = reason };
        }
        catch (Exception error)
        {
            return result.Broken(error) with { Seed = subject.Last?.Seed, Step = subject.Last?.Steps, Lanes = subject.Last?.Lanes };
        }
    }

    /// <summary>A check.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Description">What holds where it passes.</param>
    /// <param name="Run">Runs it: null where it passed, else why it does not apply; a fault is an exception.</param>
    private sealed record PlayerCheck(string Name, string Description, Func<PlayerSubject, string?> Run);
}

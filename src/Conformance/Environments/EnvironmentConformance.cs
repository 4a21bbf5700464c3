using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Conformance.Environments;

/// <summary>
/// What must hold for every environment, whoever wrote it (<see cref="IVectorEnvironment"/> says it in words), as checks that play it. A check that passes has seen no
/// fault in the games that it played; it proves nothing of others.
/// </summary>
public static class EnvironmentConformance
{
    private static readonly EnvironmentCheck[] Battery =
    [
        new("description", "names, sizes, keys and guide fit each other", DescriptionChecks.Description),
        new("definition", "a completed definition is the same game, and nonsense is refused as a FormatException", DescriptionChecks.Definition),
        new("random play", "rewards are finite, costs are not negative, all is written, episodes end in time", PlayChecks.RandomPlay),
        new("observations", "every encoding is written whole, with finite numbers", PlayChecks.Observations),
        new("ranges", "observations stay within the ranges that are stated of them", PlayChecks.Ranges),
        new("legal actions", "legal actions are taken, others are refused", PlayChecks.LegalActions),
        new("turns", "ToMove stands for the seat that is to move", PlayChecks.Turns),
        new("misuse", "what cannot be is refused, with the exception that says so", PlayChecks.Misuse),
        new("equal seeds", "equal seeds and actions give equal games", CourseChecks.EqualSeeds),
        new("lanes", "a lane's course does not depend on how many are beside it", CourseChecks.Lanes),
        new("looking", "observing, drawing and saving change nothing", CourseChecks.Looking),
        new("save and restore", "a game that was saved goes on elsewhere with the same bits", CourseChecks.SaveAndRestore),
        new("other streams", "episodes go on with other random streams", CourseChecks.OtherStreams),
        new("allocation", "a step allocates nothing", CourseChecks.Allocation),
        new("state numbers", "numbers of observations stand for observations", StateChecks.Numbers),
        new("table", "the table of all states fits the environment", StateChecks.Table),
        new("drawing", "drawings are plain text", DescriptionChecks.Drawing),
    ];

    /// <summary>Name and meaning of every check.</summary>
    public static IReadOnlyList<(string Name, string Description)> Checks => [.. Battery.Select(check => (check.Name, check.Description))];

    /// <summary>Checks an environment in all its built-in variants.</summary>
    /// <param name="name">Its registered name.</param>
    /// <param name="seed">Seed of the games.</param>
    /// <param name="cancellation">Ends it early, between checks.</param>
    /// <returns>Results as they come, in a fixed order.</returns>
    /// <exception cref="ArgumentException">There is no such environment.</exception>
    public static IEnumerable<CheckResult> Run(string name, ulong seed = 1, CancellationToken cancellation = default)
    {
        var registration = EnvironmentFactory.Find(name);
        return registration.Variants.SelectMany(variant => Run(new EnvironmentSettings(name, variant), seed, cancellation));
    }

    /// <summary>Checks one variant of an environment.</summary>
    /// <param name="settings">Which; as <see cref="EnvironmentFactory.Create"/>.</param>
    /// <param name="seed">Seed of the games.</param>
    /// <param name="cancellation">Ends it early, between checks.</param>
    /// <returns>Results as they come, in a fixed order.</returns>
    /// <exception cref="ArgumentException">There is no such environment.</exception>
    public static IEnumerable<CheckResult> Run(EnvironmentSettings settings, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var registration = EnvironmentFactory.Find(settings.Name);
        return registration.IsStepped
            ? Each(registration, settings, seed, cancellation)
            : throw new ArgumentException($"'{settings.Name}' is not played step by step; it brings its own players, and there is nothing to check here", nameof(settings));
    }

    /// <summary>One check of one variant.</summary>
    /// <param name="settings">The variant.</param>
    /// <param name="check">Name of the check.</param>
    /// <param name="seed">Seed of the games.</param>
    public static CheckResult Run(EnvironmentSettings settings, string check, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Run(EnvironmentFactory.Find(settings.Name), settings, Battery.Single(known => known.Name == check), seed);
    }

    private static IEnumerable<CheckResult> Each(EnvironmentRegistration registration, EnvironmentSettings settings, ulong seed, CancellationToken cancellation)
    {
        foreach (var check in Battery)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Run(registration, settings, check, seed);
        }
    }

    private static CheckResult Run(EnvironmentRegistration registration, EnvironmentSettings settings, EnvironmentCheck check, ulong seed)
    {
        var result = new CheckResult($"{settings.Name} {settings.Variant}", check.Name, CheckVerdict.Passed, "");
        EnvironmentSubject? subject = null;
        try
        {
            subject = new EnvironmentSubject(registration, settings, seed);
            var reason = check.Run(subject);
            return reason is null ? result : result with { Verdict = CheckVerdict.NotApplicable, Message = reason };
        }
        catch (Exception error)
        {
            return result.Broken(error) with { Seed = subject?.Last?.Seed, Step = subject?.Last?.Steps, Lanes = subject?.Last?.Lanes };
        }
        finally
        {
            subject?.Dispose();
        }
    }

    /// <summary>A check.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Description">What holds where it passes.</param>
    /// <param name="Run">Runs it: null where it passed, else why it does not apply; a fault is an exception.</param>
    private sealed record EnvironmentCheck(string Name, string Description, Func<EnvironmentSubject, string?> Run);
}

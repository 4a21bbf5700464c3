using Srpo.Core.Settings;
using Srpo.Learning.Methods;

namespace Srpo.Conformance.Methods;

/// <summary>
/// What must hold for every method, whoever wrote it (<see cref="Method"/> says it in words), as checks on small teams. A check that passes has seen no fault there; it
/// proves nothing of other settings.
/// </summary>
public static class MethodConformance
{
    /// <summary>Seats that act at once, seats that take turns and have masks, and seats of opponents: what methods are tried on.</summary>
    private static readonly EnvironmentSettings[] Environments = [new("gridworld", "official"), new("hanabi", "3x3-2p"), new("tag", "simple-tag")];

    private static readonly MethodCheck[] Battery =
    [
        new("description", "names and settings of its own fit each other", PlanChecks.Description),
        new("plan", "every actor sits where it learns, and every seat is taken", PlanChecks.Plan),
        new("settings", "settings of its own can be used throughout their ranges, and tau changes nothing where it is not heeded", PlanChecks.Settings),
        new("gradient", "gradients of its loss are the finite differences of that loss", LossChecks.Gradient),
        new("kernels", "the processor's kernels learn from its loss as the plain device does", LossChecks.Kernels),
        new("equal bits", "equal seeds give equal bits, alone and beside another team on another thread", TrainingChecks.EqualBits),
        new("learning", "who is said to learn does, others stay as they are", TrainingChecks.Learning),
        new("resume", "a team that is gone on with from its states learns on with the same bits", TrainingChecks.Resume),
    ];

    /// <summary>Name and meaning of every check.</summary>
    public static IReadOnlyList<(string Name, string Description)> Checks => [.. Battery.Select(check => (check.Name, check.Description))];

    /// <summary>Checks a method.</summary>
    /// <param name="method">Its id.</param>
    /// <param name="seed">Seed of the teams.</param>
    /// <param name="more">Environments on which it is checked besides.</param>
    /// <param name="cancellation">Ends it early, between checks.</param>
    /// <returns>Results as they come, in a fixed order: for every environment that it can train on, every check.</returns>
    /// <exception cref="SettingsException">There is no such method.</exception>
    public static IEnumerable<CheckResult> Run(string method, ulong seed = 1, IReadOnlyList<EnvironmentSettings>? more = null, CancellationToken cancellation = default)
    {
        var known = MethodRegistry.Get(method);
        return Each(known, [.. Environments, .. more ?? []], seed, cancellation);
    }

    /// <summary>One check of a method on one environment.</summary>
    /// <param name="method">Its id.</param>
    /// <param name="environment">One of those of <see cref="Run(string, ulong, IReadOnlyList{EnvironmentSettings}, CancellationToken)"/>.</param>
    /// <param name="check">Name of the check.</param>
    /// <param name="seed">Seed of the teams.</param>
    /// <exception cref="SettingsException">There is no such method.</exception>
    public static CheckResult Run(string method, EnvironmentSettings environment, string check, ulong seed = 1) =>
        Run(MethodRegistry.Get(method), environment, Battery.Single(known => known.Name == check), seed);

    private static IEnumerable<CheckResult> Each(Method method, EnvironmentSettings[] environments, ulong seed, CancellationToken cancellation)
    {
        foreach (var environment in environments)
        {
            foreach (var check in Battery)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Run(method, environment, check, seed);
            }
        }
    }

    private static CheckResult Run(Method method, EnvironmentSettings environment, MethodCheck check, ulong seed)
    {
        var result = new CheckResult($"{method.Id} on {environment.Name}", check.Name, CheckVerdict.Passed, "");
        try
        {
            var reason = MethodSubject.Create(method, environment, seed, out var subject) ?? check.Run(subject!);
            return reason is null ? result : result with { Verdict = CheckVerdict.NotApplicable, Message = reason };
        }
        catch (Exception error)
        {
            return result.Broken(error) with { Seed = seed };
        }
    }

    /// <summary>A check.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Description">What holds where it passes.</param>
    /// <param name="Run">Runs it: null where it passed, else why it does not apply; a fault is an exception.</param>
    private sealed record MethodCheck(string Name, string Description, Func<MethodSubject, string?> Run);
}

using Srpo.Core.Json;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;

namespace Srpo.Experiments.Reading;

/// <summary>How long a team trains, said in steps in place of `iterations`.</summary>
/// <param name="Key">Which steps are counted.</param>
/// <param name="Steps">How many, at least.</param>
internal sealed record Budget(WholeKey Key, int Steps)
{
    private const string Updates = "iterations";

    /// <summary>Steps of environments, of the whole team.</summary>
    private static readonly WholeKey Environment = new(
        "environmentSteps", 1, int.MaxValue, 0, "In place of iterations: as many updates as give the team so many environment steps, rounded up. What the paper compares methods at.");

    /// <summary>Steps of the policy.</summary>
    private static readonly WholeKey Policy = new(
        "policySteps", 1, int.MaxValue, 0, "In place of iterations: as many updates as give a policy so many steps of its own to learn from, rounded up; those of adversaries and frozen partners do not count.");

    /// <summary>The keys.</summary>
    public static IReadOnlyList<WholeKey> Keys { get; } = [Environment, Policy];

    /// <summary>Whether a key is one of them.</summary>
    public static bool IsKey(string path) => Keys.Any(key => key.Path == path);

    /// <summary>The other keys that say how long a team trains; none where a key says nothing of that.</summary>
    public static IReadOnlyList<string> Rivals(string path) => path == Updates || IsKey(path) ? [.. Keys.Select(key => key.Path).Append(Updates).Where(other => other != path)] : [];

    /// <summary>The budget of an object; null where it has none, and after a problem.</summary>
    /// <param name="members">The object.</param>
    /// <param name="field">Its path.</param>
    /// <param name="reader">Collects problems.</param>
    public static Budget? Read(JsonObjectValue members, string field, ValueReader reader)
    {
        string[] named = [.. Keys.Select(key => key.Path).Append(Updates).Where(path => members[path] is not null)];
        if (named.Length > 1)
        {
            var second = members[named[1]]!;
            reader.Add(second.Origin, $"{field}.{named[1]}", $"{string.Join(" and ", named)} each say how long a team trains", "leave one");
            return null;
        }

        foreach (var key in Keys)
        {
            if (key.Read(members, field + ".", reader) is { } steps) return new Budget(key, steps);
        }

        return null;
    }

    /// <summary>The settings with as many updates as the budget holds.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="environment">The environment of training.</param>
    /// <param name="hasOpponents">Whether frozen opponents take the seats after the team's.</param>
    public TrainingSettings Apply(TrainingSettings settings, EnvironmentInfo environment, bool hasOpponents)
    {
        if (TeamPlan.StepsOfRound(settings, environment, hasOpponents) is not { } steps) return settings;
        var each = Math.Max(1, Key == Environment ? steps.Environment : steps.Policy);
        return settings with { Iterations = (int)((Steps + each - 1) / each) };
    }
}

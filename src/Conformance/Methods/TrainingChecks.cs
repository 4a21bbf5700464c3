using Srpo.Learning;
using Srpo.Learning.Methods;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Methods;

/// <summary>Teams that are trained for some rounds.</summary>
internal static class TrainingChecks
{
    public static string? EqualBits(MethodSubject subject)
    {
        var expected = Trained(subject);
        RequireEqual(subject, expected, Trained(subject), "trained twice from one seed, the team is not the same");

        // What two teams share without knowing shows where they train at the same time.
        LearnerState[]? first = null, second = null;
        Parallel.Invoke(() => first = Trained(subject), () => second = Trained(subject));
        RequireEqual(subject, expected, first!, "trained beside another team, on another thread, the team is not the same");
        RequireEqual(subject, expected, second!, "trained beside another team, on another thread, the team is not the same");
        return null;
    }

    public static string? Learning(MethodSubject subject)
    {
        using var team = subject.Team();
        var before = team.Training.States!;
        Train(team, 1);
        for (var actor = 0; actor < before.Length; actor++)
        {
            var moved = !before[actor].Parameters.AsSpan().SequenceEqual(team.Training.States![actor].Parameters);
            var learns = team.Plan.Objectives[actor].Reward != RewardSource.Nothing;
            Unless(moved == learns, $"{team.Plan.Actors[actor]} is said to {(learns ? "learn" : "learn nothing")}, and its parameters {(moved ? "change" : "stay as they are")} in a round");
        }

        return null;
    }

    public static string? Resume(MethodSubject subject)
    {
        var expected = Trained(subject);
        using var begun = subject.Team();
        Train(begun, 1);
        using var resumed = subject.Team();
        resumed.Training.States = begun.Training.States;
        Train(resumed, MethodSubject.Rounds - 1);
        RequireEqual(subject, expected, resumed.Training.States!, "gone on with after a round, the team is not the same");
        return null;
    }

    public static void Train(LocalTeam team, int rounds)
    {
        // A local team's training never waits for anything.
        for (var round = 0; round < rounds; round++) team.Training.TrainAsync().GetAwaiter().GetResult();
    }

    private static LearnerState[] Trained(MethodSubject subject)
    {
        using var team = subject.Team();
        Train(team, MethodSubject.Rounds);
        return team.Training.States!;
    }

    private static void RequireEqual(MethodSubject subject, LearnerState[] expected, LearnerState[] actual, string what)
    {
        for (var actor = 0; actor < expected.Length; actor++)
        {
            Unless(
                expected[actor].Parameters.AsSpan().SequenceEqual(actual[actor].Parameters) && expected[actor].FirstMoment.AsSpan().SequenceEqual(actual[actor].FirstMoment),
                $"{what}: parameters of {subject.Plan.Actors[actor]} differ after {MethodSubject.Rounds} rounds");
        }
    }
}

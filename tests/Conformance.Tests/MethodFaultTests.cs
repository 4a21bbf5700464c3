using Srpo.Conformance.Methods;
using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Conformance.Tests;

/// <summary>A planted fault of each kind in a method is found, by the check whose business it is.</summary>
public sealed class MethodFaultTests
{
    public enum Fault
    {
        None,
        OwnDefaultOutOfRange,
        StartsNowhere,
        PlayerThatThereIsNot,
        AdversaryThatNeverPlays,
        SameLanes,
        TauUnsaid,
        RangeTooWide,
        WrongGradient,
        GradientIsNotWritten,
        KnowsTheClock,
        Diverges,
        Throws,
    }

    public static TheoryData<Fault, string, string> Faults => new()
    {
        { Fault.OwnDefaultOutOfRange, "description", "is not between" },
        { Fault.StartsNowhere, "plan", "starts as the agent of seat 7" },
        { Fault.PlayerThatThereIsNot, "plan", "casts a player that there is not" },
        { Fault.AdversaryThatNeverPlays, "plan", "plays in no rollout" },
        { Fault.SameLanes, "plan", "draw from the same lanes" },
        { Fault.TauUnsaid, "settings", "tau changes what its actors learn from" },
        { Fault.RangeTooWide, "settings", "gives weights" },
        { Fault.WrongGradient, "gradient", "the finite difference of the loss" },
        { Fault.GradientIsNotWritten, "gradient", "is not finite, or not written" },
        { Fault.KnowsTheClock, "equal bits", "trained twice from one seed, the team is not the same" },
        { Fault.Diverges, "learning", "are no longer finite" },
        { Fault.Throws, "plan", "InvalidOperationException: no plan" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_planted_fault_is_found(Fault fault, string check, string message)
    {
        var result = MethodConformance.Run(Register(fault), new EnvironmentSettings("gridworld", "official"), check);
        Assert.Equal(CheckVerdict.Failed, result.Verdict);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_fault_nothing_is_found()
    {
        Assert.Equal(Enum.GetValues<Fault>().Except([Fault.None]), Faults.Select(row => (Fault)row[0]).Order());
        Assert.All(MethodConformance.Run(Register(Fault.None)), result => Assert.True(result.Verdict == CheckVerdict.Passed || result.Message.StartsWith("it refuses", StringComparison.Ordinal), result.ToString()));
    }

    private static string Register(Fault fault)
    {
        var method = new FaultyMethod(fault);
        MethodRegistry.Register(method);
        return method.Id;
    }

    /// <summary>SRPO with a regulariser, and a fault.</summary>
    private sealed record FaultyMethod(Fault Fault) : AdversarialMethod("faulty-" + Fault.ToString().ToLowerInvariant(), $"SRPO, {Fault}", "a test", "A method with a fault.")
    {
        private static long _clock;

        private readonly OwnSetting _own = new($"faulty-{Fault.ToString().ToLowerInvariant()}.weight", Fault == Fault.OwnDefaultOutOfRange ? 9 : 0.1, 0, 1, "Weight of the regulariser.");

        public override IReadOnlyList<OwnSetting> OwnSettings => [_own];

        public override bool Heeds(string path) => (path == "tau" && Fault != Fault.TauUnsaid) || base.Heeds(path);

        public override int StartsAs(TrainingSettings settings, ActorId actor) => Fault == Fault.StartsNowhere ? 7 : base.StartsAs(settings, actor);

        public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats)
        {
            var rollouts = base.Rollouts(settings, seats);
            return Fault switch
            {
                Fault.PlayerThatThereIsNot => [rollouts[0] with { Cast = [.. rollouts[0].Cast.Take(rollouts[0].Cast.Count - 1), 5] }, .. rollouts.Skip(1)],
                Fault.AdversaryThatNeverPlays => [Together(settings, seats)],
                Fault.SameLanes => [.. rollouts.Select(rollout => rollout with { FirstLane = 0 })],
                Fault.Throws => throw new InvalidOperationException("no plan"),
                _ => rollouts,
            };
        }

        public override Objective Objective(TrainingSettings settings, ActorKind kind)
        {
            var weight = Fault == Fault.KnowsTheClock ? Interlocked.Increment(ref _clock) : Own(settings, _own);
            if (Fault == Fault.RangeTooWide && weight == 0) weight = double.NaN;
            if (kind == ActorKind.Adversary) return Adversary(settings) with { KlWeight = 1 / settings.Tau };
            if (Fault == Fault.Diverges) return new Objective { Reward = RewardSource.MinusAgentsAdvantage };
            return new Objective { EntropyWeight = Fault == Fault.RangeTooWide ? weight : 0, Regulariser = new Squares(double.IsNaN(weight) ? 0 : weight, Fault) };
        }
    }

    /// <summary>R(p) = weight sum p^2.</summary>
    private sealed record Squares(double Weight, Fault Fault) : PolicyRegulariser
    {
        public override double Value(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities)
        {
            var sum = 0.0;
            foreach (var p in probabilities) sum += p * p;
            return Weight * sum;
        }

        public override void Gradient(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities, Span<double> slopes)
        {
            for (var action = 0; action < slopes.Length - (Fault == Fault.GradientIsNotWritten ? 1 : 0); action++)
                slopes[action] = (Fault == Fault.WrongGradient ? 1 : 2) * Weight * probabilities[action];
        }
    }
}

using Srpo.Conformance.Environments;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Conformance.Tests;

/// <summary>A planted fault of each kind is found, by the check whose business it is, with the step where a step has it.</summary>
public sealed class FaultTests
{
    /// <summary>Fault; the environment that has it; the check that finds it; what it says.</summary>
    public static TheoryData<Fault, string, string, string> Faults => new()
    {
        { Fault.RewardIsNoNumber, "gridworld", "random play", "seat 0: the reward is Infinity" },
        { Fault.RewardIsNotWritten, "gridworld", "random play", "the reward is NaN, or was not written" },
        { Fault.CostIsNegative, "gridworld", "random play", "the cost is -1" },
        { Fault.EndIsNotWritten, "gridworld", "random play", "lane 0: the episode ends after 1 of" },
        { Fault.EpisodeGoesOn, "gridworld", "random play", "goes on beyond its" },
        { Fault.EndsEarlyUnsaid, "gridworld", "random play", "Info.EndsEarly is false" },
        { Fault.SharedRewardDiffers, "hanabi", "random play", "Info.SharedReward is true" },
        { Fault.ObservationIsNotWritten, "gridworld", "observations", "is not finite, or was not written" },
        { Fault.ObservationLeavesItsRange, "gridworld", "ranges", "is 1000; it is said to be" },
        { Fault.ObservationsOfOneBufferTooLong, "gridworld", "misuse", "a buffer of observations that is too long is accepted" },
        { Fault.DrawsFromTheClock, "gridworld", "equal seeds", "another game from the same seed" },
        { Fault.KnowsItsNeighbours, "gridworld", "lanes", "takes another course where it is one of 5 lanes" },
        { Fault.LooksChangeIt, "gridworld", "looking", "a game that is looked at" },
        { Fault.SavingForgets, "gridworld", "save and restore", "the game takes another course" },
        { Fault.SavesWhatIsGone, "gridworld", "save and restore", "equal games save as other bytes" },
        { Fault.TakesDamagedStates, "gridworld", "save and restore", "a state with a changed byte 0 is accepted" },
        { Fault.KeepsItsStreams, "gridworld", "other streams", "does not begin as their second" },
        { Fault.Allocates, "gridworld", "allocation", "allocate " },
        { Fault.WrongNumbers, "gridworld", "state numbers", "decodes into another observation" },
        { Fault.LegalIsRefused, "hanabi", "legal actions", "is illegal" },
        { Fault.IllegalIsTaken, "hanabi", "legal actions", "is accepted; it must be refused" },
        { Fault.WrongMover, "hanabi", "turns", "who is to move" },
        { Fault.TakesAnyAction, "gridworld", "misuse", "of seat 0 in lane 0 is accepted" },
        { Fault.StepsBeforeReset, "gridworld", "misuse", "a step before the first reset is accepted" },
        { Fault.TwoKeysAlike, "gridworld", "description", "stands for two actions" },
        { Fault.OtherName, "gridworld", "description", "Info.Name is 'another'" },
        { Fault.EscapesInDrawing, "gridworld", "drawing", "the control character U+001B" },
        { Fault.DefinitionCrashes, "gridworld", "definition", "gives KeyNotFoundException; what cannot be read is a FormatException" },
        { Fault.Throws, "gridworld", "random play", "KeyNotFoundException: beyond the wall" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_planted_fault_is_found(Fault fault, string of, string check, string message)
    {
        var settings = Register(fault, of);
        var result = EnvironmentConformance.Run(settings, check);
        Assert.Equal(CheckVerdict.Failed, result.Verdict);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{settings.Name} {settings.Variant}: {check}: ", result.ToString(), StringComparison.Ordinal);
        if (check is "random play" or "ranges" or "state numbers" && fault is not (Fault.RewardIsNotWritten or Fault.EndIsNotWritten or Fault.EpisodeGoesOn or Fault.Throws))
        {
            Assert.Equal(1ul, result.Seed);
            Assert.Equal(FaultyEnvironment.BadStep, result.Step);
            Assert.Contains("(seed 1, step 17, ", result.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>All faults are tried, and without one the same wrapper passes: it is not the wrapper that is found.</summary>
    [Fact]
    public void Without_a_fault_nothing_is_found()
    {
        Assert.Equal(Enum.GetValues<Fault>().Except([Fault.None]), Faults.Select(row => (Fault)row[0]).Order());
        foreach (var of in new[] { "gridworld", "hanabi" })
            Assert.All(EnvironmentConformance.Run(Register(Fault.None, of)), result => Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString()));
    }

    private static EnvironmentSettings Register(Fault fault, string of)
    {
        var good = EnvironmentFactory.Find(of);
        var name = $"{of}-{fault}";
        EnvironmentFactory.Register(good with
        {
            Name = name,
            Implementation = typeof(FaultyEnvironment),
            Create = (text, label, file, lanes) => fault == Fault.DefinitionCrashes && text.Contains("nonsense", StringComparison.Ordinal)
                ? throw new KeyNotFoundException()
                : new FaultyEnvironment(good.Create(text, label, file, lanes), name, fault),
            Describe = (text, label, file) => new FaultyEnvironment(good.Create(text, label, file, 1), name, fault).Info,
            Keys = environment => fault == Fault.TwoKeysAlike ? [.. Enumerable.Repeat("x", environment.Info.Actions)] : [.. Enumerable.Repeat("", environment.Info.Actions)],
            Guide = (_, _) => new EnvironmentGuide("Win.", [], []),
            Tabulate = null,
        });
        return new EnvironmentSettings(name, good.Variants[0]);
    }
}

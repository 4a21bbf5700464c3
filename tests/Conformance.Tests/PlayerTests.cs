using Srpo.Conformance.Players;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Conformance.Tests;

/// <summary>Every built-in scripted player passes every check wherever it plays, and a planted fault of each kind is found by the check whose business it is.</summary>
public sealed class PlayerTests
{
    private static int _turns;

    public static TheoryData<string, string, string, string> All
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var player in ScriptedPlayers.All.Where(player => !player.Name.StartsWith("fault-", StringComparison.Ordinal)))
            {
                foreach (var environment in PlayerConformance.EnvironmentsOf(player.Name))
                {
                    foreach (var (check, _) in PlayerConformance.Checks) data.Add(player.Name, environment.Name, environment.Variant, check);
                }
            }

            return data;
        }
    }

    /// <summary>What is wrong; where it plays; the check that finds it; what it says; the player.</summary>
    private static readonly (string Fault, string Environment, string Check, string Message, Func<ScriptedPlayer, ScriptedPlayer> Plant)[] Faults =
    [
        ("no-sentence", "gridworld", "description", "the description is no sentence", good => good with { Description = "waits" }),
        ("no-rules", "gridworld", "description", "the number of its rules is 0", good => good with { Rules = 0 }),
        ("no-environment", "gridwrld", "description", "the environment 'gridwrld' is not known", good => good),
        ("refuses-all", "gridworld", "description", "it refuses all variants of its environment: never", good => good with { Refuses = _ => "never" }),
        ("no-number", "gridworld", "probabilities", "a probability is NaN", Plays(turn => turn.Probabilities[1] = float.NaN)),
        ("negative", "gridworld", "probabilities", "a probability is -1", Plays(turn => turn.Probabilities[1] = -1)),
        ("half", "gridworld", "probabilities", "the probabilities add up to 0.5", Plays(turn => turn.Probabilities[1] = 0.5f)),
        ("throws", "gridworld", "probabilities", "KeyNotFoundException: lost", Plays(_ => throw new KeyNotFoundException("lost"))),
        ("endless-note", "gridworld", "probabilities", "a number that it has noted down is", Plays(turn => { turn.Notes[0] = float.PositiveInfinity; turn.Take(4); })),
        ("illegal", "hanabi", "legal actions", "has the probability", Plays(turn => turn.Probabilities.Fill(1f / turn.Probabilities.Length))),
        ("own-dice", "gridworld", "equal seeds", "another play from the same seed", Plays(turn => turn.Take(Random.Shared.Next(5)))),
        ("counts-all-turns", "gridworld", "equal seeds", "another play from the same seed", Plays(turn => turn.Take(Interlocked.Increment(ref _turns) / 7 % 5))),
        ("remembers-games", "gridworld", "memory", "by rules that have played before", Counts(1500)),
        ("knows-neighbours", "gridworld", "lanes", "is played otherwise alone", Counts(3)),
        ("allocates", "gridworld", "allocation", "allocate ", Plays(turn => turn.Take(new int[] { 4, 4 }.Length + 2))),
    ];

    public static TheoryData<string> FaultNames => [.. Faults.Select(fault => fault.Fault)];

    [Theory]
    [MemberData(nameof(All))]
    public void Passes(string player, string environment, string variant, string check)
    {
        var result = PlayerConformance.Run(player, new EnvironmentSettings(environment, variant), check);
        Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString());
        Assert.Equal($"scripted:{player} on {environment} {variant}", result.Subject);
        Assert.Equal(result.Verdict == CheckVerdict.NotApplicable, result.Message.Length > 0);
    }

    [Theory]
    [MemberData(nameof(FaultNames))]
    public void A_planted_fault_is_found(string fault)
    {
        var (_, environment, check, message, plant) = Faults.Single(known => known.Fault == fault);
        ScriptedPlayers.Register(plant(new ScriptedPlayer($"fault-{fault}", "Waits.", environment, _ => turn => turn.Take(turn.Legal.IndexOf((byte)1))) { Notes = _ => 1 }));
        var result = PlayerConformance.Run($"fault-{fault}", PlayerConformance.EnvironmentsOf($"fault-{fault}")[0], check);
        Assert.Equal(CheckVerdict.Failed, result.Verdict);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_check_finds_something_and_without_a_fault_nothing_is_found()
    {
        Assert.Equal(PlayerConformance.Checks.Select(check => check.Name).Order(), Faults.Select(fault => fault.Check).Distinct().Order());
        ScriptedPlayers.Register(new ScriptedPlayer("fault-none", "Keeps to what it drew first.", null, _ => turn =>
        {
            if (turn.Notes[0] == 0) turn.Notes[0] = 1 + turn.Random.NextInt32(turn.Legal.Length);
            var action = (int)turn.Notes[0] - 1;
            turn.Take(turn.May(action) ? action : turn.Legal.IndexOf((byte)1));
        })
        { Notes = _ => 1 });
        var results = PlayerConformance.Run("fault-none").ToArray();
        Assert.Equal(3 * PlayerConformance.Checks.Count, results.Length);
        Assert.All(results, result => Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString()));
    }

    [Fact]
    public void A_player_that_is_not_there_is_said_with_those_that_are() =>
        Assert.Contains("did you mean 'carrier'?", Assert.Throws<SrpoException>(() => PlayerConformance.Run("carier")).Message, StringComparison.Ordinal);

    private static Func<ScriptedPlayer, ScriptedPlayer> Plays(ScriptedRules rules) => good => good with { Create = _ => rules };

    /// <summary>Counts turns beside its notes, and does something else after so many: of an earlier game, or of other lanes.</summary>
    private static Func<ScriptedPlayer, ScriptedPlayer> Counts(int turns) => good => good with
    {
        Create = _ =>
        {
            var count = 0;
            return turn => turn.Take(++count / turns % 5);
        },
    };
}

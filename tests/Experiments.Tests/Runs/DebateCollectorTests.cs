using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Tests.Runs;

/// <summary>From what is stored of debates to what reports are made from.</summary>
public sealed class DebateCollectorTests
{
    [Fact]
    public void A_method_is_one_where_every_model_is_in_it_once()
    {
        var debaters = DebateCollector.Populations(
        [
            ("ippo-small", Training("ippo", "/models/small")), ("ippo-large", Training("ippo", "/models/large/", rate: 1e-6)),
            ("srpo-small", Training("srpo", "/models/small")), ("srpo-large", Training("srpo", "/models/large/")),
            ("stranger", Training("untrained", "/data/.models/other-0123456789ab")), ("networks", new TrainingSettings { Method = "ippo" }),
        ]);
        Assert.Equal(
            [
                new("ippo-small", "ippo", "small", PopulationRole.Baseline, true), new("ippo-large", "ippo", "large", PopulationRole.Baseline, true),
                new("srpo-small", "srpo", "small", PopulationRole.Subject, true), new("srpo-large", "srpo", "large", PopulationRole.Subject, true),
                new DebaterPopulation("stranger", "untrained", "other", PopulationRole.Other, false),
            ],
            debaters.AsEnumerable());
    }

    [Fact]
    public void Arms_of_a_method_are_told_apart_by_their_settings_and_called_by_their_labels()
    {
        var debaters = DebateCollector.Populations(
        [
            ("srpo-small", Training("srpo", "m/small", tau: 10)), ("srpo-large", Training("srpo", "m/large", tau: 10)),
            ("srpo-tau100-small", Training("srpo", "m/small", tau: 100)), ("srpo-tau100-large", Training("srpo", "m/large", tau: 100, rate: 1e-6)),
            ("ippo-small", Training("ippo", "m/small")),
        ]);
        Assert.Equal(["srpo", "srpo", "srpo-tau100", "srpo-tau100", "ippo"], debaters.Select(population => population.Method));

        // Nothing but the label tells these apart.
        Assert.Equal(["a-small", "b-small"], DebateCollector.Populations([("a-small", Training("srpo", "m/small")), ("b-small", Training("srpo", "m/small"))]).Select(population => population.Method));
    }

    [Fact]
    public void Models_that_would_be_called_alike_keep_their_paths() =>
        Assert.Equal(["/a/small", "/b/small", "large"], DebateCollector.Populations([("x", Training("ippo", "/a/small")), ("y", Training("srpo", "/b/small")), ("z", Training("srpo", "trained:large"))]).Select(population => population.Model));

    [Fact]
    public void The_debates_of_a_tournament_keep_their_places()
    {
        var matrix = Matrix(Debates(3, 5), null, Debates(3, 5), Debates(3, 5));
        var matches = DebateCollector.Matches("training", matrix, new Dictionary<string, string> { ["run-1.a"] = "a" })!;
        Assert.Equal(["a/0", "run-1.b/0"], matches.Players.Select(player => player.ToString()));
        Assert.Same(matrix.Cells[2]!.Debates, matches[1, 0]);
        Assert.Null(matches[0, 1]);
        Assert.True(matches.IsOrdered);
        Assert.False(DebateCollector.Matches("training", matrix with { Seating = "all ways" }, new Dictionary<string, string>())!.IsOrdered);
        Assert.Null(DebateCollector.Matches("training", Matrix(null, null, null, null), new Dictionary<string, string>()));
    }

    [Fact]
    public void What_is_damaged_is_named()
    {
        var other = Assert.Throws<SrpoException>(() => DebateCollector.Matches("training", Matrix(Debates(3, 5), Debates(3, 6), null, null), new Dictionary<string, string>()));
        Assert.Equal(ErrorKind.Damaged, other.Kind);
        Assert.Contains("'run-1.training' holds damaged debates of run-1.a/0 with run-1.b/0: they are not about the questions", other.Message, StringComparison.Ordinal);
        var shorter = Assert.Throws<SrpoException>(() => DebateCollector.Matches("training", Matrix(null, null, Debates(3, 5) with { Tokens = [1] }, null), new Dictionary<string, string>()));
        Assert.Contains("of run-1.b/0 with run-1.a/0: 5 questions in 3 rounds have not 30 responses each with an outcome, tokens and repetition", shorter.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_played_step_by_step_is_scored_by_joint_accuracy()
    {
        var example = EnvironmentFactory.Registrations[0];
        EnvironmentFactory.Register(example with { Name = "spoken", IsStepped = false });
        Assert.Equal("joint accuracy", ResultsCollector.ScoreName(new EnvironmentSettings("spoken", example.Variants[0])));
        Assert.NotEqual("joint accuracy", ResultsCollector.ScoreName(new EnvironmentSettings(example.Name, example.Variants[0])));
    }

    private static TrainingSettings Training(string method, string model, double tau = 10, double rate = 1e-5) =>
        new() { Method = method, Tau = tau, LearningRate = rate, Language = new LanguageSettings { Model = model } };

    private static DebateOutcomes Debates(int rounds, int questions) =>
        new(rounds, [.. Enumerable.Range(0, questions)], new byte[questions * rounds * 2], new int[questions * rounds * 2], new float[questions * rounds * 2]);

    private static TournamentMatrix Matrix(params DebateOutcomes?[] cells) => new(
        "run-1.training", new TournamentSpec(["run-1.a", "run-1.b"], new EnvironmentSettings("debate", "arithmetic"), 5, 3, 1, []),
        [new TournamentPlayer("run-1.a", 0, "srpo"), new TournamentPlayer("run-1.b", 0, "srpo")],
        [.. cells.Select(debates => debates is null ? null : new MatchResult(0, 0, [0, 0], [0, 0]) { Debates = debates })], CrossPlayMatrix.OrderedSeating, 5);
}

using Srpo.Core.Results;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Tests.Runs;

public sealed class DebateRecorderTests
{
    private static readonly DebaterPopulation[] Populations =
    [
        new("ippo-small", "ippo", "small", PopulationRole.Baseline, true), new("ippo-large", "ippo", "large", PopulationRole.Baseline, true),
        new("srpo-small", "srpo", "small", PopulationRole.Subject, true), new("srpo-large", "srpo", "large", PopulationRole.Subject, true), new("stranger", "untrained", "other", PopulationRole.Other, false),
    ];

    [Fact]
    public void Before_there_is_a_matrix_first_teams_are_shown_with_another_model_and_with_a_stranger()
    {
        Assert.Equal(
            [
                "ippo: ippo-small/0 x ippo-large/0, another model", "ippo: ippo-small/0 x stranger/0, a stranger", "srpo: srpo-small/0 x srpo-large/0, another model", "srpo: srpo-small/0 x stranger/0, a stranger",
            ],
            Shown(Populations, null));
        Assert.Equal(["srpo: srpo-small/0 x srpo-small/0, itself"], Shown([Populations[2]], null));
        Assert.Empty(Shown([Populations[4]], null));
        Assert.All(DebateRecorder.Choose([.. Populations], null), shown => Assert.Equal(2, shown.Questions));
    }

    [Fact]
    public void The_worst_the_median_and_the_best_pair_of_each_kind_are_those_of_the_matrix()
    {
        // Two runs of every trained population: a pair's accuracy grows with the runs, most with that of the large model, and with who sits first.
        var matrix = Matrix((row, column) => 0.1 + (row.Method.EndsWith("large", StringComparison.Ordinal) ? 0.01 : 0) + (0.1 * (row.Run + column.Run)) + (0.2 * ((row.Method.EndsWith("large", StringComparison.Ordinal) ? row.Run : 0) + (column.Method.EndsWith("large", StringComparison.Ordinal) ? column.Run : 0))));
        Assert.Equal(
            [
                "ippo: ippo-small/0 x ippo-large/0, another model, worst 0.10", "ippo: ippo-large/0 x ippo-small/1, another model, median 0.21", "ippo: ippo-large/1 x ippo-small/1, another model, best 0.51",
                "ippo: ippo-small/0 x stranger/0, a stranger, worst 0.10", "ippo: ippo-large/0 x stranger/0, a stranger, median 0.11", "ippo: ippo-large/1 x stranger/0, a stranger, best 0.41",
            ],
            Shown(Populations, matrix).Take(6));
        Assert.All(DebateRecorder.Choose([.. Populations], matrix), shown => Assert.Equal(1, shown.Questions));

        // One model alone: different runs of it.
        Assert.Equal(["srpo: srpo-large/0 x srpo-large/1, another run, worst 0.41", "srpo: srpo-large/1 x srpo-large/0, another run, best 0.41"], Shown([Populations[3]], matrix));
    }

    [Fact]
    public void Kinds_of_which_nothing_is_played_yet_keep_their_first_teams()
    {
        var matrix = Matrix((row, column) => row.Method == "ippo-small" && column.Method == "ippo-large" ? 0.5 : double.NaN);
        Assert.Equal(["ippo: ippo-small/0 x ippo-large/0, another model, worst 0.50", "ippo: ippo-small/0 x ippo-large/1, another model, median 0.50", "ippo: ippo-small/1 x ippo-large/1, another model, best 0.50",
            "ippo: ippo-small/0 x stranger/0, a stranger", "srpo: srpo-small/0 x srpo-large/0, another model", "srpo: srpo-small/0 x stranger/0, a stranger"], Shown(Populations, matrix));
    }

    [Fact]
    public void A_replay_becomes_a_transcript_up_to_its_end()
    {
        ReplayFrame[] frames = [Frame("Question", []), Frame("Round 1 of 2", [1, 0]), Frame("Round 2 of 2", [1, 1], ended: true), Frame("Question", [])];
        var episode = DebateRecorder.ToTranscript("srpo", "a with b", frames);
        Assert.Equal(["Question", "Round 1 of 2", "Round 2 of 2"], episode.Transcript.AsEnumerable());
        Assert.Equal([0, 0, 1], episode.Scores.AsEnumerable());
        Assert.Empty(episode.Frames);
    }

    private static IEnumerable<string> Shown(DebaterPopulation[] debaters, CrossPlayMatrix? matrix) => DebateRecorder.Choose([.. debaters], matrix)
        .Select(shown => $"{shown.Method}: {shown.Pair}, {shown.Partner}{(shown.Rank.Length > 0 ? FormattableString.Invariant($", {shown.Rank} {shown.JointAccuracy:0.00}") : "")}");

    private static CrossPlayMatrix Matrix(Func<AgentLabel, AgentLabel, double> accuracy)
    {
        AgentLabel[] runs = [.. Populations.SelectMany(population => Enumerable.Range(0, population.IsTrained ? 2 : 1).Select(run => new AgentLabel(population.Label, run)))];
        var builder = new CrossPlayMatrixBuilder("training", runs);
        for (var row = 0; row < runs.Length; row++)
        {
            for (var column = 0; column < runs.Length; column++) builder[row, column] = new(accuracy(runs[row], runs[column]), 0, default, default, 10);
        }

        return builder.Build();
    }

    private static ReplayFrame Frame(string drawing, double[] rewards, bool ended = false) => new(0, [], rewards, [], [], drawing, ended, []);
}

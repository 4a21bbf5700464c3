using System.Diagnostics;
using Srpo.Client.Tests.Support;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Experiments.Equilibria;
using Srpo.Experiments.Runs;

namespace Srpo.Experiments.Tests.Runs;

/// <summary>How much a run is, and what is refused for it before anything is trained.</summary>
public sealed class RunCheckTests : IDisposable
{
    private const string Small = """{ "seeds": 3, "training": { "iterations": 10 }, "populations": { "ippo": { "method": "ippo" }, "srpo": { "method": "srpo" }, "pool": { "method": "self-play", "evaluate": false } }, "evaluation": { "layouts": ["training", "held-out-a"], "episodes": 5, "steps": 100 } }""";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void WhatIsTrainedAndPlayedIsCounted()
    {
        var size = RunSize.Of(ExperimentLoaderTests.Load(Small), workers: 2);

        // Rounds of 8 lanes x 128 steps; SRPO has a rollout for each of its two agents.
        Assert.Equal((9, 3 * 10 * 1024 * (1 + 2 + 1)), (size.Teams, size.TrainingSteps));
        Assert.Equal((6, 2, 72, 360, 36_000), (size.Runs, size.Layouts, size.Pairs, size.Episodes, size.PlaySteps));
        Assert.Equal(
            ["training 9 teams for 123 k env-steps, playing 6 x 6 runs on 2 layouts for 360 episodes of 36 k env-steps", $"about 2 s on 2 cores, {Reporting.Text.Numbers.Bytes(size.StateBytes + size.OutputBytes)} of disk, {Reporting.Text.Numbers.Bytes(size.MemoryBytes)} of memory, roughly"],
            RunCheck.Describe(size, 2));
        Assert.DoesNotContain("cores", RunCheck.Describe(size, null)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WhereAllWaysToSitArePlayedEpisodesAreRoundedUpAndAnEpisodeThatEndsIsOne()
    {
        var size = RunSize.Of(ExperimentLoaderTests.Load("""{ "preset": "hanabi-4p", "seeds": 2, "populations": { "a": {} }, "evaluation": { "episodes": 1, "steps": 60000 } }"""), workers: 1);
        Assert.Equal(4 * 14, size.Episodes);
        Assert.InRange(size.PlaySteps / size.Episodes, 20, 200);
    }

    [Fact]
    public void MoreThanAWeekIsRefusedUnlessItIsMeant()
    {
        var size = RunSize.Of(ExperimentLoaderTests.Load(Small, "seeds=300", "iterations=10000000"), workers: 2);
        var error = Assert.Throws<SrpoException>(() => RunCheck.Affordable(size, 2, large: false));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Matches(@"^training 900 teams for 12.3 T env-steps, playing 600 x 600 runs on 2 layouts for 3.6 M episodes of 360 M env-steps takes about \d+ days on 2 cores, more than 7 days; .* --large$", error.Message);
        RunCheck.Affordable(size, 2, large: true);

        var beyond = RunSize.Of(ExperimentLoaderTests.Load("""{ "populations": { "a": { "seeds": 2000, "iterations": 1000000000, "lanes": 65536, "horizon": 256 } } }"""), workers: 2);
        Assert.Contains("is beyond what can be counted", Assert.Throws<SrpoException>(() => RunCheck.Affordable(beyond, 2, large: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DiskAndMemoryThatAreNotThereAreNamedWithNumbers()
    {
        // 2000 teams of some gigabytes.
        var size = RunSize.Of(ExperimentLoaderTests.Load("""{ "training": { "iterations": 1, "lanes": 1, "horizon": 2, "epochs": 1, "network": { "hidden": [4096, 4096, 4096, 4096, 4096] } }, "populations": { "a": { "seeds": 2000 } }, "evaluation": { "episodes": 1, "steps": 1 } }"""), workers: 2);
        var error = Assert.Throws<SrpoException>(() => RunCheck.Room(size, new DataDirectory(_directory["not/yet"]), _directory["out"]));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Matches(@"^about [0-9.]+ TB are needed in .*not/yet, and .*B are free; make room, use another disk with --data DIR, or begin it all the same with --large$", error.Message);
        Assert.False(Directory.Exists(_directory["not"]));

        // What training needs is known better; of play there is the estimate.
        var experiment = ExperimentLoaderTests.Load(Small);
        RunCheck.Memory(RunSize.Of(experiment, workers: 2), 1e8);
        var played = RunSize.Play([.. experiment.Populations.Select(population => EvaluationCheck.Teams(experiment.Environment, population))], experiment.Evaluation.Layouts, 10, 10);
        error = Assert.Throws<SrpoException>(() => RunCheck.Memory(played, 1e8));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Matches(@" needs at least 1\d\d MB of memory, and 100 MB are there; use fewer seeds, .* --large$", error.Message);
    }

    [Fact]
    public void NamesThatNobodyCouldHaveAreRefusedBeforeTraining()
    {
        var experiment = ExperimentLoaderTests.Load("""{ "populations": { "population-with-a-long-name": { "sweep": { "tau": [1], "entropy": [0.01], "learningRate": [0.001] } } } }""");
        RunCheck.Playable(Manifest("r", experiment));
        var error = Assert.Throws<SrpoException>(() => RunCheck.Playable(Manifest(new string('r', 60), experiment)));
        Assert.Contains("characters, 100 are the most; choose a shorter --id", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunOfAnEarlierBuildThatCannotBePlayedIsRefusedToo()
    {
        var experiment = ExperimentLoaderTests.Load(Small);
        var wide = ExperimentLoaderTests.Load(Small, "layout=wide", "evaluation.layouts=training").Environment;
        var error = Assert.Throws<SrpoException>(() => RunCheck.Playable(Manifest("r", experiment with { Evaluation = experiment.Evaluation with { Layouts = [new EvaluationLayout("wide", wide)] } })));
        Assert.Contains("the run 'r' could not be brought to its end:\nevaluation.layouts: 'ippo' cannot play on 'wide'", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("\nwhat it may have trained is kept; `srpo crossplay r.ippo` plays it on other layouts", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A game that cannot be solved costs the comparison, not the results.</summary>
    [Fact]
    public async Task WhatCannotBeSolvedIsSaidAndNothingIsLost()
    {
        Assert.Equal(("found", ""), await StrategyComparer.SolveAsync(_ => "found", Stopwatch.GetTimestamp()));
        Assert.Equal((null, "it failed"), await StrategyComparer.SolveAsync<string>(_ => throw new InvalidOperationException("it failed."), Stopwatch.GetTimestamp()));
        Assert.Equal((null, "other searches took too long"), await StrategyComparer.SolveAsync(_ => "found", Stopwatch.GetTimestamp() - (Stopwatch.Frequency * 3600)));
    }

    private static RunManifest Manifest(string id, Experiment experiment) => new() { Id = id, CommandLine = "", Started = default, Experiment = experiment };
}

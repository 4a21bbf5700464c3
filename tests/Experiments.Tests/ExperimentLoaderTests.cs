using System.Text;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
using Srpo.Experiments.Reading;

namespace Srpo.Experiments.Tests;

public sealed class ExperimentLoaderTests
{
    private const string Minimal = """
        {
          // a comment
          "seeds": 3,
          "populations": { "srpo": { "method": "srpo" }, },
        }
        """;

    [Fact]
    public void The_preset_fills_in_everything_else()
    {
        var experiment = Load(Minimal);
        var population = Assert.Single(experiment.Populations);
        Assert.Equal(new TrainingSettings { Method = "srpo" }, population.Training);
        Assert.Equal(("srpo", 3), (population.Label, population.Seeds));
        Assert.Equal("official", experiment.Environment.Variant);
        Assert.NotNull(experiment.Environment.Definition);
        Assert.Equal("training", Assert.Single(experiment.Evaluation.Layouts).Name);
        Assert.Equal((100, 128), (experiment.Evaluation.Episodes, experiment.Evaluation.Steps));
    }

    [Fact]
    public void Every_experiment_of_the_project_loads_and_its_specs_are_valid()
    {
        var files = Directory.GetFiles(Repository.Experiments, "*.json");
        Assert.True(files.Length >= 4);
        foreach (var file in files)
        {
            var named = new ExperimentFile(Path.GetFileNameWithoutExtension(file), file);
            if (RqeExperiment.TryLoad(named, Repository.Root) is { } sweep)
            {
                Assert.NotEmpty(sweep.Title);
                continue;
            }

            // Models that they name need not be there.
            var experiment = ExperimentLoader.Outline(named, Repository.Root);
            Assert.NotEmpty(experiment.Title);
            Assert.All(experiment.Populations, population => Assert.Empty(experiment.Spec(population, label => $"x-1.{label}").Validate()));
        }
    }

    [Fact]
    public void Overcooked_is_what_the_issue_says()
    {
        var experiment = ExperimentLoader.Load(new ExperimentFile("overcooked", Path.Combine(Repository.Experiments, "overcooked.json")), Repository.Root, []);
        Assert.Equal(
            ["ippo", "srpo", "pure-adversarial", "self-play", "fcp", "e3t", "ippo-entropy0", "ippo-entropy0.01", "ippo-entropy0.2"],
            experiment.Populations.Select(population => population.Label));
        Assert.Equal(["self-play"], experiment.Populations.Where(population => !population.Evaluate).Select(population => population.Label));
        Assert.Equal("self-play", experiment.Population("fcp").Partners);
        Assert.All(experiment.Populations, population => Assert.Equal(8, population.Seeds));
        Assert.Equal(new TrainingSettings { Method = "ippo" }, experiment.Populations[0].Training);
        Assert.Equal(new TrainingSettings { Method = "srpo", Tau = 10 }, experiment.Populations[1].Training);
        Assert.Equal(["training", "held-out-a", "held-out-b", "held-out-c"], experiment.Evaluation.Layouts.Select(layout => layout.Name));
        Assert.Equal((100, 128), (experiment.Evaluation.Episodes, experiment.Evaluation.Steps));
    }

    [Theory]
    [InlineData("{\n  \"sed\": 1,\n  \"populations\": {\"a\": {}}\n}", "test.json:2:3: sed: unknown key, did you mean 'seed'?")]
    [InlineData("{\n  \"populations\": {\n    \"srpo\": { \"tua\": 5 }\n  }\n}", "test.json:3:15: populations.srpo.tua: unknown key, did you mean 'tau'?")]
    [InlineData("{\"populations\": {\"srpo\": { \"network\": {\"hiden\": [1]} }}}", "populations.srpo.network.hiden: unknown key, did you mean 'hidden'?; known keys here: hidden, activation, initialisation, headGain, oneHot, sharedTrunk")]
    [InlineData("{\n\"populations\": {\"srpo\": {\n \"tau\": \"ten\" }}}", "test.json:3:9: populations.srpo.tau: expected a number, found the text 'ten'; write a number without quotes")]
    [InlineData("{\"populations\": {\"srpo\": {\"iterations\": 1.5 }}}", "populations.srpo.iterations: 1.5 is not possible; use a whole number")]
    [InlineData("{\n\n  \"training\": { \"tau\": -1 },\n \"populations\": {\"srpo\": {}}}", "test.json:3:24: training.tau: -1 is out of range; use a number above 0")]
    [InlineData("{\"populations\": {\"srpo\": {\"method\": \"spro\"}}}", "populations.srpo.method: 'spro' is not known, did you mean 'srpo'?; use one of e3t, fcp, ippo, pure-adversarial, self-play, srpo")]
    [InlineData("{\"populations\": {\"srpo\": {\"adversary\": {\"kl\": 3}}}}", "adversary.kl: expected one of policyToAdversary, adversaryToPolicy, found the number 3")]
    [InlineData("{\"populations\": {\"srpo\": {\"network\": {\"hidden\": 64}}}}", "network.hidden: expected a list of whole numbers, found the number 64; write for example [64, 64]")]
    [InlineData("{\"populations\": {\"srpo\": {\"network\": {\"hidden\": [64, 0]}}}}", "network.hidden[1]: 0 is out of range; use a whole number from 1 to 4096")]
    [InlineData("{\"populations\": {\"srpo\": {\"network\": 5}}}", "populations.srpo.network: expected an object, found the number 5")]
    [InlineData("{\"populations\": {\"srpo\": {\"splitLanes\": 1}}}", "splitLanes: expected true or false, found the number 1")]
    [InlineData("{\"populations\": {\"srpo\": {\"splitLanes\": true, \"lanes\": 3}}}", "populations.srpo.lanes: 3 lanes cannot be split")]
    [InlineData("{\"populations\": {\"srpo\": {\"continueEpisodes\": true, \"network\": {\"gru\": 8}}}}", "populations.srpo.continueEpisodes: networks with memory")]
    [InlineData("{\"populations\": {}}", "populations: there are no populations; write for example")]
    [InlineData("{\"seeds\": 2}", "populations: there are no populations")]
    [InlineData("{\"seeds\": 0, \"populations\": {\"a\": {}}}", "seeds: 0 is not possible; use a whole number from 1 to 10000")]
    [InlineData("{\"tau\": 5, \"populations\": {\"a\": {}}}", "tau: is a training key; write it as \"training\": { \"tau\": ... }")]
    [InlineData("{\"preset\": \"oficial\", \"populations\": {\"a\": {}}}", "preset: 'oficial' is not known, did you mean 'official'?")]
    [InlineData("{\"environment\": \"gridwrld\", \"populations\": {\"a\": {}}}", "environment: unknown environment 'gridwrld'; did you mean 'gridworld'?")]
    [InlineData("{\"layout\": \"oficial\", \"populations\": {\"a\": {}}}", "layout: unknown layout 'oficial'; did you mean 'official'?")]
    [InlineData("{\"evaluation\": {\"layouts\": [\"held-out-d\"]}, \"populations\": {\"a\": {}}}", "evaluation.layouts: unknown layout 'held-out-d'; did you mean 'held-out-a'?")]
    [InlineData("{\"evaluation\": {\"layouts\": [\"training\", \"training\"]}, \"populations\": {\"a\": {}}}", "the layout 'training' is listed twice")]
    [InlineData("{\"evaluation\": {\"episode\": 3}, \"populations\": {\"a\": {}}}", "evaluation.episode: unknown key, did you mean 'episodes'?")]
    [InlineData("{\"populations\": {\"a b\": {}}}", "populations.a b: the name is not valid")]
    [InlineData("{\"populations\": {\"a\": {}, \"a\": {}}}", "the key is here twice")]
    [InlineData("{\"populations\": {\"a\": {\"sweep\": {\"tua\": [1]}}}}", "populations.a.sweep.tua: unknown key, did you mean 'tau'?")]
    [InlineData("{\"populations\": {\"a\": {\"sweep\": {\"tau\": 1}}}}", "populations.a.sweep.tau: expected a list of values, found the number 1")]
    [InlineData("{\"populations\": {\"a\": {\"sweep\": {\"tau\": [1, 0]}}}}", "test.json:1:45: populations.a.sweep.tau[1]: 0 is out of range")]
    [InlineData("{\"populations\": {\"a-tau1\": {}, \"a\": {\"sweep\": {\"tau\": [1]}}}}", "makes the population 'a-tau1' a second time")]
    [InlineData("{\"headline\": \"a\", \"populations\": {\"a\": {}}}", "test.json:1:14: headline: expected a list of texts, found the text 'a'")]
    [InlineData("{\n\"headline\": [\"a\", \"spro\"], \"populations\": {\"a\": {}, \"srpo\": {}}}", "test.json:2:19: headline[1]: there is no population 'spro', did you mean 'srpo'?; use a, srpo")]
    [InlineData("{\"headline\": [\"a\", \"a\"], \"populations\": {\"a\": {}}}", "test.json:1:20: headline[1]: 'a' is named twice")]
    [InlineData("{\"headline\": [\"b\"], \"populations\": {\"a\": {}, \"b\": {\"evaluate\": false}}}", "headline[0]: the population 'b' is not evaluated")]
    [InlineData("{\"headline\": [], \"populations\": {\"a\": {}}}", "headline: names 0 populations; name 1 to 6")]
    [InlineData("[1]", "test.json:1:1: expected an object, found a list")]
    public void A_mistake_is_named_with_its_place_and_a_remedy(string text, string expected)
    {
        var error = Assert.Throws<ExperimentException>(() => Load(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Matches(@"^test\.json:\d+:\d+: ", error.Message);
    }

    [Theory]
    [InlineData("{\n  \"seeds\": 3\n  \"seed\": 1\n}", 3, 3)]
    [InlineData("{\n  \"seeds\": 3,\n", 3, 1)]
    [InlineData("", 1, 1)]
    [InlineData("{ } extra", 1, 5)]
    public void A_text_that_is_not_JSON_is_an_error_with_line_and_column(string text, int line, int column)
    {
        var problem = Assert.Single(Assert.Throws<ExperimentException>(() => Load(text)).Problems);
        Assert.Equal((line, column), (problem.Origin.Line, problem.Origin.Column));
    }

    [Fact]
    public void All_mistakes_of_a_file_are_reported_together()
    {
        var error = Assert.Throws<ExperimentException>(() => Load("{\n\"sed\": 1,\n\"populations\": {\"a\": {\"tua\": 1, \"entropy\": \"x\"}}\n}"));
        Assert.Equal(3, error.Problems.Count);
    }

    [Fact]
    public void The_headline_is_kept_and_shipped_experiments_have_one_where_the_paper_has_such_a_figure()
    {
        Assert.Equal(["b", "a"], Load("{\"headline\": [\"b\", \"a\"], \"populations\": {\"a\": {}, \"b\": {}}}").Headline);
        Assert.Empty(Load("{\"populations\": {\"a\": {}}}").Headline);
        foreach (var name in new[] { "overcooked", "overcooked-quick", "tag", "hanabi-2p", "hanabi-4p" })
            Assert.Equal(["srpo", "ippo"], ExperimentLoader.Load(ExperimentFiles.Find(name, "/"), "/", []).Headline);
    }

    [Fact]
    public void A_byte_order_mark_and_wide_characters_do_not_shift_columns()
    {
        var text = "{ \"title\": \"Ünïcödé 漢字\", \"sed\": 1, \"populations\": {\"a\": {}} }";
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)];
        var problem = Assert.Single(Assert.Throws<ExperimentException>(() => ExperimentLoader.Load("test", "test.json", bytes, "/", [])).Problems);
        Assert.Equal(text.IndexOf("\"sed\"", StringComparison.Ordinal) + 1, problem.Origin.Column);
    }

    [Fact]
    public void A_sweep_makes_a_population_for_every_combination()
    {
        var experiment = Load("""{ "populations": { "srpo": { "clip": 0.3, "sweep": { "tau": [0.1, 10], "adversary.kl": ["adversaryToPolicy", "policyToAdversary"] } } } }""");
        Assert.Equal(
            ["srpo-tau0.1-adversary.kl-adversaryToPolicy", "srpo-tau0.1-adversary.kl-policyToAdversary", "srpo-tau10-adversary.kl-adversaryToPolicy", "srpo-tau10-adversary.kl-policyToAdversary"],
            experiment.Populations.Select(population => population.Label));
        Assert.Equal([0.1, 0.1, 10, 10], experiment.Populations.Select(population => population.Training.Tau));
        Assert.All(experiment.Populations, population => Assert.Equal(0.3, population.Training.Clip));
    }

    [Fact]
    public void A_population_overrides_what_holds_for_all()
    {
        var experiment = Load("""{ "seeds": 4, "training": { "entropy": 0.5, "clip": 0.1 }, "populations": { "a": { "entropy": 0.01, "seeds": 2 }, "b": {} } }""");
        Assert.Equal((0.01, 0.1, 2), (experiment.Populations[0].Training.Entropy, experiment.Populations[0].Training.Clip, experiment.Populations[0].Seeds));
        Assert.Equal((0.5, 4), (experiment.Populations[1].Training.Entropy, experiment.Populations[1].Seeds));
    }

    [Fact]
    public void A_map_file_is_meant_relative_to_the_experiment()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("maps/mine.txt", "name: mine\n\n.2.\n1PO\n.O.\n");
        var experiment = ExperimentLoader.Load(
            "test", "test.json", Encoding.UTF8.GetBytes("""{ "evaluation": { "layouts": ["training", "maps/mine.txt"] }, "populations": { "a": {} } }"""), directory.Root, []);
        Assert.Equal("mine", experiment.Evaluation.Layouts[1].Name);
        Assert.Contains("1PO", experiment.Evaluation.Layouts[1].Environment.Definition, StringComparison.Ordinal);
    }

    /// <summary>What a tournament would refuse once everything is trained.</summary>
    [Theory]
    [InlineData("""{"seeds":2,"training":{"iterations":8,"curveInterval":0},"evaluation":{"episodes":2,"layouts":["training","wide"]}, "populations":{"ippo":{"method":"ippo"}}}""",
        "test.json:1:107: evaluation.layouts: 'ippo' cannot play on 'wide': it observes 8 numbers (Absolute) and has 5 actions, gridworld wide has ", "for example official, held-out-a")]
    [InlineData("""{ "preset": "tag", "populations": { "a": { "method": "ippo" } }, "evaluation": { "opponents": ["a/0"], "layouts": ["tag-3v1"] } }""",
        "test.json:1:116: evaluation.layouts: 'tag-3v1-a-0' has 3 seats", "for example simple-tag")]
    [InlineData("""{ "preset": "hanabi-2p", "populations": { "a": {} }, "evaluation": { "layouts": ["training", "3x3-4p"] } }""",
        "test.json:1:94: evaluation.layouts: '3x3-4p' has 4 seats for a team", "for example 3x3-2p")]
    [InlineData("""{ "seeds": 700, "populations": { "a": {}, "b": {}, "c": {} } }""",
        "populations: 2100 runs are measured, each with each, which makes 4410000 pairs on every layout; 2000 runs are the most", "\"evaluate\": false")]
    [InlineData("""{ "populations": { "a": {} }, "evaluation": { "layouts": [] } }""", "evaluation.layouts: 0 layouts are named", "leave it out")]
    public void What_cannot_be_measured_is_not_trained(string text, string expected, string remedy)
    {
        var error = Assert.Throws<ExperimentException>(() => Load(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        Assert.Single(error.Problems);
    }

    [Fact]
    public void Nothing_is_said_of_what_only_follows_from_a_mistake()
    {
        const string Fcp = """{ "populations": { "pool": { "method": "self-play", "evaluate": false }, "fcp": { "method": "fcp", "partners": "pool" } } }""";
        Assert.Equal("training.iterations", Assert.Single(Assert.Throws<ExperimentException>(() => Load(Fcp, "iterations=0")).Problems).Field);
        Assert.Equal("populations.fcp.method", Assert.Single(Assert.Throws<ExperimentException>(() => Load(Fcp, "populations.fcp.method=fpc")).Problems).Field);
        Assert.Equal("populations.pool.method", Assert.Single(Assert.Throws<ExperimentException>(() => Load(Fcp, "populations.pool.method=selfplay")).Problems).Field);
        Assert.Equal("populations.pool.seeds", Assert.Single(Assert.Throws<ExperimentException>(() => Load(Fcp, "populations.pool.seeds=0")).Problems).Field);
        Assert.Equal("populations.pool", Assert.Single(Assert.Throws<ExperimentException>(() => Load(
            """{ "populations": { "pool": 3, "fcp": { "method": "fcp", "partners": "pool" } } }""")).Problems).Field);

        // A second mistake of its own is named with the first.
        var both = Assert.Throws<ExperimentException>(() => Load(Fcp, "populations.pool.tau=0", "populations.fcp.partners=pol"));
        Assert.Equal(["populations.pool.tau", "populations.fcp.partners"], both.Problems.Select(problem => problem.Field));
    }

    [Theory]
    [InlineData("""{ "training": { "iterations": -5 }, "populations": { "a": {} } }""", "iterations=4", "test.json:1:31: training.iterations: -5 is not possible; use a whole number from 1 to 1000000000")]
    [InlineData("""{ "populations": { "a": { "tau": -1 } } }""", "tau=4", "test.json:1:34: populations.a.tau: -1 is out of range")]
    [InlineData("""{ "populations": { "a": { "sweep": { "tau": [1, -1] } } } }""", "tau=4", "populations.a.sweep.tau[1]: -1 is out of range")]
    [InlineData("""{ "seeds": 0, "populations": { "a": {} } }""", "seeds=3", "test.json:1:12: seeds: 0 is not possible")]
    [InlineData("""{ "populations": { "a": {} }, "evaluation": { "episodes": 0 } }""", "evaluation.episodes=3", "evaluation.episodes: 0 is not possible")]
    [InlineData("""{ "training": { "tau": -1 }, "populations": { "a": { "tau": 5 } } }""", "seeds=2", "training.tau: -1 is out of range")]
    [InlineData("""{ "training": { "network": { "hidden": [5000] } }, "populations": { "a": {} } }""", "network.hidden=[8]", "training.network.hidden[0]: 5000 is out of range")]
    [InlineData("""{ "training": { "tau": 1e-40 }, "populations": { "a": {} } }""", "tau=1", "training.tau: 1E-40 is out of range; use a number at least 1E-30")]
    public void A_value_out_of_range_is_refused_although_another_overrides_it(string text, string set, string expected)
    {
        var error = Assert.Throws<ExperimentException>(() => Load(text, set));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Single(error.Problems);
    }

    [Fact]
    public void What_nobody_writes_is_refused_before_it_takes_time_or_memory()
    {
        Assert.Contains("there are 20000 populations; use at most 1000", Refusal($$"""{ "populations": { {{string.Join(", ", Enumerable.Range(0, 20000).Select(i => $"\"p{i}\": {{}}"))}} } }"""), StringComparison.Ordinal);
        var values = string.Join(", ", Enumerable.Range(1, 100));
        Assert.Contains("100 x 100 populations are too many; use at most 1000", Refusal($$"""{ "populations": { "a": { "sweep": { "tau": [{{values}}], "entropy": [{{values}}], "lanes": [{{values}}] } } } }"""), StringComparison.Ordinal);
        Assert.Contains("1001 layouts are named; name 1 to 1000", Refusal($$"""{ "populations": { "a": {} }, "evaluation": { "layouts": [{{string.Join(", ", Enumerable.Repeat("\"training\"", 1001))}}] } }"""), StringComparison.Ordinal);
        var endless = "{ \"populations\": { " + string.Join(", ", Enumerable.Range(0, 300_000).Select(i => $"\"p{i}\": {{}}")) + " } }";
        Assert.Contains(" bytes; an experiment has at most 4194304; is it the right file?", Refusal(endless), StringComparison.Ordinal);
        Assert.EndsWith("\n... and 975 more", Refusal($$"""{ "populations": { {{string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"\"p{i}\": 3"))}} } }"""), StringComparison.Ordinal);

        static string Refusal(string text) => Assert.Throws<ExperimentException>(() => Load(text)).Message;
    }

    [Fact]
    public void A_bad_map_is_an_error_with_the_maps_line_and_column()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("bad.txt", "name: bad\n\n.2.\n1P?\n.O.\n");
        var error = Assert.Throws<ExperimentException>(() => ExperimentLoader.Load(
            "test", "test.json", Encoding.UTF8.GetBytes("""{ "layout": "bad.txt", "populations": { "a": {} } }"""), directory.Root, []));
        var problem = Assert.Single(error.Problems);
        Assert.EndsWith("bad.txt", problem.Origin.Source, StringComparison.Ordinal);
        Assert.Equal((4, 3), (problem.Origin.Line, problem.Origin.Column));
    }

    internal static Experiment Load(string text, params string[] sets) =>
        ExperimentLoader.Load("test", "test.json", Encoding.UTF8.GetBytes(text), Repository.Root, sets.Select(Override.Parse));
}

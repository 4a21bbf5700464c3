using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Experiments.Reading;
using Srpo.Learning;

namespace Srpo.Experiments.Tests.Reading;

public sealed class OverrideTests
{
    private const string Two = """{ "populations": { "ippo": { "method": "ippo", "entropy": 0.3 }, "srpo": { "method": "srpo", "tau": 10, "seeds": 2, "sweep": { "clip": [0.1, 0.2] } } } }""";

    [Fact]
    public void A_training_key_changes_all_populations_whatever_they_say_themselves()
    {
        var experiment = ExperimentLoaderTests.Load(Two, "tau=5", "training.entropy=0.25");
        Assert.All(experiment.Populations, population => Assert.Equal((5.0, 0.25), (population.Training.Tau, population.Training.Entropy)));
    }

    [Fact]
    public void One_population_can_be_changed()
    {
        var experiment = ExperimentLoaderTests.Load(Two, "populations.srpo.tau=1");
        Assert.Equal([10, 1, 1], experiment.Populations.Select(population => population.Training.Tau));
    }

    [Fact]
    public void A_set_value_replaces_a_sweep_of_that_key()
    {
        Assert.Equal(["ippo", "srpo"], ExperimentLoaderTests.Load(Two, "clip=0.15").Populations.Select(population => population.Label));
        var one = ExperimentLoaderTests.Load(Two, "populations.srpo.clip=0.15");
        Assert.Equal([0.2, 0.15], one.Populations.Select(population => population.Training.Clip));
    }

    [Fact]
    public void Other_keys_words_and_lists_can_be_set()
    {
        var experiment = ExperimentLoaderTests.Load(
            Two, "seeds=3", "seed=18446744073709551615", "evaluation.episodes=7", "evaluation.layouts=training,held-out-b",
            "network.hidden=32,16", "adversary.kl=adversaryToPolicy", "maxGradientNorm=null", "layout=held-out-a");
        Assert.All(experiment.Populations, population => Assert.Equal(3, population.Seeds));
        Assert.Equal(ulong.MaxValue, experiment.Seed);
        Assert.Equal(7, experiment.Evaluation.Episodes);
        Assert.Equal(["training", "held-out-b"], experiment.Evaluation.Layouts.Select(layout => layout.Name));
        Assert.Equal("held-out-a", experiment.Environment.Variant);
        Assert.All(experiment.Populations, population =>
        {
            Assert.Equal([32, 16], population.Training.Network.Hidden);
            Assert.Equal(KlDirection.AdversaryToPolicy, population.Training.Adversary.Kl);
        });
    }

    [Theory]
    [InlineData("tua=5", "--set tua=5: tua: unknown key, did you mean 'tau'?")]
    [InlineData("evaluation.episods=5", "evaluation.episods: unknown key, did you mean 'episodes'?")]
    [InlineData("populations.srop.tau=5", "there is no population 'srop', did you mean 'srpo'?")]
    [InlineData("populations.srpo.tua=5", "populations.srpo.tua: unknown key, did you mean 'tau'?")]
    [InlineData("tau=abc", "--set tau=abc: training.tau: expected a number, found the text 'abc'")]
    [InlineData("tau=", "--set tau=: training.tau: expected a number")]
    [InlineData("tau=0", "--set tau=0: training.tau: 0 is out of range; use a number above 0")]
    [InlineData("network.hidden=64,x", "network.hidden: expected a list of whole numbers, found the text '64,x'")]
    [InlineData("network.hidden=64", "network.hidden: expected a list of whole numbers, found the number 64; write [64] for one, or 64,64 for two")]
    [InlineData("tau=0,5", "tau: expected a number, found the text '0,5'; numbers have a decimal point: write 0.5")]
    [InlineData("layout=5", "layout: unknown layout '5'")]
    [InlineData("method=5", "method: '5' is not known; use one of")]
    [InlineData("seeds=99999", "--set seeds=99999: seeds: 99999 is not possible; use a whole number from 1 to 10000")]
    public void A_mistake_names_the_option_as_typed(string set, string expected)
    {
        var error = Assert.Throws<ExperimentException>(() => ExperimentLoaderTests.Load(Two, set));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"--set {set}: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tau=4", "tau=5", "tau: contradicts --set tau=4; give one of the two")]
    [InlineData("tau=4", "training.tau=5", "training.tau: contradicts --set tau=4")]
    [InlineData("seeds=4", "seeds=5", "seeds: contradicts --set seeds=4")]
    [InlineData("evaluation.episodes=4", "evaluation.episodes=5", "contradicts --set evaluation.episodes=4")]
    [InlineData("populations.srpo.tau=4", "populations.srpo.tau=5", "contradicts --set populations.srpo.tau=4")]
    [InlineData("populations.srpo.tau=4", "populations.srpo.sweep.tau=[1,2]", "contradicts --set populations.srpo.tau=4")]
    [InlineData("populations.srpo.network={\"hidden\":[8]}", "populations.srpo.network.hidden=16", "contradicts --set populations.srpo.network={\"hidden\":[8]}")]
    [InlineData("evaluation.layouts=training", "evaluation.layouts=training,held-out-a", "contradicts --set evaluation.layouts=training")]
    public void Two_values_for_one_key_are_refused_in_either_order(string first, string second, string expected)
    {
        var error = Assert.Throws<ExperimentException>(() => ExperimentLoaderTests.Load(Two, first, second));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"--set {second}: ", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Problems);
        Assert.StartsWith($"--set {first}: ", Assert.Throws<ExperimentException>(() => ExperimentLoaderTests.Load(Two, second, first)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_value_twice_is_no_contradiction_and_one_population_may_differ_from_all()
    {
        Assert.All(ExperimentLoaderTests.Load(Two, "tau=5", "training.tau=5.0").Populations, population => Assert.Equal(5, population.Training.Tau));
        Assert.Equal([4, 7, 7], ExperimentLoaderTests.Load(Two, "tau=4", "populations.srpo.tau=7").Populations.Select(population => population.Training.Tau));
        Assert.Equal([4, 7, 7], ExperimentLoaderTests.Load(Two, "populations.srpo.tau=7", "tau=4").Populations.Select(population => population.Training.Tau));
    }

    [Fact]
    public void An_option_without_a_value_is_an_error()
    {
        var error = Assert.Throws<SrpoException>(() => Override.Parse("tau"));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains("KEY=VALUE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_training_key_can_be_written_as_it_is_shown()
    {
        var settings = new TrainingSettings { Method = "srpo" };
        foreach (var key in AllSettings.All)
        {
            var shown = JsonText.Write(key.Get(settings));
            var experiment = ExperimentLoaderTests.Load("""{ "populations": { "a": {} } }""", $"{key.Path}={shown}");
            Assert.Equal(settings, experiment.Populations[0].Training);
        }
    }
}

using Srpo.Client.Tests.Support;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Learning;

namespace Srpo.Experiments.Tests.Reading;

/// <summary>What populations of an experiment say of each other.</summary>
public sealed class PopulationLinksTests
{
    private const string Tag = """
        { "preset": "tag", "seeds": 2, "training": { "iterations": 9 },
          "populations": {
            "fcp": { "method": "fcp", "partners": "pool", "opponents": ["runners/2"] },
            "srpo": { "method": "srpo", "opponents": "runners/2", "sweep": { "tau": [1, 10] } },
            "pool": { "method": "self-play", "seeds": 3, "iterations": 8, "evaluate": false, "opponents": "runners/0" },
            "runners": { "method": "ippo", "seeds": 4, "iterations": 7, "evaluate": false },
          },
          "evaluation": { "opponents": ["runners/0", "runners/2"] } }
        """;

    [Fact]
    public void Opponents_are_the_agents_of_a_team_at_the_end_of_its_training()
    {
        var experiment = Load(Tag);
        var spec = experiment.Spec(experiment.Population("srpo-tau10"), label => "run-1." + label);
        Assert.Equal([new PolicyReference("run-1.runners/2/2", 7)], spec.Opponents);
        Assert.Equal("run-1.srpo-tau10", spec.Population);
        Assert.Empty(spec.Partners);
        Assert.Empty(spec.Snapshots);
    }

    [Fact]
    public void Partners_are_all_teams_at_a_quarter_half_and_the_end()
    {
        var experiment = Load(Tag);
        var spec = experiment.Spec(experiment.Population("fcp"), label => label);
        Assert.Equal(
            ["pool/0/0@2", "pool/0/0@4", "pool/0/0@8", "pool/1/0@2", "pool/1/0@4", "pool/1/0@8", "pool/2/0@2", "pool/2/0@4", "pool/2/0@8"],
            spec.Partners.Select(partner => partner.ToString()));
        Assert.Equal([2, 4], experiment.Spec(experiment.Population("pool"), label => label).Snapshots);
        Assert.Empty(experiment.Spec(experiment.Population("runners"), label => label).Snapshots);
    }

    [Fact]
    public void A_layout_per_opponent_is_evaluated_and_the_known_one_is_training()
    {
        var layouts = Load(Tag).Evaluation.Layouts;
        Assert.Equal([("runners-0", true), ("training", false)], layouts.Select(layout => (layout.Name, layout.UnseenOpponents)));
        Assert.All(layouts, layout => Assert.Equal("training", layout.Base));
        Assert.Equal(["runners/2"], layouts[1].Opponents.Select(opponent => opponent.Name()));
        var alone = Assert.Single(Load(Tag.Replace("\"opponents\": [\"runners/0\", \"runners/2\"]", "", StringComparison.Ordinal)).Evaluation.Layouts);
        Assert.Equal(("training", "runners/2"), (alone.Name, alone.Opponents[0].Name()));
    }

    [Fact]
    public void With_several_ways_to_act_every_layout_is_played_in_each()
    {
        var layouts = Load(Tag.Replace("\"runners/0\", \"runners/2\"]", "\"runners/0\", \"runners/2\"], \"actions\": [\"sampled\", \"greedy\"]", StringComparison.Ordinal)).Evaluation.Layouts;
        Assert.Equal(
            [("runners-0", ActionChoice.Sampled, "training"), ("training", ActionChoice.Sampled, "training"), ("runners-0-greedy", ActionChoice.Greedy, "training-greedy"), ("training-greedy", ActionChoice.Greedy, "training-greedy")],
            layouts.Select(layout => (layout.Name, layout.Actions, layout.Base)));
        Assert.Equal([true, false, true, false], layouts.Select(layout => layout.UnseenOpponents));
        var one = Load("""{ "populations": { "a": {} }, "training": { "evaluationActions": "greedy" } }""").Evaluation.Layouts;
        Assert.Equal(("training", ActionChoice.Greedy), (Assert.Single(one).Name, one[0].Actions));
    }

    [Theory]
    [InlineData("\"best\"", "evaluation.actions: 'best' is not known")]
    [InlineData("[\"greedy\", \"greedy\"]", "evaluation.actions: a way to act is listed twice")]
    [InlineData("[\"sampled\", 3]", "evaluation.actions[1]: expected one of sampled, greedy")]
    [InlineData("[]", "evaluation.actions: expected one of sampled, greedy")]
    public void Ways_to_act_are_told_by_key(string actions, string message) => Assert.Contains(
        message, Assert.Throws<ExperimentException>(() => Load($$"""{ "populations": { "a": {} }, "evaluation": { "actions": {{actions}} } }""")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_others_need_is_trained_first()
    {
        var manifest = new RunManifest { Id = "r", CommandLine = "", Started = default, Experiment = Load(Tag), Workers = 2 };
        var labels = TrainingBatches.Of(manifest).Select(batch => string.Join('+', batch.Select(population => population.Label)));
        Assert.Equal(["runners", "srpo-tau1", "srpo-tau10", "pool", "fcp"], labels);
        Assert.Equal(["runners", "srpo-tau1+srpo-tau10+pool", "fcp"], TrainingBatches.Of(manifest with { Workers = 7 }).Select(batch => string.Join('+', batch.Select(population => population.Label))));
    }

    [Fact]
    public void The_number_of_seeds_changes_what_is_measured_and_not_what_others_name()
    {
        var experiment = Load(Tag, "seeds=5");
        Assert.Equal([5, 5, 5, 3, 4], experiment.Populations.Select(population => population.Seeds));
        Assert.Equal("runners/3", Load(Tag, "populations.srpo.opponents=runners/3", "populations.fcp.opponents=runners/3").Population("srpo-tau1").Opponents[0].Name());
    }

    [Fact]
    public void The_stored_run_knows_its_links()
    {
        using var directory = new TemporaryDirectory();
        var data = new DataDirectory(directory.Root);
        var manifest = new RunManifest { Id = "r", CommandLine = "", Started = default, Experiment = Load(Tag) };
        Directory.CreateDirectory(data.Run("r"));
        manifest.Save(data);
        var read = RunManifest.Load(data, "r").Experiment;
        Assert.Equal(manifest.Experiment.Populations.Select(Spec), read.Populations.Select(population => read.Spec(population, label => label)));
        Assert.Equal(manifest.Experiment.Evaluation.Layouts.Select(layout => layout.Opponents[0]), read.Evaluation.Layouts.Select(layout => layout.Opponents[0]));

        PopulationSpec Spec(ExperimentPopulation population) => manifest.Experiment.Spec(population, label => label);
    }

    [Theory]
    [InlineData("srpo.opponents=runner/0", "there is no population 'runner', did you mean 'runners'?; populations here: fcp, srpo-tau1, srpo-tau10, pool, runners")]
    [InlineData("srpo.opponents=runners/4", "there is no team 4 of 'runners'; use a team from 0 to 3, or train more: populations.runners.seeds")]
    [InlineData("srpo.opponents=runners", "'runners' names no team; write LABEL/TEAM")]
    [InlineData("srpo.opponents=runners/0,runners/1", "2 opponents are named for 1 seats; write \"LABEL/TEAM\"")]
    [InlineData("srpo.opponents=3", "populations.srpo.opponents: found the number 3; write \"LABEL/TEAM\"")]
    [InlineData("srpo.opponents=pool/0", "'pool' plays against frozen opponents itself and has no agents in their seats")]
    [InlineData("runners.opponents=runners/0", "a population cannot be its own opponent")]
    [InlineData("pool.opponents=fcp/0", "'fcp' plays against frozen opponents itself")]
    [InlineData("fcp.partners=runners", "'runners' is trained with method \"ippo\"; name a population with method \"self-play\"")]
    [InlineData("fcp.partners=fcp", "'fcp' is trained with method \"fcp\"; name a population with method \"self-play\"")]
    [InlineData("fcp.partners=pol", "there is no population 'pol', did you mean 'pool'?")]
    [InlineData("fcp.method=ippo", "9 frozen partners are given to a method that plays with none; use method = \"fcp\", or leave them out")]
    [InlineData("srpo.evaluate=maybe", "populations.srpo.evaluate: expected true or false")]
    [InlineData("pool.evaluate=true", "'pool' and 'fcp' train against different opponents and cannot be measured together")]
    [InlineData("runners.method=srpo", "in tag simple-tag only method \"ippo\" can train a team and its opponents against each other")]
    public void A_wrong_link_is_named_with_its_remedy(string set, string expected)
    {
        var error = Assert.Throws<ExperimentException>(() => Load(Tag, "populations." + set));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Matches(@"^(test\.json:\d+:\d+|--set populations\.[^:]+): ", error.Message);
    }

    [Theory]
    [InlineData("""{ "populations": { "a": { "opponents": "b/0" }, "b": {} } }""", "populations.a.opponents: gridworld official has no seats for opponents; leave it out")]
    [InlineData("""{ "populations": { "a": { "method": "fcp" } } }""", "populations.a.partners: FCP has no partners")]
    [InlineData("""{ "populations": { "a": { "evaluate": false } } }""", "populations: none of them is evaluated")]
    [InlineData("""{ "populations": { "a": {} }, "evaluation": { "opponents": ["a/0"] } }""", "evaluation.opponents: gridworld official has no seats for opponents")]
    [InlineData("""{ "preset": "tag", "populations": { "a": { "method": "ippo" } } }""", "evaluation.opponents: the seats of the opponents in tag simple-tag are empty")]
    [InlineData("""{ "preset": "tag", "populations": { "a": { "method": "ippo" } }, "evaluation": { "opponents": ["a/0", "a/0"] } }""", "evaluation.opponents: 'a/0' is listed twice")]
    [InlineData("""{ "preset": "tag", "populations": { "a": { "method": "ippo" } }, "evaluation": { "opponents": 3 } }""", "evaluation.opponents: expected a list of opponents, found the number 3")]
    [InlineData("""{ "preset": "tag", "populations": { "a": { "method": "ippo" } }, "evaluation": { "opponents": ["a/0"], "layouts": ["tag-3v1"] } }""", "'tag-3v1-a-0' has 3 seats for a team and 1 for opponents, the layout of training 2 and 1")]
    [InlineData("""{ "preset": "hanabi-2p", "populations": { "a": { "adversary": { "critic": "shared" }, "sharePolicy": false } } }""", "adversary.critic: in hanabi agents and adversaries act at different times")]
    [InlineData("""{ "preset": "hanabi-2p", "layout": "3x3-9p", "populations": { "a": {} } }""", "layout: unknown variant '3x3-9p'")]
    public void What_an_environment_does_not_offer_is_refused(string text, string expected)
    {
        var error = Assert.Throws<ExperimentException>(() => Load(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Matches(@"^test\.json:\d+:\d+: ", error.Message);
    }

    [Fact]
    public void An_environment_without_a_layout_takes_its_first()
    {
        Assert.Equal("3x3-2p", Load("""{ "environment": "hanabi", "populations": { "a": {} } }""").Environment.Variant);
        Assert.Equal("official", Load("""{ "environment": "gridworld", "populations": { "a": {} } }""").Environment.Variant);
    }

    [Fact]
    public void Every_preset_can_be_trained_in_its_environment()
    {
        foreach (var preset in Presets.All.Where(preset => EnvironmentFactory.Find(preset.Environment).IsStepped))
        {
            var method = preset.Environment == "tag" ? "ippo" : "srpo";
            var evaluation = preset.Environment == "tag" ? "\"opponents\": [\"a/0\"]" : "";
            var experiment = Load($$"""{ "preset": "{{preset.Name}}", "populations": { "a": { "method": "{{method}}" } }, "evaluation": { {{evaluation}} } }""");
            Assert.Equal(preset.Training with { Method = method == "ippo" ? "ippo" : "srpo" }, experiment.Populations[0].Training);
        }
    }

    [Fact]
    public void The_seating_of_reports_is_that_of_matches() =>
        Assert.Equal(CrossPlayMatrix.OrderedSeating, Seatings.Describe(Seating.Ordered, 2));

    private static Experiment Load(string text, params string[] sets) => ExperimentLoaderTests.Load(text, sets);
}

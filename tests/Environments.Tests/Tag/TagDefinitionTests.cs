using Srpo.Core.Settings;
using Srpo.Environments.Tag;

namespace Srpo.Environments.Tests.Tag;

public class TagDefinitionTests
{
    [Fact]
    public void TheFirstScenarioIsThePapers()
    {
        var definition = TagScenarios.Load(TagScenarios.Names[0]);

        Assert.Equal(("simple-tag", 2, 1, 2, 100, 0.1, 0.1), (definition.Name, definition.Chasers, definition.Runners, definition.Obstacles, definition.Length, definition.ChaserRewardScale, definition.RunnerRewardScale));
        Assert.Equal(definition, TagDefinition.Parse("{}", "simple-tag"));
    }

    [Fact]
    public void EveryFieldIsWrittenAndReadBack()
    {
        var definition = new TagDefinition
        {
            Name = "mine",
            Chasers = 3,
            Runners = 4,
            Obstacles = 5,
            Length = 6,
            ChaserRewardScale = 0.7,
            RunnerRewardScale = 0.6,
            ChaserSize = 0.08,
            RunnerSize = 0.09,
            ObstacleSize = 0.11,
            ChaserAcceleration = 1.2,
            RunnerAcceleration = 1.3,
            ChaserMaxSpeed = 1.4,
            RunnerMaxSpeed = 1.5,
        };

        Assert.Equal(definition, TagDefinition.Parse(definition.ToJson()));
        Assert.Equal(14, typeof(TagDefinition).GetProperties().Length);
    }

    [Theory]
    [InlineData("{\"chasers\": 0}", "chasers: must be a whole number from 1 to 32, not 0")]
    [InlineData("{\"chasers\": 33}", "chasers: must be a whole number from 1 to 32, not 33")]
    [InlineData("{\"chasers\": 1.5}", "chasers: must be a whole number from 1 to 32, not 1.5")]
    [InlineData("{\"chasers\": \"2\"}", "chasers: must be a whole number from 1 to 32, not \"2\"")]
    [InlineData("{\"runners\": 0}", "runners: must be a whole number from 1 to 32, not 0")]
    [InlineData("{\"obstacles\": -1}", "obstacles: must be a whole number from 0 to 64, not -1")]
    [InlineData("{\"length\": 0}", "length: must be a whole number from 1 to 1000000, not 0")]
    [InlineData("{\"length\": 1e99}", "length: must be a whole number from 1 to 1000000, not 1e99")]
    [InlineData("{\"chaserRewardScale\": 0}", "chaserRewardScale: must be a number above 0 to 1000, not 0")]
    [InlineData("{\"runnerSize\": -0.1}", "runnerSize: must be a number above 0 to 10, not -0.1")]
    [InlineData("{\"runnerMaxSpeed\": 1e999}", "runnerMaxSpeed: must be a number above 0 to 100, not 1e999")]
    [InlineData("{\"runnerMaxSpeed\": null}", "runnerMaxSpeed: must be a number above 0 to 100, not null")]
    [InlineData("{\"chaser\": 2}", "unknown field 'chaser'; did you mean 'chasers'?")]
    [InlineData("{\"chasers\": 2, \"chasers\": 3}", "chasers: is given twice")]
    [InlineData("{\"kind\": \"matrix\"}", "kind: must be \"tag\", not \"matrix\"")]
    [InlineData("{\"name\": \"\"}", "name: must be a text that is not empty")]
    [InlineData("[]", "a scenario must be a JSON object")]
    [InlineData("{", "the scenario is not valid JSON")]
    public void BadDefinitionsAreToldByField(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => TagDefinition.Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void DefinitionsMadeInCodeAreChecked()
    {
        var error = Assert.Throws<ArgumentException>(() => new TagEnvironment(new TagDefinition { Runners = 0 }, 1));
        Assert.StartsWith("runners: must be a whole number from 1 to 32, not 0", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TagEnvironment(new TagDefinition { ChaserSize = double.NaN }, 1));
        Assert.Throws<ArgumentException>(() => new TagEnvironment(new TagDefinition { Name = " " }, 1));
    }

    [Fact]
    public void FilesAndUnknownScenariosAreTold()
    {
        var folder = Directory.CreateTempSubdirectory("srpo-tag-").FullName;
        try
        {
            var path = Path.Combine(folder, "big.json");
            File.WriteAllText(path, "{ \"chasers\": 5 } // ours");
            var resolved = EnvironmentFactory.Resolve(new EnvironmentSettings("tag", path));
            Assert.Equal("big", resolved.Variant);
            Assert.Equal(5, EnvironmentFactory.Create(resolved, 1).Info.TeamSeats);

            File.WriteAllText(path, "{ \"chasers\": -5 }");
            Assert.StartsWith($"{path}: chasers: ", Assert.Throws<FormatException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("tag", path))).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var unknown = Assert.Throws<ArgumentException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("tag", "simpletag")));
        Assert.Contains("unknown scenario 'simpletag'; did you mean 'simple-tag'?", unknown.Message, StringComparison.Ordinal);
    }
}

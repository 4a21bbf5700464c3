using System.Text;
using Srpo.Core.Results;
using Srpo.Experiments.Reading;
using Srpo.Experiments.Runs;

namespace Srpo.Experiments.Tests.Runs;

public class PopulationTitlesTests
{
    [Theory]
    [InlineData("\"ippo\": {\"method\": \"ippo\"}, \"srpo\": {\"method\": \"srpo\"}", "", "IPPO|SRPO")]
    [InlineData("\"ippo\": {\"method\": \"ippo\"}, \"ippo-entropy0.2\": {\"method\": \"ippo\", \"entropy\": 0.2}", "", "IPPO|IPPO, entropy 0.2")]
    [InlineData("\"srpo\": {\"method\": \"srpo\", \"sweep\": {\"tau\": [0.1, 1]}}", "", "SRPO, tau 0.1|SRPO, tau 1")]
    [InlineData("\"a\": {\"method\": \"srpo\"}, \"b\": {\"method\": \"srpo\"}", "", "SRPO (a)|SRPO (b)")]

    // What the command line changed is said of the methods that heed it, and how much is trained is not said.
    [InlineData("\"ippo\": {\"method\": \"ippo\"}, \"srpo\": {\"method\": \"srpo\"}", "tau=1", "IPPO|SRPO, tau 1")]
    [InlineData("\"ippo\": {\"method\": \"ippo\"}, \"srpo\": {\"method\": \"srpo\"}", "entropy=0.3", "IPPO, entropy 0.3|SRPO, entropy 0.3")]
    [InlineData("\"ippo\": {\"method\": \"ippo\"}, \"srpo\": {\"method\": \"srpo\"}", "populations.srpo.adversary.kl=adversaryToPolicy", "IPPO|SRPO, adversary.kl adversaryToPolicy")]
    [InlineData("\"ippo\": {\"method\": \"ippo\"}, \"pure-adversarial\": {\"method\": \"pure-adversarial\"}", "iterations=3", "IPPO|Pure adversarial")]
    public void Populations_are_called_by_their_method_and_what_sets_them_apart(string populations, string change, string expected)
    {
        var names = PopulationTitles.Of(Load(populations, change));
        Assert.Equal(expected.Split('|'), names.Known.Select(name => name.Title));
    }

    [Fact]
    public void Opponents_are_no_methods_and_roles_go_by_label()
    {
        var names = PopulationTitles.Of(ExperimentLoader.Load(ExperimentFiles.Find("tag-quick", "/"), "/", []));
        Assert.Equal(PopulationRole.Opponent, names.Role("runners"));
        Assert.Equal(PopulationRole.Subject, names.Role("srpo"));
        Assert.Equal("ippo", names.Baseline);
        Assert.Equal(["runners", "ippo", "srpo"], names.Known.Select(name => name.Label));
    }

    private static Experiment Load(string populations, string change) => ExperimentLoader.Load(
        "test", "test.json", Encoding.UTF8.GetBytes($"{{\"populations\": {{{populations}}}}}"), "/", change.Length == 0 ? [] : [Override.Parse(change)]);
}

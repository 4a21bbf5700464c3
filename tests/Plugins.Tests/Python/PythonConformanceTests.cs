using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Conformance;
using Srpo.Conformance.Environments;
using Srpo.Core.Settings;
using Srpo.Learning.Plugins;

namespace Srpo.Plugins.Tests.Python;

/// <summary>Environments in Python, held to what every environment is held to.</summary>
public sealed class PythonConformanceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [PythonFact("json")]
    public void The_sample_passes_every_check()
    {
        var results = Check("python:corridor.make", Modules.Sample);
        Assert.All(results, result => Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString()));
        Assert.Equal(["turns", "save and restore", "other streams", "state numbers", "table"], results.Where(result => result.Verdict == CheckVerdict.NotApplicable).Select(result => result.Check));
    }

    [PythonFact("json")]
    public void One_that_masks_actions_passes_every_check()
    {
        _directory.Write("masked.py", Modules.Text(
            step: "assert all(self.numbers[0] >= 0.5 or action != 3 for action in actions.values()), 'the mask was not heeded'",
            members: """
                def masked(self, seen):
                    mask = [1, 1, 1, int(self.numbers[0] >= 0.5)]
                    return {agent: {"observation": numbers, "action_mask": mask} for agent, numbers in seen.items()}
                """).Replace("return self.look(),", "return self.masked(self.look()),", StringComparison.Ordinal));
        var results = Check("python:masked.make", _directory.Root);
        Assert.All(results, result => Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString()));
    }

    [PythonFact("json")]
    public void One_whose_lanes_share_a_generator_is_found_out()
    {
        _directory.Write("shared.py", Modules.Text().Replace("self.random = random.Random(seed)", "random.seed(seed); self.random = random", StringComparison.Ordinal));
        var results = Check("python:shared.make", _directory.Root);
        Assert.Equal(CheckVerdict.Failed, results.Single(result => result.Check == "lanes").Verdict);
    }

    [PythonFact("json")]
    public async Task The_command_checks_one_by_its_name()
    {
        _directory.Write("named.py", Modules.Text());
        var checkedOne = (await InProcess.RunAsync(_directory.Root, "check", "environment", "python:named.make")).Expect(ExitCode.Ok);
        Assert.Contains("python:named.make default: ", checkedOne.Out, StringComparison.Ordinal);
        Assert.Contains("no fault found", checkedOne.Out, StringComparison.Ordinal);
    }

    private static CheckResult[] Check(string name, string folder)
    {
        LoadedPlugins.Load(name, folder);
        return [.. EnvironmentConformance.Run(new EnvironmentSettings(name, "default"))];
    }
}

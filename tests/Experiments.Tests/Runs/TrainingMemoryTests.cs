using System.Text;
using Srpo.Core.Limits;
using Srpo.Experiments.Runs;

namespace Srpo.Experiments.Tests.Runs;

public sealed class TrainingMemoryTests
{
    /// <summary>Each of these runs ended for want of memory with a limit of the first number of MiB, and came through with the second.</summary>
    [Theory]
    [InlineData("""{ "seeds": 3, "populations": { "ippo": {}, "srpo": { "method": "srpo", "tau": 5 } } }""", 38, 64)]
    [InlineData("""{ "seeds": 8, "training": { "network": { "hidden": [512, 512] } }, "populations": { "srpo": { "method": "srpo" } } }""", 177, 300)]
    [InlineData("""{ "preset": "hanabi-2p", "seeds": 2, "training": { "lanes": 512, "horizon": 256 }, "populations": { "ippo": { "method": "ippo" } } }""", 420, 900)]
    [InlineData("""{ "preset": "tag", "seeds": 1, "training": { "lanes": 300, "horizon": 1024 }, "populations": { "ippo": { "method": "ippo" } }, "evaluation": { "opponents": ["ippo/0"] } }""", 132, 270)]
    public void The_need_lies_between_what_failed_and_what_was_enough(string text, int failed, int enough)
    {
        var experiment = ExperimentLoader.Load("x", "x", Encoding.UTF8.GetBytes(text), "/", []);
        var need = experiment.Populations.Select(population => TrainingMemory.Of([experiment.Spec(population, label => label)], workers: 2)).MaxBy(one => one.Heap);
        Assert.InRange(need.Heap >> 20, failed, enough);
        Assert.True(need.Process - MemoryNeed.Grains.Process >= need.Heap - MemoryNeed.Grains.Heap);
    }
}

using System.Text.Json;
using Srpo.Bench.Throughput;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Language.Torch;
using Srpo.Learning;
using Srpo.Learning.Torch;

namespace Srpo.Client.Tests.Commands;

/// <summary>`srpo bench`: what it counts, prints, writes, reads and refuses. How fast anything is, is nobody's business here.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Kernels_are_measured_as_shares_of_the_machines_roofs()
    {
        var outcome = (await RunAsync("bench", "--quick", "--only", "kernels", "--json", "--out", "new.json")).Expect(ExitCode.Ok);
        using var shown = JsonDocument.Parse(outcome.Out);
        var root = shown.RootElement;
        Assert.Equal(BenchReport.ThisSchema, root.GetProperty("schema").GetString());
        Assert.Equal(ProgramInfo.Version, root.GetProperty("version").GetString());
        Assert.Equal(ProgramInfo.Commit, root.GetProperty("commit").GetString());
        Assert.True(root.GetProperty("quick").GetBoolean());
        var machine = root.GetProperty("machine");
        Assert.Equal(ProgramInfo.Processor(), machine.GetProperty("processor").GetString());
        Assert.Equal(Environment.ProcessorCount, machine.GetProperty("cores").GetInt32());
        Assert.Contains(machine.GetProperty("kernels").GetString(), (string[])["512-bit", "256-bit", "portable"]);
        Assert.False(root.TryGetProperty("comparison", out _));

        var measures = root.GetProperty("measures").EnumerateArray().ToDictionary(measure => measure.GetProperty("name").GetString()!, StringComparer.Ordinal);
        string[] roofs = ["peak", "L1", "L2", "L3", "memory"];
        string[] kernels =
        [
            .. new[] { 64, 128, 256, 512 }.SelectMany(width => new[] { $"dense forward {width}", $"dense backward {width}" }),
            "tanh", "tanh gradient", "relu", "relu gradient", "softmax", "adam", "policy", "policy with GRU 64",
        ];
        Assert.Equal(roofs.Concat(kernels), measures.Keys);
        Assert.All(measures.Values, measure =>
        {
            Assert.True(measure.GetProperty("best").GetDouble() >= measure.GetProperty("median").GetDouble());
            Assert.True(measure.GetProperty("median").GetDouble() > 0);
            Assert.Equal(3, measure.GetProperty("repeats").GetInt32());
            Assert.NotEmpty(measure.GetProperty("unit").GetString()!);
            Assert.NotEmpty(measure.GetProperty("detail").GetString()!);
        });
        Assert.All(roofs, roof => Assert.Equal(JsonValueKind.Null, measures[roof].GetProperty("roof").ValueKind));
        Assert.All(kernels, kernel =>
        {
            Assert.Contains(measures[kernel].GetProperty("roof").GetString(), roofs);
            Assert.True(measures[kernel].GetProperty("share").GetDouble() > 0);
        });

        // The file holds the same, and is read back as it was.
        var text = await File.ReadAllTextAsync(_directory["new.json"]);
        var read = BenchReport.Read(text, "new.json");
        Assert.Equal(text.TrimEnd(), JsonText.Write(read));
        Assert.Equal(outcome.Out.TrimEnd(), JsonText.Show(read));

        var compared = (await RunAsync("bench", "--quick", "--only", "roofs", "--compare", "new.json")).Expect(ExitCode.Ok);
        Assert.Contains("peak, now to then", compared.Out, StringComparison.Ordinal);
        Assert.Contains("memory, now to then", compared.Out, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ *tanh gradient +[0-9.]+ +G elements/s *$", compared.Out);
        Assert.Matches(@"(?m)^ *peak +[0-9.]+ +[0-9.]+ +GFLOP/s +[0-9.]+ +1\.000 *$", compared.Out);
    }

    /// <summary>Nothing of another group is measured, and what is worked in is not the user's directory.</summary>
    [Fact]
    public async Task Updates_and_environments_are_measured_without_a_data_directory()
    {
        var outcome = (await RunAsync("bench", "--quick", "--only", "environments", "--only", "updates", "--json")).Expect(ExitCode.Ok);
        var measures = JsonText.Read<BenchReport>(outcome.Out)!.Measures;
        Assert.Equal([BenchGroups.Roofs, BenchGroups.Environments, BenchGroups.Updates], measures.Select(measure => measure.Group).Distinct());
        Assert.All(EnvironmentFactory.Stepped, known => Assert.Contains(measures, measure => measure.Name == $"{known.Name} with observations"));
        foreach (var name in new[] { "official ippo", "official srpo", "hanabi-2p ippo", "recall ippo" })
        {
            var update = Assert.Single(measures, measure => measure.Name == name);
            Assert.Equal("peak", update.Roof);
            Assert.True(update.FlopsPerItem > 0);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    [Fact]
    public async Task A_language_model_is_measured_where_libtorch_can_be_had_and_else_refused()
    {
        string[] measure = ["bench", "--quick", "--only", "language", "--json", "--out", "new.json"];
        if (LibTorch.WhyNot() is { } reason)
        {
            var refused = (await RunAsync(measure)).Expect(ExitCode.Environment);
            Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
            Assert.Empty(refused.Out);
            Assert.False(File.Exists(_directory["new.json"]));
            return;
        }

        var report = JsonText.Read<BenchReport>((await RunAsync(measure)).Expect(ExitCode.Ok).Out)!;
        Assert.Empty(report.LeftOut);
        var measures = report.Measures.Where(measure => measure.Group == BenchGroups.Language).ToArray();
        Assert.Equal(["language prompt", "language generation", "language LoRA training"], measures.Select(measure => measure.Name));
        Assert.All(measures, measure =>
        {
            Assert.Equal(("k tokens/CPU s", "peak", 3), (measure.Unit, measure.Roof, measure.Repeats));
            Assert.True(measure.Median > 0 && measure.Share > 0 && measure.FlopsPerItem > 1e6);
        });
        var compared = (await RunAsync("bench", "--quick", "--only", "roofs", "--compare", "new.json")).Expect(ExitCode.Ok);
        Assert.Matches(@"(?m)^ *language generation +[0-9.]+ +k tokens/CPU s *$", compared.Out);
    }

    /// <summary>Where nobody asks for groups, one that cannot be measured takes nothing from the others.</summary>
    [Fact]
    public async Task Language_models_are_left_out_with_the_reason_where_libtorch_is_missing()
    {
        var all = new BenchRequest(BenchGroups.All, Quick: true, Workers: 1);
        Assert.Same(all, all.WithLanguageIf(() => null));
        var request = all.WithLanguageIf(() => "torch: no libtorch was found");
        Assert.Equal(BenchGroups.All.Where(group => group != BenchGroups.Language), request.Groups);
        var roofs = new BenchRequest([BenchGroups.Roofs], Quick: true, Workers: 1);
        Assert.Same(roofs, roofs.WithLanguageIf(() => throw new InvalidOperationException("nobody asked for them")));

        var report = await new BenchRunner(request with { Groups = [BenchGroups.Roofs] }, null, new TorchLanguage(), _ => { }).RunAsync("d", CancellationToken.None);
        Assert.Equal([new GroupLeftOut("language", "torch: no libtorch was found")], BenchReport.Read(JsonText.Write(report), "new.json").LeftOut);
    }

    [Fact]
    public void A_comparison_divides_out_how_far_the_peak_has_drifted()
    {
        var then = Report(("peak", 200), ("memory", 40), ("tanh", 2), ("gone", 5));
        var now = Report(("peak", 100), ("memory", 30), ("tanh", 3), ("new", 7)) with { Quick = true };
        var comparison = BenchComparison.Of(now, then, "old.json");
        Assert.Equal(0.5, comparison.PeakRatio);
        Assert.Equal(0.75, comparison.MemoryRatio);
        Assert.Equal(["--quick: not given then, given now"], comparison.Differences);
        Assert.Equal(
            [
                new MeasureRatio("kernels", "peak", "u", 200, 100, 0.5, 1),
                new MeasureRatio("kernels", "memory", "u", 40, 30, 0.75, 1.5),
                new MeasureRatio("kernels", "tanh", "u", 2, 3, 1.5, 3),
                new MeasureRatio("kernels", "new", "u", null, 7, null, null),
                new MeasureRatio("kernels", "gone", "u", 5, null, null, null),
            ],
            comparison.Measures);
    }

    [Theory]
    [InlineData("{", (int)ExitCode.Damaged, "old.json is damaged: ")]
    [InlineData("", (int)ExitCode.Damaged, "old.json is damaged: ")]
    [InlineData("[]", (int)ExitCode.Usage, "old.json says no schema")]
    [InlineData("""{ "machine": { "processor": "x" }, "kernels": [] }""", (int)ExitCode.Usage, "old.json says no schema, and only reports of `srpo bench` with the schema 'srpo-bench-1' can be compared")]
    [InlineData("""{ "schema": "srpo-bench-9" }""", (int)ExitCode.Usage, "old.json has the schema 'srpo-bench-9'")]
    [InlineData("""{ "schema": "srpo-bench-1" }""", (int)ExitCode.Damaged, "old.json is damaged: ")]
    [InlineData("""{ "schema": "srpo-bench-1", "version": "1", "date": "d", "runtime": "r", "machine": { "processor": "p", "kernels": "k" }, "grainCost": {}, "measures": [] }""", (int)ExitCode.Damaged, "it has no measures")]
    [InlineData("""{ "schema": "srpo-bench-1", "version": "1", "date": "d", "runtime": "r", "machine": { "processor": "p", "kernels": "k" }, "grainCost": {}, "measures": [{ "group": "roofs", "name": "peak", "unit": "u", "best": 0 }] }""", (int)ExitCode.Damaged, "measures[0].best of 'peak' is no rate")]
    [InlineData("""{ "schema": "srpo-bench-1", "version": "1", "date": "d", "runtime": "r", "machine": { "processor": "p", "kernels": "k" }, "grainCost": {}, "measures": [{ "group": "roofs", "name": "peak", "unit": "u", "best": "fast" }] }""", (int)ExitCode.Damaged, "measures[0].best, line 1, ")]
    [InlineData("""{ "schema": "srpo-bench-1", "version": "1", "date": "d", "runtime": "r", "machine": { "processor": "p", "kernels": "k" }, "grainCost": {}, "measures": [{ "group": "kernels", "name": "tanh", "unit": "u", "best": 1 }] }""", (int)ExitCode.Damaged, "there is no measure 'peak'")]
    public async Task What_cannot_be_compared_is_refused_before_anything_is_measured(string text, int code, string expected)
    {
        _directory.Write("old.json", text);
        var outcome = (await RunAsync("bench", "--compare", "old.json", "--out", "new.json")).Expect((ExitCode)code);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("preparing", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Srpo.", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        Assert.False(File.Exists(_directory["new.json"]));
    }

    [Fact]
    public async Task A_report_that_is_not_there_is_not_found() =>
        Assert.Contains("there is no report old.json", (await RunAsync("bench", "--compare", "old.json")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);

    [Fact]
    public void Arithmetic_of_a_layer_is_a_multiply_add_for_every_weight()
    {
        // 3 to 2: 6 weights, 12 operations forward; back only the weights' gradient, since nobody asks for the observation's.
        var layer = new NetworkShape(3, [], 2, Activation.Tanh);
        Assert.Equal((12.0, 12.0), (NetworkFlops.Forward(layer), NetworkFlops.Backward(layer)));

        // 3 to 4 to 2: 12 + 8 weights; the second layer also passes a gradient on.
        var two = new NetworkShape(3, [4], 2, Activation.Tanh);
        Assert.Equal((40.0, 24.0 + 16 + 16), (NetworkFlops.Forward(two), NetworkFlops.Backward(two)));

        // 3 to 4, to 15 gates of 5 units, 5 to 15 gates again, 5 to 2.
        var memory = new NetworkShape(3, [4], 2, Activation.Tanh, gru: 5);
        Assert.Equal((24.0 + 120 + 150 + 20, 24.0 + 240 + 300 + 40), (NetworkFlops.Forward(memory), NetworkFlops.Backward(memory)));
        Assert.Equal(2.0 * 96 * 64 * 32, KernelBench.DenseFlops(96, 64, 32));
    }

    /// <summary>Rows that samples refer to count once in every epoch, however many samples there are.</summary>
    [Fact]
    public void Arithmetic_of_an_update_counts_the_rows_that_are_evaluated()
    {
        var spec = new PopulationSpec
        {
            Population = "x",
            Environment = EnvironmentFactory.Resolve(new EnvironmentSettings("gridworld", "official")),
            Training = new TrainingSettings { Method = "srpo", Epochs = 3, Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared }, Network = new NetworkSettings { Hidden = [4] } },
            Teams = 1,
        };
        var environment = EnvironmentFactory.Create(spec.Environment, 1).Info;
        var (plan, shape) = (TeamPlan.For(spec, environment), ActorShape.For(spec.Training, environment));
        var agent = plan.Actors.ToList().FindIndex(actor => actor.Kind == ActorKind.Agent);
        var adversary = plan.Actors.ToList().FindIndex(actor => actor.Kind == ActorKind.Adversary);
        Assert.False(plan.Objectives[adversary].LearnsValues);
        var (inputs, actions) = (shape.Policy.Inputs, shape.Policy.Outputs);
        double first = 2 * inputs * 4, policyHead = 2 * 4 * actions, criticHead = 2 * 4;
        double policy = (2 * first) + (3 * policyHead), critic = (2 * first) + (3 * criticHead);

        // Five samples of two rows, of three that the rollout has: 2 rows, 3 epochs.
        var (rows, flops) = UpdateBench.Count(spec.Training, plan, shape, [Played(agent, [0, 0, 2, 2, 0])]);
        Assert.Equal((6.0, 6 * (policy + critic)), (rows, flops));

        // The adversary's critic learns nothing, and the policy that it is held to is evaluated once.
        (rows, flops) = UpdateBench.Count(spec.Training, plan, shape, [Played(adversary, [0, 1])]);
        Assert.Equal((6.0, (6 * policy) + (2 * (first + policyHead))), (rows, flops));

        static Rollout Played(int actor, int[] row) => new(1, row.Length, [new SeatSamples(actor, 0, [], [], [], new float[3], row, new byte[row.Length], [], [], [], [])], [], []);
    }

    [Fact]
    public void The_roof_is_what_takes_longer()
    {
        var roofs = new Dictionary<string, double> { ["peak"] = 100, ["L1"] = 80, ["L2"] = 40, ["L3"] = 20, ["memory"] = 10 };
        Assert.Equal(("peak", 50.0), Roofline.Of(new Work(10, Flops: 20, Bytes: 8, Footprint: 1000), roofs)!.Value);
        Assert.Equal(("L1", 50.0), Roofline.Of(new Work(10, Flops: 5, Bytes: 16, Footprint: 1000), roofs)!.Value);
        Assert.Equal(("L2", 25.0), Roofline.Of(new Work(10, Flops: 5, Bytes: 16, Footprint: 100_000), roofs)!.Value);
        Assert.Equal(("memory", 6.25), Roofline.Of(new Work(10, Flops: 5, Bytes: 16, Footprint: 1L << 40), roofs)!.Value);
        Assert.Null(Roofline.Of(new Work(10), roofs));
    }

    /// <summary>What works in place meets its inputs anew before they have sunk to denormal numbers.</summary>
    [Fact]
    public void Inputs_are_restored_before_they_decay()
    {
        var (value, least) = (0f, 1f);
        for (var warm = 0; warm < 2; warm++)
        {
            Calls.PerSecond(
                () =>
                {
                    value *= 0.75f;
                    least = Math.Min(least, value);
                },
                () => value = 0.5f, 0.01);
        }

        Assert.True(float.IsNormal(least), $"{least}");
    }

    private Task<Outcome> RunAsync(params string[] arguments) => InProcess.RunAsync(_directory.Root, arguments);

    private static BenchReport Report(params (string Name, double Best)[] measures) => new()
    {
        Version = "1",
        Date = "d",
        Runtime = "r",
        Machine = new MachineDescription("p", 2, 2, "512-bit", 1, "s", "n"),
        Measures = [.. measures.Select(measure => new Measure("kernels", measure.Name, "", "u", measure.Best, measure.Best, 1, null, null, 0, 0))],
        GrainCost = new Dictionary<string, double>(),
    };
}

using System.Collections.Immutable;
using System.Text.Json;
using Srpo.Core.Random;
using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

/// <summary>
/// Plausible results without training: of IPPO one seat always works, so that pairs of two workers or two idlers fail and the
/// matrix is a checkerboard; SRPO's agents get along with everyone.
/// </summary>
internal static class SyntheticRun
{
    public static readonly string[] AllLayouts = ["training", "held-out-a", "held-out-b", "held-out-c"];

    public static RunResults Create(int runs, string[]? methods = null, string[]? layouts = null, string name = "Gridworld populations")
    {
        methods ??= ["ippo", "srpo"];
        layouts ??= AllLayouts;
        AgentLabel[] agents = [.. methods.SelectMany(method => Enumerable.Range(0, runs).Select(run => new AgentLabel(method, run)))];
        return new(
            Info(name, runs),
            [.. layouts.Select((layout, index) => Matrix(layout, agents, (uint)index))],
            [.. agents.Select(agent => Curve(agent, points: 196))]);
    }

    public static RunInfo Info(string name, int seeds) => new()
    {
        Names = MatrixOf.Names,
        Name = name,
        Id = "20260301-121500-7f3a",
        Date = new DateTimeOffset(2026, 3, 1, 12, 15, 0, TimeSpan.Zero),
        CommandLine = "srpo run experiments/gridworld.json --seeds 16 --out results/gridworld",
        Seeds = seeds,
        EnvSteps = 2 * seeds * 2_999_808L,
        TrainingSeconds = 247.3,
        WallSeconds = 291.8,
        Versions = ImmutableSortedDictionary.CreateRange(
            [KeyValuePair.Create("srpo", "0.1.0"), KeyValuePair.Create("runtime", ".NET 10.0.1"), KeyValuePair.Create("processor", "x64, 16 cores")]),
        Settings = JsonSerializer.Deserialize<JsonElement>(
            """{"environment":{"name":"gridworld","layout":"training"},"methods":["ippo","srpo"],"tau":10,"entropy":0.1,"learningRate":0.0006}"""),
    };

    public static CrossPlayMatrix Matrix(string layout, AgentLabel[] agents, uint salt)
    {
        var random = new StreamId(7, salt, 0, StreamPurpose.Tooling).Lane(0);
        var builder = new CrossPlayMatrixBuilder(layout, agents);
        var share = salt switch { 0 => 1.0, 1 => 0.86, 2 => 1.09, _ => 0.6 };
        for (var row = 0; row < agents.Length; row++)
        {
            for (var column = 0; column < agents.Length; column++)
                builder[row, column] = Cell(agents[row], agents[column], share, ref random);
        }

        return builder.Build();
    }

    private static CrossPlayCell Cell(AgentLabel seat0, AgentLabel seat1, double share, ref RandomStream random)
    {
        // Whether the agent works in this seat: of a free-riding team, one seat works.
        var works0 = seat0.Method == "srpo" || FirstSeatWorks(seat0.Run);
        var works1 = seat1.Method == "srpo" || !FirstSeatWorks(seat1.Run);
        var skill = seat0.Method == "srpo" && seat1.Method == "srpo" ? 572 : seat0.Method == seat1.Method ? 440 : 505;
        var mean = works0 && works1 ? (skill == 440 ? -120 : skill) : works0 || works1 ? Math.Min(skill, 440) : -20;
        var spread = seat0.Method == "srpo" && seat1.Method == "srpo" ? 58 : 30;
        var value = share * mean + spread * random.NextNormal();
        var cost0 = works0 ? (works1 ? 12.8 : 24.6) + random.NextDouble() : 0.7 * random.NextDouble();
        var cost1 = works1 ? (works0 ? 12.1 : 24.6) + random.NextDouble() : 0.7 * random.NextDouble();
        return new(value, 55 + 10 * random.NextDouble(), new(value / 2 - cost0, value / 2 - cost1), new(cost0, cost1), 100);
    }

    private static LearningCurve Curve(AgentLabel agent, int points)
    {
        var random = new StreamId(9, (uint)agent.Run, agent.Method == "srpo" ? 1u : 0u, StreamPurpose.Tooling).Lane(0);
        var (level, pace) = agent.Method == "srpo" ? (540 + 40 * random.NextNormal(), 0.018) : (440 + 12 * random.NextNormal(), 0.035);
        return new(agent.Method, agent.Run, [.. Enumerable.Range(0, points).Select(index =>
        {
            var progress = 1 - Math.Exp(-pace * index);
            var steps = 10_240L * index;
            var gap = agent.Method == "srpo" ? 3 + 9 * (1 - progress) : 4 + 19 * progress;
            return new LearningPoint(steps + steps / 2, steps, -60 + (level + 60) * progress + 22 * random.NextNormal(), new(13 + gap / 2, 13 - gap / 2))
            {
                Entropy = 1.6 - 0.9 * progress + 0.03 * random.NextNormal(),
                Kl = agent.Method == "srpo" ? 0.25 + 0.5 * progress + 0.05 * random.NextNormal() : null,
                ClipFraction = 0.02 + 0.06 * progress * Math.Exp(-0.01 * index) + 0.004 * random.NextNormal(),
                PolicyLoss = -0.05 * (1 - progress),
                ValueLoss = 3 - (2 * progress),
                ExplainedVariance = 0.93 * progress + 0.03 * random.NextNormal(),
            };
        })]);
    }

    private static bool FirstSeatWorks(int run) => (0b0110_1001_1100_0101_1010_0110_1101_0010u >> (run % 32) & 1) == 1;
}

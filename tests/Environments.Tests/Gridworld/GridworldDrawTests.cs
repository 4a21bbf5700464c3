using Srpo.Core.Random;
using Srpo.Environments.Gridworld;

namespace Srpo.Environments.Tests.Gridworld;

/// <summary>Frequencies with fixed seeds; bounds are 5 standard deviations of the binomial distribution.</summary>
public class GridworldDrawTests
{
    private const int Lanes = 64;

    private static GridworldEnvironment Start(string layout, int lanes = Lanes, ulong seed = 11, int firstLane = 0) =>
        Start(GridworldLayouts.Load(layout), lanes, seed, firstLane);

    private static GridworldEnvironment Start(GridworldLayout layout, int lanes = Lanes, ulong seed = 11, int firstLane = 0)
    {
        var environment = new GridworldEnvironment(layout, lanes);
        environment.Reset(new StreamId(seed, 1, 2, StreamPurpose.Reset), new StreamId(seed, 1, 2, StreamPurpose.Dynamics), firstLane);
        return environment;
    }

    private static void Wait(GridworldEnvironment environment)
    {
        var lanes = environment.Lanes;
        var actions = new byte[2 * lanes];
        Array.Fill(actions, (byte)GridworldAction.Stay);
        environment.Step(actions, new StepOutcome { Rewards = new float[2 * lanes], Costs = new float[2 * lanes], Terminated = new bool[lanes], Truncated = new bool[lanes] });
    }

    private static void AssertFrequency(long count, long trials, double probability)
    {
        var spread = 5 * Math.Sqrt(trials * probability * (1 - probability));
        Assert.InRange(count, (trials * probability) - spread, (trials * probability) + spread);
    }

    private static GridworldLayout ManySources(int sources, double respawn = 0.2)
    {
        var cells = Enumerable.Range(0, sources).Select(source => new GridCell(1, source)).ToArray();
        return new GridworldLayout(
            "many", 2, 40, [new GridCell(0, 0)], cells, [new GridCell(0, 1), new GridCell(0, 2)], parameters: new GridworldParameters(respawn));
    }

    [Fact]
    public void EitherSeatMovesFirstHalfOfTheTime()
    {
        var environment = Start("official");
        var seat1First = 0;
        for (var step = 0; step < 500; step++)
        {
            for (var lane = 0; lane < Lanes; lane++) seat1First += environment.NextDraws(lane).First;
            Wait(environment);
        }

        AssertFrequency(seat1First, 500 * Lanes, 0.5);
    }

    [Fact]
    public void SeatsAreSwappedInHalfOfTheEpisodes()
    {
        var environment = Start(GridworldLayout.Parse("episode-length: 1\n\n12\nPO\n"));
        var swapped = 0;
        for (var episode = 0; episode < 500; episode++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var state = environment.StateOf(lane);
                Assert.Equal(1, state.Agents[0].Cell + state.Agents[1].Cell);
                swapped += state.Agents[0].Cell;
            }

            Wait(environment);
        }

        AssertFrequency(swapped, 500 * Lanes, 0.5);
    }

    [Theory]
    [InlineData("official", 0.2)]
    [InlineData("held-out-c", 0.08)]
    [InlineData("wide", 0.2)]
    public void EveryOnionComesBackWithItsProbability(string name, double probability)
    {
        var environment = Start(name);
        var counts = new int[environment.Layout.Sources.Count];
        for (var step = 0; step < 500; step++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var mask = environment.NextDraws(lane).RespawnMask;
                for (var source = 0; source < counts.Length; source++) counts[source] += (int)(mask >> source) & 1;
            }

            Wait(environment);
        }

        Assert.All(counts, count => AssertFrequency(count, 500 * Lanes, probability));
    }

    /// <summary>Order and respawns, also of sources whose draws lie in further blocks, are pairwise independent.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(32)]
    public void DrawsOfAStepAreIndependent(int sources)
    {
        var environment = Start(ManySources(sources, respawn: 0.5));
        const int steps = 60;
        var bits = new List<bool[]>();
        for (var step = 0; step < steps; step++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var draws = environment.NextDraws(lane);
                bits.Add([draws.First == 1, .. Enumerable.Range(0, sources).Select(source => ((draws.RespawnMask >> source) & 1) == 1)]);
            }

            Wait(environment);
        }

        for (var a = 0; a <= sources; a++)
        {
            AssertFrequency(bits.Count(step => step[a]), steps * Lanes, 0.5);
            for (var b = 0; b < a; b++) AssertFrequency(bits.Count(step => step[a] == step[b]), steps * Lanes, 0.5);

            // Nor may a draw of one step come again in the next one (overlapping blocks).
            for (var b = 0; b <= sources; b++)
                AssertFrequency(Enumerable.Range(0, bits.Count - Lanes).Count(i => bits[i][a] == bits[i + Lanes][b]), bits.Count - Lanes, 0.5);
        }
    }

    [Theory]
    [InlineData(0.0, 0u)]
    [InlineData(1.0, 31u)]
    public void ProbabilitiesZeroAndOneAreCertain(double probability, uint mask)
    {
        var environment = Start(ManySources(5, probability));
        for (var step = 0; step < 100; step++)
        {
            for (var lane = 0; lane < Lanes; lane++) Assert.Equal(mask, environment.NextDraws(lane).RespawnMask);
            Wait(environment);
        }
    }

    /// <summary>The page documents which word decides what; recorded results depend on it.</summary>
    [Fact]
    public void WordsMeanWhatThePageSays()
    {
        const int firstLane = 100;
        var environment = Start("wide", lanes: 7, firstLane: firstLane);
        var dynamics = new StreamId(11, 1, 2, StreamPurpose.Dynamics);
        for (var step = 0u; step < 100; step++)
        {
            for (var lane = 0; lane < 7; lane++)
            {
                var block = dynamics.Block(firstLane + lane, step);
                var mask = 0u;
                for (var source = 0; source < 3; source++) mask |= (block[1 + source] < 0.2 * 4294967296.0 ? 1u : 0u) << source;
                Assert.Equal(new GridworldDraws((int)(block[0] >> 31), mask), environment.NextDraws(lane));
            }

            Wait(environment);
        }
    }

    /// <summary>
    /// The environment draws four lanes at a time, <see cref="GridworldEnvironment.NextDraws"/> one by one; lane counts
    /// around a vector, and streams with large numbers in every part.
    /// </summary>
    [Theory]
    [InlineData("official")]
    [InlineData("held-out-c")]
    [InlineData("rooms")]
    public void VectorAndScalarDrawsAgree(string name)
    {
        var layout = GridworldLayouts.Load(name);
        var drawer = new GridworldDrawer(layout);
        var streams = new[]
        {
            new StreamId(0, 0, 0, StreamPurpose.Dynamics),
            new StreamId(ulong.MaxValue, uint.MaxValue, uint.MaxValue, StreamPurpose.MatchDynamics),
            new StreamId(0x299f31d0a4093822, 0x03707344, 0x13198a2e, StreamPurpose.Tooling),
        };
        foreach (var stream in streams)
        {
            foreach (var firstLane in new[] { 0, 1, StreamId.MaxLanes - 17 })
            {
                for (var lanes = 1; lanes <= 17; lanes++)
                {
                    foreach (var step in new[] { 0u, 1u, 1234567u, uint.MaxValue })
                    {
                        var draws = new GridworldDraws[lanes];
                        drawer.Fill(stream, firstLane, step, draws);
                        for (var lane = 0; lane < lanes; lane++) Assert.Equal(drawer.Draw(stream, firstLane + lane, step), draws[lane]);
                    }
                }
            }
        }
    }

    /// <summary>What the replay of a step by hand yields is what the environment does.</summary>
    [Fact]
    public void StateDrawsAndRulesTellTheNextState()
    {
        var rig = Rig.Of("gridworld", "wide", 6);
        var environment = (GridworldEnvironment)rig.Environment;
        rig.Reset(21);
        var shared = 0f;
        for (var step = 0u; step < 149; step++)
        {
            rig.ChooseActions(21, step);
            var expected = new GridworldState[6];
            var payments = new GridworldPayment[6];
            for (var lane = 0; lane < 6; lane++)
            {
                expected[lane] = environment.StateOf(lane);
                var draws = environment.NextDraws(lane);
                payments[lane] = GridworldRules.Step(environment.Layout, ref expected[lane], rig.Actions[lane], rig.Actions[6 + lane], draws.First, draws.RespawnMask);
            }

            rig.Step();
            for (var lane = 0; lane < 6; lane++)
            {
                if ((step + 1) % 50 != 0) Assert.Equal(expected[lane], environment.StateOf(lane));
                Assert.Equal(payments[lane].Reward(0), rig.Rewards[lane]);
                Assert.Equal(payments[lane].Reward(1), rig.Rewards[6 + lane]);
                Assert.Equal(payments[lane].Costs[0], rig.Costs[lane]);
                Assert.Equal(payments[lane].Costs[1], rig.Costs[6 + lane]);
                shared += payments[lane].Shared;
            }
        }

        Assert.True(shared > 0, "random play must have earned something, or the comparison shows little");
    }

    [Fact]
    public void EpisodesStartWithEmptyHandsAndAllOnions()
    {
        var rig = Rig.Of("gridworld", "official", 8);
        var environment = (GridworldEnvironment)rig.Environment;
        rig.Reset(5);
        for (var step = 0u; step < 200; step++)
        {
            if (step % 50 == 0)
            {
                for (var lane = 0; lane < 8; lane++)
                    Assert.Contains(environment.StateOf(lane), new[] { environment.Layout.Initial(false), environment.Layout.Initial(true) });
            }

            rig.ChooseActions(5, step);
            rig.Step();
        }
    }
}

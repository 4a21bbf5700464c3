using Srpo.Environments.Recordings;
using Srpo.Environments.Tag;

namespace Srpo.Environments.Tests.Tag;

public sealed class TagVerifierTests : TagRecordings
{
    [Fact]
    public void PublicRecordingIsReproduced()
    {
        var report = TagVerifier.Verify(Public);

        Assert.True(report.Agrees, report.ToString());
        Assert.Equal((30, 3000L), (report.Episodes, report.Steps));
        Assert.Equal(
            ["one step position", "one step velocity", "one step reward", "one step observation", "free rollout position", "free rollout velocity", "free rollout reward", "free rollout observation"],
            report.Deviations.Select(deviation => $"{deviation.Check} {deviation.Quantity}"));
        Assert.All(report.Deviations, deviation => Assert.True(deviation.Largest < 1e-14, deviation.ToString()));

        // The platform's own exp differs in last bits: a comparison that compares nothing would show zeros only.
        Assert.Contains(report.Deviations, deviation => deviation is { Largest: > 0, Place.Step: not null });
    }

    /// <summary>What the recording covers, so that "all agree" means something; the counts are those of its description.</summary>
    [Fact]
    public void PublicRecordingCoversTheRules()
    {
        var episodes = TagRecording.Read(Public).ToList();
        var steps = episodes.SelectMany(episode => episode.Steps).ToList();
        var bounds = steps.SelectMany(step => step.Positions[2]).Select(Math.Abs).ToList();

        Assert.All(episodes, episode => Assert.Equal((2, 3, 2), (episode.Chasers, episode.Agents.Count, episode.Obstacles.Count)));
        Assert.Equal((4388, 356), (bounds.Count(z => z < 0.9), bounds.Count(z => z is >= 0.9 and < 1)));
        Assert.Equal(167, bounds.Count(z => Math.Exp((2 * z) - 2) >= 10));
        Assert.Equal([2873, 124, 3], Enumerable.Range(0, 3).Select(catches => steps.Count(step => step.Rewards[0] == 10 * catches)));
        Assert.Equal(113, steps.Count(step => Distance(step.Positions[0], step.Positions[1]) < 0.15));
        Assert.Equal(["chase", "random", "scripted"], episodes.Select(episode => episode.Policy).Distinct().Order(StringComparer.Ordinal));

        static double Distance(IReadOnlyList<double> a, IReadOnlyList<double> b) => Math.Sqrt(Math.Pow(a[0] - b[0], 2) + Math.Pow(a[1] - b[1], 2));
    }

    [Theory]
    [InlineData("pos/0/0", "pos[0][0]", 2e-13)]
    [InlineData("pos/2/1", "pos[2][1]", -2e-13)]
    [InlineData("vel/1/0", "vel[1][0]", 2e-13)]
    [InlineData("vel/2/1", "vel[2][1]", 2e-13)]
    [InlineData("rew/0", "rew[0]", 2e-12)]
    [InlineData("rew/2", "rew[2]", -2e-12)]
    [InlineData("obs/0/13", "obs[0][13]", 2e-13)]
    [InlineData("obs/2/11", "obs[2][11]", -2e-13)]
    public void DeviationsPastTheToleranceAreReportedWithTheirPlace(string place, string field, double by)
    {
        var path = Shift(1, $"steps/17/{place}", by);
        var report = TagVerifier.Verify(path);

        Assert.False(report.Agrees);
        Assert.Equal(new RecordingPlace(path, 2, "public-001", 17, field), report.Difference!.Place);
        Assert.Equal((1, 117L), (report.Episodes, report.Steps));
        Assert.Contains("; one step, off by 2.", report.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"{path}: line 2, episode public-001, step 17, field {field}: recorded ", report.ToString(), StringComparison.Ordinal);

        // It goes on, and the table tells the largest of the whole file.
        var quantity = place[..3] switch { "pos" => "position", "vel" => "velocity", "rew" => "reward", _ => "observation" };
        var deviation = Assert.Single(report.Deviations, item => item.Check == "one step" && item.Quantity == quantity);
        Assert.InRange(deviation.Largest, Math.Abs(by) * 0.9, 1e-10);
    }

    [Theory]
    [InlineData("rew/0", 5e-13)]
    [InlineData("rew/2", -5e-13)]
    [InlineData("obs/0/13", 5e-14)]
    [InlineData("obs/2/11", -5e-14)]
    public void DeviationsWithinTheToleranceAreNoDifference(string place, double by)
    {
        var report = TagVerifier.Verify(Shift(1, $"steps/17/{place}", by));

        Assert.True(report.Agrees, report.ToString());
        Assert.Contains(report.Deviations, deviation => deviation.Largest > Math.Abs(by) * 0.9 && deviation.Place is { Line: 2, Step: 17 });
    }

    [Theory]
    [InlineData("obs0/1/4", null, "obs0[1][4]")]
    [InlineData("agents/1/pos/0", null, "obs0[0][8]")]
    [InlineData("agents/1/vel/1", null, "obs0[1][1]")]
    [InlineData("landmarks/1/pos/1", null, "obs0[0][7]")]
    [InlineData("agents/0/accel", 0, "vel[0][0]")]
    public void ChangedStartsAndConstantsAreFound(string place, int? step, string field)
    {
        var found = TagVerifier.Verify(Shift(0, place, 0.001)).Difference!.Place;
        Assert.Equal((1, step, field), (found.Line, found.Step, found.Field));
    }

    [Theory]
    [InlineData("agents/0/size")]
    [InlineData("agents/2/size")]
    [InlineData("agents/0/mass")]
    [InlineData("agents/2/max_speed")]
    [InlineData("landmarks/0/size")]
    public void ConstantsOfTheRecordingAreUsed(string place) => Assert.False(TagVerifier.Verify(Shift(2, place, 0.05)).Agrees);

    [Fact]
    public void ChangedActionsAreFound()
    {
        var report = TagVerifier.Verify(Mutate(2, "steps/30/a/2", action => (action!.GetValue<int>() + 1) % 5));
        Assert.Equal((3, 30), (report.Difference!.Place.Line, report.Difference.Place.Step));
        Assert.StartsWith("vel[2]", report.Difference.Place.Field, StringComparison.Ordinal);
        Assert.Equal((2, 230L), (report.Episodes, report.Steps));
    }

    /// <summary>The free rollout has its own tolerance, and says so.</summary>
    [Fact]
    public void DriftOfTheFreeRolloutIsFound()
    {
        var episode = TagRecording.Read(Public).First();
        var replay = new TagReplay(episode);
        replay.Step(episode.Steps[0].Actions);
        var (x, y) = replay.State.PositionOf(0, 1);

        Assert.Null(CompareAt(x, y + 0.9e-6).First);
        var difference = CompareAt(x, y + 1.1e-6).First!;
        Assert.Equal("pos[1][1]", difference.Place.Field);
        Assert.Equal("free rollout, off by 1.1e-6, tolerance 1e-6", difference.Note);
        var broken = CompareAt(double.NaN, y);
        Assert.Equal("pos[1][0]", broken.First!.Place.Field);
        Assert.Equal(double.MaxValue, broken.Deviations[0].Largest);

        RecordingComparer CompareAt(double toX, double toY)
        {
            var comparer = new RecordingComparer { Place = episode.Place };
            replay.State.Place(0, 1, toX, toY);
            new TagQuantities(comparer, "free rollout", TagVerifier.RolloutTolerance, TagVerifier.RolloutTolerance).Compare(episode.Steps[0], replay);
            return comparer;
        }
    }

    public static TheoryData<TagMistake> Mistakes => [.. Enum.GetValues<TagMistake>()];

    /// <summary>The first 12 episodes played again by an implementation with one mistake: the verifier finds every one, and far off.</summary>
    [Theory]
    [MemberData(nameof(Mistakes))]
    public void SingleMistakesAreFound(TagMistake mistake)
    {
        // Episodes of all three policies.
        var lines = new[] { 0, 1, 10, 11, 12, 20, 21, 22, 23 }.Select(Episode).Select(episode =>
        {
            var actions = episode["steps"]!.AsArray().Select(step => step!["a"]!.AsArray().Select(action => action!.GetValue<int>()).ToArray());
            return PlainTag.From(episode, mistake).Record(actions).ToJsonString();
        });
        var report = TagVerifier.Verify(WriteLines([.. lines]));
        if (mistake == TagMistake.None)
        {
            Assert.True(report.Agrees, report.ToString());
            return;
        }

        Assert.False(report.Agrees);
        Assert.True(report.Deviations.Take(4).Max(deviation => deviation.Largest) > 0.005, report.ToString());
        Assert.Equal(mistake == TagMistake.MovesWithNewVelocity, report.ToString().Contains("simple_tag_v2", StringComparison.Ordinal));
    }

    /// <summary>Numbers of agents and constants that the recording does not have, against the plain implementation.</summary>
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(3, 1, 2)]
    [InlineData(4, 2, 3)]
    [InlineData(1, 3, 1)]
    [InlineData(5, 4, 0)]
    public void OtherNumbersOfAgentsAgreeWithPlainComputation(int chasers, int runners, int obstacles)
    {
        var random = new Random(7);
        var lines = new List<string>();
        for (var episode = 0; episode < 4; episode++)
        {
            var tag = new PlainTag();
            for (var i = 0; i < chasers + runners + obstacles; i++)
            {
                tag.Bodies.Add(new PlainTag.Body
                {
                    Role = i < chasers ? "chaser" : i < chasers + runners ? "runner" : "obstacle",
                    X = (random.NextDouble() - 0.5) * 0.4,
                    Y = (random.NextDouble() - 0.5) * 0.4,
                    Size = 0.04 + (0.02 * (i % 3)),
                    Mass = 1 + (0.5 * (i % 2)),
                    Accel = 2 + (i % 4),
                    MaxSpeed = 0.5 + (0.25 * (i % 5)),
                });
            }

            lines.Add(tag.Record(Enumerable.Range(0, 100).Select(_ => Enumerable.Range(0, chasers + runners).Select(_ => random.Next(5)).ToArray())).ToJsonString());
        }

        var report = TagVerifier.Verify(WriteLines([.. lines]));
        Assert.True(report.Agrees, report.ToString());
        Assert.Contains(TagRecording.Read(WriteLines([.. lines])).SelectMany(episode => episode.Steps), step => step.Rewards[0] > 0);
    }
}

using Srpo.Core.Settings;

namespace Srpo.Learning.Tests.Updates;

/// <summary>The running mean and deviation of returns.</summary>
public sealed class ValueNormaliserTests
{
    [Fact]
    public void It_is_MAPPOs_ValueNorm()
    {
        var random = TestData.Stream(41);
        var parameters = new float[ValueNormaliser.Length + 2];
        double mean = 0, squares = 0, debias = 0;
        for (var update = 1; update <= 3000; update++)
        {
            // Returns that grow as a team learns; and numbers that went through single precision after every update, as they do at the end of a round.
            var returns = TestData.Normals(5, ref random).Select(x => (3 * x) + (0.01 * update)).ToArray();
            var normaliser = ValueNormaliser.Read(parameters);
            normaliser.Update(returns.Sum(), returns.Sum(x => x * x), returns.Length);
            normaliser.Write(parameters);

            // utils/valuenorm.py of the on-policy MAPPO code base, in doubles.
            mean = (0.99999 * mean) + (0.00001 * returns.Average());
            squares = (0.99999 * squares) + (0.00001 * returns.Average(x => x * x));
            debias = (0.99999 * debias) + 0.00001;
            var deviation = Math.Sqrt(Math.Max(0.01, (squares / debias) - Math.Pow(mean / debias, 2)));
            normaliser = ValueNormaliser.Read(parameters);
            Assert.Equal(mean / debias, normaliser.Mean, 1e-9);
            Assert.Equal(deviation, normaliser.Deviation, 1e-9);
            Assert.Equal(returns[0], normaliser.Restore(normaliser.Normalise(returns[0])), 1e-9);
            Assert.Equal(returns.Sum(x => Math.Pow(normaliser.Normalise(x), 2)), normaliser.SumOfSquares(returns.Sum(), returns.Sum(x => x * x), 5), 1e-6);
        }

        Assert.InRange(mean / debias, 14, 16);
        Assert.Equal((0f, 0f, 3000f), (parameters[0], parameters[1], parameters[2]));
    }

    [Fact]
    public void Before_the_first_update_values_are_a_tenth_of_what_critics_say()
    {
        var normaliser = ValueNormaliser.Read(new float[ValueNormaliser.Length]);
        Assert.Equal((0, 0.1), (normaliser.Mean, normaliser.Deviation));
        Assert.Equal(0.25, normaliser.Restore(2.5), 1e-15);

        // Returns that are all alike have the least deviation, too.
        normaliser.Update(21, 147, 3);
        Assert.Equal((7, 0.1), (normaliser.Mean, normaliser.Deviation));
    }

    [Fact]
    public void After_very_many_updates_it_still_follows()
    {
        // 2^24 updates of 1.0, as if they had been: the mean goes on towards 3 at the rate that beta says, where a single-precision mean would stand still near 2.99.
        float[] parameters = [1 << 24, 1, 0, 2, 0];
        for (var round = 0; round < 1_500_000 / 15; round++)
        {
            var normaliser = ValueNormaliser.Read(parameters);
            for (var epoch = 0; epoch < 15; epoch++) normaliser.Update(3, 10, 1);
            normaliser.Write(parameters);
        }

        var at = ValueNormaliser.Read(parameters);
        Assert.Equal(3 - (2 * Math.Exp(1_500_000 * Math.Log(0.99999))), at.Mean, 1e-8);
        Assert.Equal(1, at.Deviation, 1e-5);
        Assert.Equal(1 << 24, parameters[0]);
    }

    [Theory]
    [InlineData("ippo")]
    [InlineData("srpo")]
    public async Task A_team_that_is_taken_up_from_its_states_goes_on_with_the_same_bits(string method)
    {
        var spec = TestData.Spec(TestData.Small(method) with { NormaliseValues = true, ValueClip = 0.2, HuberDelta = 1, CriticLearningRate = 1e-3, LearningRateDecay = LearningRateDecay.Linear, Iterations = 4 });
        using var through = new LocalTeam(spec);
        while (through.Training.Round < 4) await through.Training.TrainAsync();
        using var before = new LocalTeam(spec);
        while (before.Training.Round < 2) await before.Training.TrainAsync();
        using var after = new LocalTeam(spec);
        after.Training.States = [.. before.Training.States!.Select(state => new LearnerState(state.Version, [.. state.Parameters], [.. state.FirstMoment], [.. state.SecondMoment], state.AdamSteps))];
        while (after.Training.Round < 4) await after.Training.TrainAsync();
        for (var actor = 0; actor < after.Plan.Actors.Count; actor++)
        {
            Assert.Equal(through.Training.States![actor].Parameters, after.Training.States![actor].Parameters);
            Assert.Equal(spec.Training.Epochs * 4, after.Training.States[actor].Parameters[^5]);
            Assert.All(after.Training.States[actor].FirstMoment[^5..], moment => Assert.Equal(0, moment));
        }
    }

    [Fact]
    public async Task Rates_fall_to_a_last_round_that_still_learns()
    {
        var settings = TestData.Small("ippo") with { Epochs = 1, Iterations = 4, CriticLearningRate = 2e-3 };
        double[] moved = await Moves(settings with { LearningRateDecay = LearningRateDecay.Linear }), steady = await Moves(settings);

        // The first step of Adam has the size of the rate, whatever the gradient: 6e-4 in policies, 2e-3 in critics.
        Assert.Equal(6e-4, moved[0], 1e-5);
        Assert.Equal(2e-3, moved[1], 1e-5);
        Assert.Equal(steady[0], moved[0]);
        Assert.InRange(moved[^2], 1e-6, 6e-4 / 3);
        Assert.True(moved[^2] < 0.5 * steady[^2] && moved[^1] < 0.5 * steady[^1]);

        static async Task<double[]> Moves(TrainingSettings settings)
        {
            using var team = new LocalTeam(TestData.Spec(settings));
            var moves = new List<double>();
            while (team.Training.Round < 4)
            {
                var before = team.Training.States![0].Parameters;
                await team.Training.TrainAsync();
                double[] steps = [.. before.Zip(team.Training.States![0].Parameters, (a, b) => Math.Abs((double)a - b))];
                moves.AddRange([steps[..team.Shape.Policy.ParameterCount].Max(), steps[team.Shape.Policy.ParameterCount..].Max()]);
            }

            return [.. moves];
        }
    }
}

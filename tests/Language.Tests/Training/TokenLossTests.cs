using Srpo.Core.Errors;
using Srpo.Language.Models;
using Srpo.Language.Training;

namespace Srpo.Language.Tests.Training;

public class TokenLossTests
{
    /// <summary>A token at a time: the new log-probability, the old one, the advantage, and what the surrogate and its slope are.</summary>
    [Theory]
    [InlineData(0.0, 2.0, null, -2.0, -2.0)]
    [InlineData(0.1, 2.0, null, -2.2103418, -2.2103418)]
    [InlineData(0.5, 2.0, null, -2.4, 0.0)]
    [InlineData(-0.5, 2.0, null, -1.2130613, -1.2130613)]
    [InlineData(0.5, -2.0, null, 3.2974425, 3.2974425)]
    [InlineData(-0.5, -2.0, null, 1.6, 0.0)]
    [InlineData(1.5, -2.0, null, 8.963378, 8.963378)]
    [InlineData(1.5, -2.0, 3.0, 6.0, 0.0)]
    [InlineData(0.5, -2.0, 3.0, 3.2974425, 3.2974425)]
    public void The_surrogate_is_clipped(double difference, double advantage, double? dual, double loss, double slope)
    {
        const float old = -1.5f;
        var ppo = new PpoTokenLoss(new PpoTokenSettings(DualClip: dual), new[] { old }, new[] { (float)advantage }, null, 1);
        var (byLog, byEntropy) = (new float[1], new float[1]);
        ppo.Add(0, [old + (float)difference], [1f], byLog, byEntropy);
        Assert.Equal(loss, ppo.Report.Loss, 1e-5);
        Assert.Equal(slope, byLog[0], 1e-5);
        Assert.Equal(0, byEntropy[0]);
    }

    [Fact]
    public void Derivatives_are_those_of_the_loss_and_pieces_add_up()
    {
        float[] old = [-1, -2, -3, -0.5f], advantages = [1, -1, 0.5f, -2], references = [-1.2f, -1.5f, -3, -1], logs = [-1.05f, -1.9f, -3.02f, -0.45f], entropies = [1, 2, 3, 4];
        var settings = new PpoTokenSettings(EntropyWeight: 0.1, KlWeight: 0.3);
        PpoTokenLoss Make() => new(settings, old, advantages, references, 4);
        var (byLog, byEntropy) = (new float[4], new float[4]);
        var whole = Make();
        whole.Add(0, logs, entropies, byLog, byEntropy);
        var pieces = Make();
        pieces.Add(0, logs.AsSpan(0, 1), entropies, new float[1], new float[1]);
        pieces.Add(1, logs.AsSpan(1), entropies.AsSpan(1), new float[3], new float[3]);
        Assert.Equal(whole.Report, pieces.Report);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(Difference(logs, i, 1e-3f), byLog[i], 1e-3);
            Assert.Equal(-0.1 / 4, byEntropy[i], 1e-6);
        }

        double Difference(float[] values, int i, float step)
        {
            return (At(step) - At(-step)) / (2 * step);

            double At(float shift)
            {
                float[] moved = [.. values];
                moved[i] += shift;
                var loss = Make();
                loss.Add(0, moved, entropies, new float[4], new float[4]);
                return loss.Report.Loss;
            }
        }
    }

    [Fact]
    public void Advantages_that_are_no_numbers_are_not_hidden()
    {
        var ppo = new PpoTokenLoss(new PpoTokenSettings(), new float[1], new[] { float.NaN }, null, 1);
        var slope = new float[1];
        ppo.Add(0, [0f], [0f], slope, new float[1]);
        Assert.True(float.IsNaN(slope[0]) && double.IsNaN(ppo.Report.Loss));
    }

    [Theory]
    [InlineData(2.0f, 1.0f, null, 0.5, 1.0)]
    [InlineData(2.0f, 1.0f, 0.2, 0.5, 1.0)]
    [InlineData(1.5f, 2.0f, 0.2, 0.32, 0.0)]
    [InlineData(1.1f, 2.0f, 0.2, 0.405, -0.9)]
    public void Values_are_kept_near_what_they_were(float value, float target, double? clip, double loss, double slope)
    {
        var squared = new SquaredValueLoss(new[] { target }, new[] { 1f }, clip, 1);
        var byValue = new float[1];
        squared.Add(0, [value], byValue);
        Assert.Equal(loss, squared.Loss, 1e-6);
        Assert.Equal(slope, byValue[0], 1e-6);
    }

    [Theory]
    [InlineData(-1.0, 0.9, 1e-8, "learning rate -1")]
    [InlineData(1e-3, 1.0, 1e-8, "first beta 1")]
    [InlineData(1e-3, 0.9, 0.0, "epsilon 0")]
    public void Steps_of_no_use_are_refused(double rate, double beta, double epsilon, string part) =>
        Assert.Contains(part, Assert.Throws<SrpoException>(() => new AdamWSettings(rate, beta, Epsilon: epsilon).ThrowIfInvalid()).Message);

    [Fact]
    public void A_padded_batch_is_what_is_real_of_it()
    {
        var batch = TokenBatch.FromPadded([[9, 9, 1, 2], [3, 4, 9, 9]], [[false, false, true, true], [true, true, false, false]], out var indices);
        Assert.Equal([1, 2, 3, 4], batch.Tokens);
        Assert.Equal([0, 1, 0, 1], batch.Positions);
        Assert.Equal([0, 2, 4], batch.Starts);
        Assert.Equal([[-1, -1, 0, 1], [2, 3, -1, -1]], indices);
        var all = batch.All();
        Assert.Equal([0, 2], all.At);
        Assert.Equal([2, 4], all.Targets);
    }

    [Fact]
    public void Batches_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TokenBatch.Of());
        Assert.Throws<ArgumentException>(() => TokenBatch.Of([1], []));
        Assert.Throws<ArgumentException>(() => TokenBatch.WithPositions([[1, 2]], [[0, -1]]));
        Assert.Throws<ArgumentException>(() => TokenBatch.Of([1, 2]).After([0]));
        Assert.Contains("token 5 is not in the model's vocabulary of 5", Assert.Throws<SrpoException>(() => TokenBatch.Of([1, 5]).ThrowIfOutside(5)).Message);
    }
}

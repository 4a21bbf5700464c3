using Srpo.Learning;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Devices.Plain;
using Srpo.Learning.Methods;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Methods;

/// <summary>What a method's actors learn from.</summary>
internal static class LossChecks
{
    private const int Actions = 5;

    /// <summary>Step of the differences, which are central: their error is that of the third derivative times its square.</summary>
    private const double Step = 1e-5;

    public static string? Gradient(MethodSubject subject)
    {
        var random = new Random(unchecked((int)subject.Spec.Seed));
        foreach (var (actor, objective) in subject.Plan.Actors.Zip(subject.Plan.Objectives))
        {
            if (objective.Reward == RewardSource.Nothing) continue;
            var weights = new LossWeights(subject.Settings.Clip, objective.EntropyWeight, objective.KlWeight, objective.Kl);
            for (var sample = 0; sample < 50; sample++) Require(actor, objective, weights, random);
        }

        return null;
    }

    private static void Require(ActorId actor, Objective objective, in LossWeights weights, Random random)
    {
        var (logits, partner) = (Draw(random), Draw(random));
        var legal = new byte[Actions];
        Array.Fill(legal, (byte)1);
        if (random.Next(2) == 0) legal[random.Next(Actions)] = 0;
        var action = Enumerable.Range(0, Actions).Where(a => legal[a] == 1).ElementAt(random.Next(Actions - 1));
        double[] p = new double[Actions], log = new double[Actions], q = new double[Actions], logQ = new double[Actions];
        Losses.Softmax(logits, legal, p, log);
        Losses.Softmax(partner, legal, q, logQ);
        var sample = new PolicySample
        {
            Action = action,
            Advantage = random.NextDouble() - 0.5,

            // Well inside of the clipping range: at its border there is no gradient to compare.
            OldLogProbability = log[action] - (0.02 * (random.NextDouble() - 0.5)),
            PartnerProbabilities = objective.KlWeight > 0 ? q : [],
            PartnerLogProbabilities = objective.KlWeight > 0 ? logQ : [],
        };

        var gradient = new double[Actions];
        Losses.PolicyGradient(sample, weights, p, log, gradient);
        if (objective.Regulariser is { } regulariser)
        {
            var slopes = new double[Actions];
            Array.Fill(slopes, double.NaN);
            regulariser.Gradient(p, log, slopes);
            Unless(slopes.All(double.IsFinite), $"{actor}: the regulariser's gradient is not finite, or not written: {string.Join(' ', slopes)}");
            var mean = p.Zip(slopes, (probability, slope) => probability * slope).Sum();
            for (var a = 0; a < Actions; a++) gradient[a] += p[a] * (slopes[a] - mean);
        }

        for (var a = 0; a < Actions; a++)
        {
            if (legal[a] == 0) continue;
            var difference = (Loss(a, Step, sample, weights) - Loss(a, -Step, sample, weights)) / (2 * Step);
            var scale = Math.Max(1e-3, Math.Max(Math.Abs(difference), gradient.Max(Math.Abs)));
            Unless(
                Math.Abs(difference - gradient[a]) <= 1e-5 * scale,
                $"{actor}: the gradient by the logit of action {a} is {gradient[a]:0.######e+0}, the finite difference of the loss {difference:0.######e+0}, at p = {string.Join(' ', p.Select(x => x.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)))}");
        }

        double Loss(int at, double step, in PolicySample of, in LossWeights by)
        {
            var moved = logits.ToArray();
            moved[at] += step;
            double[] probabilities = new double[Actions], logs = new double[Actions];
            Losses.Softmax(moved, legal, probabilities, logs);
            return Losses.Policy(of, by, probabilities, logs) + (objective.Regulariser?.Value(probabilities, logs) ?? 0);
        }
    }

    private static double[] Draw(Random random) => [.. Enumerable.Range(0, Actions).Select(_ => (random.NextDouble() * 3) - 1.5)];

    /// <summary>After one step from zero moments, Adam's first moment is a tenth of the gradient.</summary>
    public static string? Kernels(MethodSubject subject)
    {
        // With Adam's usual epsilon the first step is one of equal size whatever the gradient is, and rounding decides its sign where that is nearly nothing.
        var single = subject.With(settings => settings with { Epochs = 1, Minibatches = 1, MaxGradientNorm = null, AdamEpsilon = 1e-3 });
        using var kernels = single.Team(CpuDevice.Default);
        using var plain = single.Team(new PlainDevice());
        TrainingChecks.Train(kernels, 1);
        TrainingChecks.Train(plain, 1);
        for (var actor = 0; actor < kernels.Plan.Actors.Count; actor++)
        {
            var (actual, expected) = (kernels.Training.States![actor].FirstMoment, plain.Training.States![actor].FirstMoment);
            var (error, norm) = (0.0, 0.0);
            for (var i = 0; i < actual.Length; i++)
            {
                error += Math.Pow((double)actual[i] - expected[i], 2);
                norm += (double)expected[i] * expected[i];
            }

            Unless(Math.Sqrt(error) <= (1e-4 * Math.Sqrt(norm)) + 1e-9, $"{kernels.Plan.Actors[actor]}: the kernels' gradient differs from the plain device's by {Math.Sqrt(error / Math.Max(norm, 1e-30)):0.0e+0} of its norm");
        }

        return null;
    }
}

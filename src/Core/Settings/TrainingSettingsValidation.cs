using System.Globalization;

namespace Srpo.Core.Settings;

/// <summary>Checks of <see cref="TrainingSettings"/>: every range stated there. What a method says of its settings is checked with the method.</summary>
public static class TrainingSettingsValidation
{
    private const double SmallestTau = 1e-30;

    /// <summary>All problems of the settings, none if they can be used.</summary>
    public static IReadOnlyList<SettingsProblem> Validate(this TrainingSettings settings)
    {
        var check = new Checker();
        check.Real("tau", settings.Tau, 0, double.MaxValue, openLow: true);
        if (settings.Tau is > 0 and < SmallestTau) check.Add("tau", $"{settings.Tau.ToString(CultureInfo.InvariantCulture)} is too small for its inverse, the weight of the KL price", "use at least 1e-30");
        check.Real("entropy", settings.Entropy, 0, 1e6);
        check.Whole("iterations", settings.Iterations, 1, 1_000_000_000);
        check.Whole("lanes", settings.Lanes, 1, 65536);
        check.Whole("horizon", settings.Horizon, 1, 65536);
        check.Whole("epochs", settings.Epochs, 1, 1000);
        check.Real("clip", settings.Clip, 0, 1, openLow: true, openHigh: true);
        check.Real("discount", settings.Discount, 0, 1);
        check.Real("gaeLambda", settings.GaeLambda, 0, 1);
        check.Real("valueWeight", settings.ValueWeight, 0, 1e6, openLow: true);
        check.Real("rewardScale", settings.RewardScale, 0, 1e6, openLow: true);
        check.Real("learningRate", settings.LearningRate, 0, 10, openLow: true);
        check.Real("adamEpsilon", settings.AdamEpsilon, 0, 1, openLow: true);
        if (settings.MaxGradientNorm is { } norm) check.Real("maxGradientNorm", norm, 0, 1e12, openLow: true);
        check.Whole("curveInterval", settings.CurveInterval, 0, int.MaxValue);
        check.Whole("curveEpisodes", settings.CurveEpisodes, 1, 65536);
        check.Whole("evaluationSteps", settings.EvaluationSteps, 1, 65536);
        check.Defined("network.activation", settings.Network.Activation);
        check.Defined("network.initialisation", settings.Network.Initialisation);
        check.Defined("adversary.kl", settings.Adversary.Kl);
        check.Defined("adversary.critic", settings.Adversary.Critic);
        check.Real("adversary.entropy", settings.Adversary.Entropy, 0, 1e6);
        check.Whole("network.hidden (number of layers)", settings.Network.Hidden.Count, 1, 8);
        for (var i = 0; i < settings.Network.Hidden.Count; i++)
            check.Whole($"network.hidden[{i}]", settings.Network.Hidden[i], 1, 4096);
        if (check.Problems.Count > 0) return check.Problems;

        if ((long)settings.Lanes * settings.Horizon > 1 << 24)
            check.Add("horizon", $"{settings.Lanes} lanes x {settings.Horizon} steps are more than 16777216 samples", "use fewer lanes or steps");
        else
            check.Whole("minibatches", settings.Minibatches, 1, (long)settings.Lanes * settings.Horizon);
        return check.Problems;
    }

    /// <summary>Throws if the settings cannot be used.</summary>
    /// <exception cref="SettingsException">With every problem.</exception>
    public static void ThrowIfInvalid(this TrainingSettings settings)
    {
        var problems = settings.Validate();
        if (problems.Count > 0) throw new SettingsException(problems);
    }

    private sealed class Checker
    {
        public List<SettingsProblem> Problems { get; } = [];

        public void Add(string field, string reason, string remedy) => Problems.Add(new SettingsProblem(field, reason, remedy));

        public void Whole(string field, long value, long low, long high)
        {
            if (value < low || value > high) Add(field, $"{value} is out of range", $"use a whole number from {low} to {high}");
        }

        public void Real(string field, double value, double low, double high, bool openLow = false, bool openHigh = false)
        {
            var inside = double.IsFinite(value) && (openLow ? value > low : value >= low) && (openHigh ? value < high : value <= high);
            if (inside) return;
            var range = (openLow ? "above " : "at least ") + low.ToString(CultureInfo.InvariantCulture)
                + (high == double.MaxValue ? "" : (openHigh ? " and below " : " and at most ") + high.ToString(CultureInfo.InvariantCulture));
            Add(field, $"{value.ToString(CultureInfo.InvariantCulture)} is out of range", $"use a number {range}");
        }

        public void Defined<T>(string field, T value) where T : struct, Enum
        {
            if (!Enum.IsDefined(value)) Add(field, $"{value} is not known", "use one of " + string.Join(", ", Enum.GetNames<T>()));
        }
    }
}

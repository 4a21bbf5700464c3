using System.Globalization;

namespace Srpo.Core.Settings;

/// <summary>Checks of <see cref="TrainingSettings"/>: the ranges of <see cref="SettingsTable"/>, and what settings must be to each other. What a method says of its settings is checked with the method.</summary>
public static class TrainingSettingsValidation
{
    private const long MostSamples = 1 << 24;

    /// <summary>All problems of the settings, none if they can be used.</summary>
    public static IReadOnlyList<SettingsProblem> Validate(this TrainingSettings settings)
    {
        var problems = SettingsTable.All.SelectMany(setting => setting.Check(settings)).ToList();
        if (problems.Count > 0) return problems;

        var samples = (long)settings.Lanes * settings.Horizon;
        if (samples > MostSamples) Add("horizon", $"{settings.Lanes} lanes x {settings.Horizon} steps are more than {MostSamples} samples", "use fewer lanes or steps");
        else if (settings.Minibatches > samples) Add("minibatches", $"{settings.Minibatches} is out of range", string.Create(CultureInfo.InvariantCulture, $"use a whole number from 1 to {samples}"));
        if (settings.Network is { SharedTrunk: true, CentralCritic: true })
            Add("network.centralCritic", $"a critic that shares the policy's trunk sees what the policy sees", "use network.sharedTrunk = false, or network.centralCritic = false");
        if (settings is { Network.SharedTrunk: true, CriticLearningRate: not null })
            Add("criticLearningRate", $"policy and critic that share a trunk are one network, which has one rate", "use network.sharedTrunk = false, or criticLearningRate = null");
        if (settings.Network is { Initialisation: not Initialisation.Orthogonal, HeadGain: not NetworkSettings.DefaultHeadGain })
            Add("network.headGain", $"only orthogonal heads have a gain", string.Create(CultureInfo.InvariantCulture, $"use network.initialisation = \"orthogonal\", or network.headGain = {NetworkSettings.DefaultHeadGain}"));
        if (settings is { ContinueEpisodes: true, Network.Gru: > 0 })
            Add("continueEpisodes", $"networks with memory learn from sequences that begin with nothing in memory, and an episode that goes on does not", "use false, or network.gru = 0");
        return problems;

        void Add(string field, FormattableString reason, string remedy) => problems.Add(new SettingsProblem(field, FormattableString.Invariant(reason), remedy));
    }

    /// <summary>Throws if the settings cannot be used.</summary>
    /// <exception cref="SettingsException">With every problem.</exception>
    public static void ThrowIfInvalid(this TrainingSettings settings)
    {
        var problems = settings.Validate();
        if (problems.Count > 0) throw new SettingsException(problems);
    }
}

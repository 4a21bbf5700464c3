using Srpo.Core.Settings;
using Srpo.Language.Models;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Language.Debate;

/// <summary>What training debaters costs, estimated from the numbers of their models and the lengths that the rules allow; see docs/performance.md for what was measured.</summary>
internal static class DebateCost
{
    /// <summary>Floating-point operations a second of one core with small and with large models, and of a GPU, as far as such work reaches them.</summary>
    private const double SmallSpeed = 3.4e10, CoreSpeed = 2.5e11, GpuSpeed = 1.5e14;

    /// <summary>Tokens that a GPU generates a second with many responses side by side, for each thousand million numbers of its model; memory bounds it.</summary>
    private const double GpuTokens = 2e4;

    /// <summary>Below so many numbers, calls cost more than arithmetic.</summary>
    private const double Small = 2e7;

    /// <summary>Share of the most tokens that prompts and responses mostly have: with full instructions, and with a few marks.</summary>
    private const double UsualShare = 0.5, ShortShare = 0.25;

    /// <summary>Bytes that a pass of training keeps for a token and a layer, in widths of its states.</summary>
    private const double KeptWidths = 40;

    /// <summary>The cost of a population.</summary>
    public static ArchitectureCost Of(PopulationSpec spec)
    {
        var (settings, language, rules) = (spec.Training, spec.Training.Language!, DebateRules.Of(spec.Environment));
        var (parameters, learned, width, layers, trainedTokens) = Size(spec, language);
        var gpu = DeviceName.TryParseTorch(settings.Device) is { Place: "cuda" };
        var speed = gpu ? GpuSpeed : parameters < Small ? SmallSpeed : CoreSpeed;
        double rounds = settings.Horizon, share = rules.Wording == DebateWording.Short ? ShortShare : UsualShare;
        double prompt = share * rules.PromptTokens, later = share * (rules.HistoryTokens - rules.ResponseTokens), response = UsualShare * rules.ResponseTokens;
        var read = 2 * (prompt + ((rounds - 1) * later));
        var written = 2 * rounds * response;
        var generation = gpu ? written * (parameters / 1e9) / GpuTokens : written * 2 * parameters * 2 / speed;
        var episode = (read * 2 * parameters / speed) + generation;

        // Policy and critic: forward, backward through adapters, what the layers keep computed again; a value of every token, and the adversary's price.
        var update = (read + written) * parameters * ((settings.Epochs * 2 * 6.0) + 4) / speed;
        var bytes = language.Precision == LanguagePrecision.BFloat16 ? 2.0 : 4.0;
        return new ArchitectureCost(
            learned, settings.Lanes * (episode + update), episode, trainedTokens * 6 * parameters / speed,
            gpu ? 0 : parameters * bytes, (language.MicroBatchTokens * (double)width * layers * KeptWidths) + (language.Parallel * rules.Context * width * layers * bytes), language.Model);
    }

    private static (double Parameters, double Learned, int Width, int Layers, double TrainedTokens) Size(PopulationSpec spec, LanguageSettings language)
    {
        if (SharedModels.TrainedName(language.Model) is { } name && !SharedModels.IsThere(language.Model))
        {
            var (numbers, tokens, _) = SharedModels.RequireTrained(name).SizeOf(name);
            return (numbers, language.LoraRank == 0 ? 2 * numbers : Math.Min(2 * numbers, numbers * language.LoraRank / 16), 128, 4, tokens);
        }

        var config = SharedModels.ConfigOf(language.Model);
        var (policy, critic) = SharedModels.Layouts(DebaterArchitecture.Of(spec).Form);
        var parameters = ModelTensors.Of(config).Sum(tensor => (double)tensor.Count);
        return (parameters, policy.Length + critic.Length, config.HiddenSize, config.Layers, 0);
    }
}

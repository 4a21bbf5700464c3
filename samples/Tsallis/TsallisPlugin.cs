using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;
using Tsallis;

[assembly: SrpoPlugin(typeof(TsallisPlugin))]

namespace Tsallis;

/// <summary>Brings the method "tsallis-srpo".</summary>
public sealed class TsallisPlugin : ISrpoPlugin
{
    public string Name => "tsallis";

    public void Register(IPluginRegistry registry) => registry.Add(new TsallisSrpo());
}

/// <summary>
/// SRPO whose agents are bounded by Tsallis' entropy of index q in place of Shannon's: H(p) = (1 - sum p^q) / (q - 1). For q above 1 the best response to a payoff gives
/// actions that are clearly worse no probability at all, and for q near 1 it is SRPO.
/// </summary>
public sealed record TsallisSrpo() : AdversarialMethod(
    "tsallis-srpo", "SRPO with Tsallis entropy", "a sample; entropy of Tsallis 1988", "SRPO whose agents are bounded by Tsallis' entropy in place of Shannon's.")
{
    private static readonly OwnSetting Index = new("tsallis-srpo.q", 2, 1.01, 10, "Index q of the entropy; close to 1 it is Shannon's.");

    public override PopulationRole Role => PopulationRole.Subject;

    public override IReadOnlyList<OwnSetting> OwnSettings => [Index];

    public override bool Heeds(string path) => path == "tau" || base.Heeds(path);

    public override Objective Objective(TrainingSettings settings, ActorKind kind) => kind == ActorKind.Agent
        ? new Objective { Regulariser = new TsallisEntropy(settings.Entropy, Own(settings, Index)) }
        : Adversary(settings) with { KlWeight = 1 / settings.Tau };
}

/// <summary>Minus the entropy, weighted: R(p) = weight (sum p^q - 1) / (q - 1).</summary>
public sealed record TsallisEntropy(double Weight, double Q) : PolicyRegulariser
{
    public override double Value(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities) sum += Math.Pow(p, Q);
        return Weight * (sum - 1) / (Q - 1);
    }

    public override void Gradient(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities, Span<double> slopes)
    {
        for (var action = 0; action < slopes.Length; action++) slopes[action] = Weight * Q * Math.Pow(probabilities[action], Q - 1) / (Q - 1);
    }
}

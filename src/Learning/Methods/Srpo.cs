using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>
/// Strategically risk-averse policy optimisation (paper, section 5, equations 8 and 9): each agent trains against an adversary in its
/// partners' seats that deviates from them at the price of (1/tau) KL. See <see cref="AdversarialMethod"/> for who sits where.
/// </summary>
public sealed record Srpo() : AdversarialMethod(
    "srpo", "SRPO", "paper, section 5, equations 8 and 9", "Each agent trains against an adversary in its partners' seats that deviates from them at a KL price.")
{
    /// <inheritdoc/>
    public override PopulationRole Role => PopulationRole.Subject;

    /// <inheritdoc/>
    public override bool Heeds(string path) => path == "tau" || base.Heeds(path);

    /// <inheritdoc/>
    public override Objective Objective(TrainingSettings settings, ActorKind kind) => kind == ActorKind.Agent
        ? new Objective { EntropyWeight = settings.Entropy }
        : Adversary(settings) with { KlWeight = 1 / settings.Tau };

    /// <inheritdoc/>
    public override (double Tau, double Epsilon)? Equilibrium(TrainingSettings settings) =>
        settings.Adversary is { Kl: KlDirection.AdversaryToPolicy, Entropy: 0 } ? (settings.Tau, settings.Entropy) : null;
}

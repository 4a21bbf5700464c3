using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>Training against the worst partner: SRPO without the KL price and without the agents' entropy bonus (tau infinite).</summary>
public sealed record PureAdversarial() : AdversarialMethod(
    "pure-adversarial", "Pure adversarial", "a baseline of the authors' code", "Each agent trains against an adversary that may deviate as it likes.")
{
    /// <inheritdoc/>
    public override bool Heeds(string path) => path != "entropy" && base.Heeds(path);

    /// <inheritdoc/>
    public override Objective Objective(TrainingSettings settings, ActorKind kind) => kind == ActorKind.Agent ? new Objective() : Adversary(settings);
}

using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Conformance.Methods;

/// <summary>A method on an environment, with a small team.</summary>
/// <param name="method">The method.</param>
/// <param name="spec">What is trained.</param>
internal sealed class MethodSubject(Method method, PopulationSpec spec)
{
    /// <summary>Rounds of a team that is looked at.</summary>
    public const int Rounds = 3;

    public Method Method { get; } = method;

    public PopulationSpec Spec { get; } = spec;

    public TrainingSettings Settings => Spec.Training;

    public EnvironmentInfo Environment { get; } = EnvironmentFactory.Info(spec.Environment);

    public TeamPlan Plan => TeamPlan.For(Spec, Environment);

    /// <summary>Makes a subject, or says why the method does not train on the environment.</summary>
    public static string? Create(Method method, EnvironmentSettings environment, ulong seed, out MethodSubject? subject)
    {
        subject = null;
        var info = EnvironmentFactory.Info(environment);
        var opponents = info.Seats - info.TeamSeats;
        var spec = new PopulationSpec
        {
            Population = "check",
            Environment = environment,
            Teams = 1,
            Seed = seed,
            Training = new TrainingSettings
            {
                Method = method.Id,
                Iterations = Rounds,
                Lanes = 6,
                Horizon = 12,
                Epochs = 2,
                Minibatches = 2,
                LearningRate = 1e-3,
                Entropy = 0.02,
                CurveInterval = 0,
                Network = new NetworkSettings { Hidden = [16] },
            },
            Partners = method.NeedsPartners ? [new PolicyReference("partner/0/0", 1)] : [],
            Opponents = opponents > 0 && !method.TrainsOpponents ? [.. Enumerable.Range(0, opponents).Select(seat => new PolicyReference($"opponent/0/{seat}", 1))] : [],
        };
        var refused = TeamPlan.Problems(spec, info);
        if (refused.Count > 0) return "it refuses: " + string.Join("; ", refused.Select(problem => problem.ToString()));
        subject = new MethodSubject(method, spec);
        return null;
    }

    /// <summary>The same with other settings.</summary>
    public MethodSubject With(Func<TrainingSettings, TrainingSettings> change) => new(Method, Spec with { Training = change(Settings) });

    /// <summary>A team at its initial state.</summary>
    public LocalTeam Team(ILearnerDevice? device = null)
    {
        var architecture = ArchitectureRegistry.Of(Spec);
        var others = Spec.Opponents.Count + Spec.Partners.Count;
        FrozenPolicy[] frozen = [.. Enumerable.Range(0, others).Select(index => architecture.Freeze(architecture.Create(Spec with { Seed = Spec.Seed + 17 }, index, new ActorId(ActorKind.Agent, 0)).Parameters))];
        return new LocalTeam(Spec, 0, frozen, device);
    }
}

using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

[assembly: SrpoPlugin(typeof(MyMethod.MyMethodPlugin))]

namespace MyMethod;

/// <summary>Says what the assembly brings. Load it with `srpo COMMAND --plugin FILE`.</summary>
public sealed class MyMethodPlugin : ISrpoPlugin
{
    // Runs are stored with this name: never change it.
    public string Name => "my-method";

    public void Register(IPluginRegistry registry) => registry.Add(new MyMethodMethod());
}

/// <summary>Independent PPO with a regulariser. Derive from AdversarialMethod instead where agents train against adversaries.</summary>
public sealed record MyMethodMethod() : Method("my-method", "MyMethod", "mine", "All agents play together, and each is held to a floor under its probabilities.")
{
    private static readonly OwnSetting Weight = new("my-method.weight", 0.01, 0, 10, "Weight of the regulariser.");

    public override IReadOnlyList<OwnSetting> OwnSettings => [Weight];

    public override bool TrainsOpponents => true;

    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) => [Together(settings, seats)];

    public override Objective Objective(TrainingSettings settings, ActorKind kind) => new()
    {
        EntropyWeight = settings.Entropy,
        Regulariser = new Floor(Own(settings, Weight)),
    };
}

/// <summary>R(p) = weight sum over actions of (1/n - p)^2, where p is below 1/n.</summary>
public sealed record Floor(double Weight) : PolicyRegulariser
{
    public override double Value(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities) sum += Math.Pow(Missing(p, probabilities.Length), 2);
        return Weight * sum;
    }

    public override void Gradient(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities, Span<double> slopes)
    {
        for (var action = 0; action < slopes.Length; action++) slopes[action] = -2 * Weight * Missing(probabilities[action], probabilities.Length);
    }

    private static double Missing(double probability, int actions) => Math.Max(0, (1.0 / actions) - probability);
}

using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Methods;

namespace Srpo.Learning.Devices;

/// <summary>The largest deviation of a quantity between a device and the processor's kernels.</summary>
/// <param name="Case">What was learned.</param>
/// <param name="Quantity">What is compared.</param>
/// <param name="Largest">The largest deviation; of gradients as a share of the tensor's norm, of parameters and probabilities as it is.</param>
/// <param name="Tolerance">The most that is allowed; null where the deviation is reported only.</param>
/// <param name="Place">Where it is.</param>
public sealed record DeviceDeviation(string Case, string Quantity, double Largest, double? Tolerance, string Place)
{
    /// <summary>Whether it is allowed. What is not a number is not.</summary>
    public bool IsWithin => Tolerance is not { } most || Largest <= most;
}

/// <summary>What a comparison of a device with the processor's kernels found.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Description">What it runs on.</param>
/// <param name="Deviations">Case after case.</param>
public sealed record DeviceReport(string Device, string Description, IReadOnlyList<DeviceDeviation> Deviations)
{
    /// <summary>Whether everything is within its tolerance.</summary>
    public bool Agrees => Deviations.All(deviation => deviation.IsWithin);
}

/// <summary>
/// Compares a device with the processor's kernels: from the same states and the same rollouts, gradients, parameters after one update and after many, and
/// probabilities of policies. Rollouts are played by the kernels.
/// </summary>
public static class DeviceCheck
{
    /// <summary>Updates after which parameters are compared once more.</summary>
    public const int Updates = 200;

    private const double GradientTolerance = 1e-5;
    private const double UpdateTolerance = 1e-5;
    private const double LaterTolerance = 1e-3;

    private static readonly TrainingSettings Base = new()
    {
        Method = new Ippo().Id,
        Lanes = 4,
        Horizon = 32,
        LearningRate = 1e-3,
        AdamEpsilon = 1e-3,
        CurveInterval = 0,
        Network = new() { Hidden = [32, 24] },
    };

    /// <summary>Clip and delta as they are small enough to matter.</summary>
    private static readonly TrainingSettings Mappo = Base with
    {
        CriticLearningRate = 2e-3,
        LearningRateDecay = LearningRateDecay.Linear,
        Iterations = 1000,
        NormaliseValues = true,
        ValueClip = 0.02,
        HuberDelta = 0.5,
    };

    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");
    private static readonly EnvironmentSettings Hanabi = new("hanabi", "3x3-2p");

    /// <summary>What is learned in the comparison: the methods with their variants, masks, shared policies, a shared trunk, minibatches, and MAPPO's ways with critics.</summary>
    public static IReadOnlyList<(string Name, EnvironmentSettings Environment, TrainingSettings Training)> Cases { get; } =
    [
        (new Ippo().Id, Gridworld, Base),
        ("ippo, minibatches", Gridworld, Base with { Minibatches = 3, NormaliseAdvantages = true, MaxGradientNorm = 0.5 }),
        ("ippo, masks", Hanabi, Base),
        (new Methods.Srpo().Id, Gridworld, Base with { Method = new Methods.Srpo().Id }),
        ("srpo, the paper's KL", Gridworld, Base with { Method = new Methods.Srpo().Id, Adversary = new() { Kl = KlDirection.AdversaryToPolicy, Entropy = 0.05 } }),
        ("srpo, critic of the agent", Gridworld, Base with { Method = new Methods.Srpo().Id, Adversary = new() { Critic = AdversaryCritic.Shared } }),
        ("srpo, one policy", Gridworld, Base with { Method = new Methods.Srpo().Id, SharePolicy = true }),
        ("srpo, shared trunk", Gridworld, Base with { Method = new Methods.Srpo().Id, MaxGradientNorm = 0.5, Network = Base.Network with { SharedTrunk = true } }),
        ("ippo, normalised Gaussian error units", Gridworld, Base with { Method = new Ippo().Id, Network = Base.Network with { LayerNorm = true, Activation = Activation.Gelu } }),
        ("srpo, critics that see all seats", Gridworld, Base with { Method = new Methods.Srpo().Id, Minibatches = 2, Network = Base.Network with { CentralCritic = true } }),
        ("srpo, memory", Gridworld, Base with { Method = new Methods.Srpo().Id, Minibatches = 2, Network = Base.Network with { Gru = 12 } }),
        ("ippo, memory, shared trunk", Gridworld, Base with { Network = Base.Network with { Gru = 12, SharedTrunk = true } }),
        ("ippo, memory, masks and turns, one policy", Hanabi, Base with { SharePolicy = true, Network = Base.Network with { Gru = 12 } }),
        ("ippo, MAPPO's critics", Gridworld, Mappo),
        ("ippo, MAPPO's critics, minibatches, turns, one policy", Hanabi, Mappo with { Minibatches = 2, SharePolicy = true, NormaliseAdvantages = true, MaxGradientNorm = 0.5 }),
        ("srpo, normalised values, critic of the agent", Gridworld, Base with { Method = new Methods.Srpo().Id, NormaliseValues = true, Adversary = new() { Critic = AdversaryCritic.Shared } }),
        ("srpo, MAPPO's critics that see all seats, memory", Gridworld, Mappo with { Method = new Methods.Srpo().Id, ValueClip = null, Minibatches = 2, Network = Base.Network with { Gru = 12, CentralCritic = true } }),
        ("ippo, clipped Huber loss, shared trunk", Gridworld, Mappo with { CriticLearningRate = null, NormaliseValues = false, Network = Base.Network with { SharedTrunk = true } }),
        ("e3t, rectifiers", Gridworld, Base with { Method = new E3t().Id, Network = Base.Network with { Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal } }),
    ];

    /// <summary>Runs the comparison.</summary>
    /// <param name="device">The device.</param>
    /// <param name="updates">Updates after which parameters are compared once more, at least 1.</param>
    /// <param name="progress">Told every case; null for nobody.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="Core.Errors.SrpoException">The device cannot be had.</exception>
    public static DeviceReport Run(ILearnerDevice device, int updates = Updates, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(updates, 1);
        device.Require();
        var deviations = new List<DeviceDeviation>();
        foreach (var (name, environment, training) in Cases)
        {
            progress?.Invoke(name);
            var spec = new PopulationSpec { Population = "check", Environment = environment, Training = training, Teams = 1, Seed = 11 };
            deviations.Add(Gradient(device, name, spec with { Training = training with { Epochs = 1, Minibatches = 1, MaxGradientNorm = null } }, cancellation));
            deviations.Add(Parameters(device, name, "parameters after 1 update", spec, 1, UpdateTolerance, cancellation));

            // The gradient of a clipped value loss jumps where a value is as far from the old one as the clip. In many updates some value comes so near that rounding decides.
            double? later = training.ValueClip is null ? LaterTolerance : null;
            deviations.Add(Parameters(device, name, FormattableString.Invariant($"parameters after {updates} updates"), spec, updates, later, cancellation));
            deviations.Add(Parameters(device, name, "parameters after 1 update, adamEpsilon 1e-8", spec with { Training = training with { AdamEpsilon = 1e-8 } }, 1, null, cancellation));
            deviations.Add(Policies(device, name, spec, cancellation));
        }

        return new DeviceReport(device.Name, device.Description, deviations);
    }

    /// <summary>After one step from zero moments, Adam's first moment is a tenth of the gradient.</summary>
    private static DeviceDeviation Gradient(ILearnerDevice device, string name, PopulationSpec spec, CancellationToken cancellation)
    {
        using var pair = new Pair(device, spec);
        pair.Update(cancellation);
        var (largest, place) = (0.0, "");
        for (var actor = 0; actor < pair.Plan.Actors.Count; actor++)
        {
            foreach (var (tensor, from, to) in Tensors(pair.Shape))
            {
                var (error, norm) = (0.0, 0.0);
                for (var i = from; i < to; i++)
                {
                    double expected = pair.Reference[actor].FirstMoment[i];
                    error += Math.Pow(pair.Tested[actor].FirstMoment[i] - expected, 2);
                    norm += expected * expected;
                }

                // A tensor that nothing depends on has no gradient on either.
                var share = error == 0 ? 0 : Math.Sqrt(error) / Math.Sqrt(norm);
                if (!(share <= largest)) (largest, place) = (share, $"{pair.Plan.Actors[actor]}, {tensor}");
            }
        }

        return new DeviceDeviation(name, "gradient, share of its tensor's norm", largest, GradientTolerance, place);
    }

    private static DeviceDeviation Parameters(
        ILearnerDevice device, string name, string quantity, PopulationSpec spec, int updates, double? tolerance, CancellationToken cancellation)
    {
        using var pair = new Pair(device, spec);
        for (var i = 0; i < updates; i++) pair.Update(cancellation);
        var (largest, place) = (0.0, "");
        for (var actor = 0; actor < pair.Plan.Actors.Count; actor++)
        {
            foreach (var (tensor, from, to) in Tensors(pair.Shape))
            {
                for (var i = from; i < to; i++)
                {
                    var deviation = Math.Abs((double)pair.Tested[actor].Parameters[i] - pair.Reference[actor].Parameters[i]);
                    if (!(deviation <= largest)) (largest, place) = (deviation, $"{pair.Plan.Actors[actor]}, {tensor}");
                }
            }
        }

        return new DeviceDeviation(name, quantity, largest, tolerance, place);
    }

    private static DeviceDeviation Policies(ILearnerDevice device, string name, PopulationSpec spec, CancellationToken cancellation)
    {
        using var pair = new Pair(device, spec);
        var part = pair.Update(cancellation)[0].Parts[0];
        var (rows, actions) = (part.Values.Length, pair.Shape.Policy.Outputs);
        var (expected, actual) = (new float[rows * actions], new float[rows * actions]);
        Evaluate(CpuDevice.Default, expected);
        Evaluate(device, actual);
        var (largest, place) = (0.0, "");
        for (var i = 0; i < actual.Length; i++)
        {
            var deviation = Math.Abs((double)actual[i] - expected[i]);
            if (!(deviation <= largest)) (largest, place) = (deviation, FormattableString.Invariant($"observation {i / actions}, action {i % actions}"));
        }

        return new DeviceDeviation(name, "probabilities of a policy", largest, UpdateTolerance, place);

        void Evaluate(ILearnerDevice on, float[] probabilities)
        {
            using var network = on.CreatePolicy(pair.Shape.Policy);
            network.Load(pair.Reference[part.Actor].Parameters);

            // The second time with what was carried on.
            var state = new float[rows * pair.Shape.Policy.Gru];
            for (var step = 0; step < 2; step++)
                network.Evaluate(new PolicyBatch { Rows = rows, Observations = part.Observations, Legal = part.Legal, State = state, Probabilities = probabilities });
        }
    }

    private static IEnumerable<(string Name, int From, int To)> Tensors(ActorShape shape)
    {
        var from = 0;
        foreach (var tensor in NetworkTensors.OfActor("", shape, new float[shape.ParameterCount]))
        {
            yield return (tensor.Name, from, from + tensor.Values.Length);
            from += tensor.Values.Length;
        }
    }

    /// <summary>One team on both devices, with the rollouts that the kernels play.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly PopulationSpec _spec;
        private readonly RolloutPlayer[] _players;
        private readonly ITeamUpdater _reference;
        private readonly ITeamUpdater _tested;

        public Pair(ILearnerDevice device, PopulationSpec spec)
        {
            _spec = spec;
            var environment = EnvironmentFactory.Info(spec.Environment);
            (Plan, Shape) = (TeamPlan.For(spec, environment), ActorShape.For(spec.Training, environment));
            _players = [.. Plan.Instances.Select(instance => new RolloutPlayer(spec, 0, instance, RolloutActors.Of(Shape, Plan, null, CpuDevice.Default)))];
            _reference = CpuDevice.Default.CreateUpdater(spec.Training, Plan, Shape);
            _tested = device.CreateUpdater(spec.Training, Plan, Shape);

            // Adversaries start as copies of agents; here they must be told apart.
            Reference = [.. Plan.Actors.Select(actor => ActorInitialisation.Create(spec, 0, actor, Shape))];
            for (var i = 0; i < Reference.Length; i++)
            {
                if (Plan.Actors[i].Kind == ActorKind.Adversary) Reference[i] = Reference[i] with { Parameters = [.. Reference[i].Parameters.Select((x, k) => k < Shape.NetworkParameters ? x + (0.05f * MathF.Sin(k)) : x)] };
            }

            Tested = Reference;
        }

        public TeamPlan Plan { get; }

        public ActorShape Shape { get; }

        public LearnerState[] Reference { get; private set; }

        public LearnerState[] Tested { get; private set; }

        /// <summary>One update of both.</summary>
        /// <returns>What was played.</returns>
        public Rollout[] Update(CancellationToken cancellation)
        {
            var round = Reference[0].Version + 1;
            var rollouts = _players.Select((player, i) => player.Play(round, [.. Plan.Instances[i].Actors.Select(actor => Reference[actor].Parameters)], null, cancellation)).ToArray();
            var (before, tested) = (Reference, Tested);
            Reference = _reference.Update([new TeamRound(_spec.Seed, 0, round, before, rollouts)], cancellation)[0].States;
            Tested = _tested.Update([new TeamRound(_spec.Seed, 0, round, tested, rollouts)], cancellation)[0].States;
            return rollouts;
        }

        public void Dispose()
        {
            foreach (var player in _players) player.Dispose();
            _reference.Dispose();
            _tested.Dispose();
        }
    }
}

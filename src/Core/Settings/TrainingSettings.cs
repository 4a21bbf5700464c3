using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Settings;

/// <summary>Direction of the adversary's KL price. The numbers are part of stored state: never renumber.</summary>
public enum KlDirection
{
    /// <summary>KL(pi || p): from the partner's policy to the adversary; what the authors' code does. Gradient on logits (p - q)/tau.</summary>
    PolicyToAdversary = 0,

    /// <summary>KL(p || pi): from the adversary to the partner's policy; the paper's equation (9) and the theory's penalty.</summary>
    AdversaryToPolicy = 1,
}

/// <summary>Where the adversary's advantage comes from. The numbers are part of stored state: never renumber.</summary>
public enum AdversaryCritic
{
    /// <summary>GAE on minus the agent's reward with a critic of the adversary's own, on its own observations.</summary>
    Own = 0,

    /// <summary>Minus the agent's advantage, as in the paper's equation (9).</summary>
    Shared = 1,
}

/// <summary>Whose parameters an adversary starts with. The numbers are part of stored state: never renumber.</summary>
public enum AdversaryStart
{
    /// <summary>Those of the agent that it trains.</summary>
    Agent = 0,

    /// <summary>Those of the agent whose seat it takes; of the first one where it takes several.</summary>
    Partner = 1,
}

/// <summary>Nonlinearity of hidden layers. The numbers are part of stored state: never renumber.</summary>
public enum Activation
{
    /// <summary>Hyperbolic tangent.</summary>
    Tanh = 0,

    /// <summary>max(x, 0).</summary>
    Relu = 1,

    /// <summary>x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): the Gaussian error linear unit in its tanh form (Hendrycks and Gimpel 2016).</summary>
    Gelu = 2,
}

/// <summary>Initial distribution of network parameters. The numbers are part of stored state: never renumber.</summary>
public enum Initialisation
{
    /// <summary>Weights and biases uniform in +-1/sqrt(fan_in): PyTorch's default for linear layers.</summary>
    FanIn = 0,

    /// <summary>Orthogonal weights (gain sqrt 2 in hidden layers, <see cref="NetworkSettings.HeadGain"/> in the policy's head, 1 in the critic's), biases 0.</summary>
    Orthogonal = 1,
}

/// <summary>How step sizes change over a training. The numbers are part of stored state: never renumber.</summary>
public enum LearningRateDecay
{
    /// <summary>They stay as they are.</summary>
    None = 0,

    /// <summary>In round r they are 1 - (r - 1)/iterations of what they are in the first one: the last round has 1/iterations of them, as in MAPPO.</summary>
    Linear = 1,
}

/// <summary>The networks of agents, adversaries and critics, all of one shape: perceptrons, or with memory recurrent ones.</summary>
[GenerateSerializer, Alias("srpo.NetworkSettings"), Immutable]
public sealed record NetworkSettings
{
    /// <summary>Gain of the policy's head where nothing else is said.</summary>
    public const double DefaultHeadGain = 0.01;

    /// <summary>Widths of the hidden layers, input side first; 1 to 8 layers of 1 to 4096 units.</summary>
    [Id(0)]
    public IReadOnlyList<int> Hidden { get; init => field = Lists.Fixed(value); } = Lists.Fixed([64, 64]);

    /// <summary>Nonlinearity after every hidden layer.</summary>
    [Id(1)]
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Initial distribution of the parameters.</summary>
    [Id(2)]
    public Initialisation Initialisation { get; init; } = Initialisation.FanIn;

    /// <summary>Observations one-hot instead of plain numbers, where the environment offers it.</summary>
    [Id(3)]
    public bool OneHot { get; init; }

    /// <summary>Policy and critic share the hidden layers and the memory and differ in their linear heads; the gradient's norm is then limited as a whole.</summary>
    [Id(4)]
    public bool SharedTrunk { get; init; }

    /// <summary>Hidden layers are normalised over their units before the nonlinearity (Ba et al. 2016).</summary>
    [Id(5)]
    public bool LayerNorm { get; init; }

    /// <summary>Units of a gated recurrent layer behind the hidden layers, 0 to 1024; 0 for networks that remember nothing.</summary>
    [Id(6)]
    public int Gru { get; init; }

    /// <summary>Critics see the observations of all seats (MAPPO, Yu et al. 2022); policies go on to see their own.</summary>
    [Id(7)]
    public bool CentralCritic { get; init; }

    /// <summary>Gain of the policy's head where <see cref="Initialisation"/> is orthogonal, above 0, at most 10; <see cref="DefaultHeadGain"/> for other initialisations, which have none.</summary>
    [Id(8)]
    public double HeadGain { get; init; } = DefaultHeadGain;

    /// <inheritdoc/>
    public bool Equals(NetworkSettings? other) =>
        other is not null && Lists.Same(Hidden, other.Hidden) && Activation == other.Activation
        && Initialisation == other.Initialisation && OneHot == other.OneHot && SharedTrunk == other.SharedTrunk
        && LayerNorm == other.LayerNorm && Gru == other.Gru && CentralCritic == other.CentralCritic && HeadGain == other.HeadGain;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Hidden.Count, Activation, Initialisation, OneHot, Gru);
}

/// <summary>Adversaries (paper, equation 9).</summary>
[GenerateSerializer, Alias("srpo.AdversarySettings"), Immutable]
public sealed record AdversarySettings
{
    /// <summary>Direction of the KL price.</summary>
    [Id(0)]
    public KlDirection Kl { get; init; } = KlDirection.PolicyToAdversary;

    /// <summary>Where its advantage comes from.</summary>
    [Id(1)]
    public AdversaryCritic Critic { get; init; } = AdversaryCritic.Own;

    /// <summary>Weight of an entropy bonus for the adversary, at least 0; the paper has none.</summary>
    [Id(2)]
    public double Entropy { get; init; }

    /// <summary>Whose parameters it starts with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Id(3)]
    public AdversaryStart Start { get; init; } = AdversaryStart.Agent;
}

/// <summary>All settings of the training of one team. The defaults are the preset `official` of the gridworld; the method has none.</summary>
[GenerateSerializer, Alias("srpo.TrainingSettings"), Immutable]
public sealed record TrainingSettings
{
    /// <summary>Id of the method that trains the team, as registered in Learning/Methods.</summary>
    [JsonConverter(typeof(MethodIdConverter))]
    [Id(0)]
    public required string Method { get; init; }

    /// <summary>
    /// Policy sharing: one agent plays all seats of the team. Where the method has adversaries, one of them takes a random seat of every
    /// lane (paper 6.3). Some methods share in any case.
    /// </summary>
    [Id(1)]
    public bool SharePolicy { get; init; }

    /// <summary>Risk aversion tau, at least 1e-30; 1/tau is the weight of the adversary's KL price. Ignored by methods without one.</summary>
    [Id(2)]
    public double Tau { get; init; } = 10;

    /// <summary>Weight eps of the policies' entropy bonus, at least 0 (bounded rationality).</summary>
    [Id(3)]
    public double Entropy { get; init; } = 0.1;

    /// <summary>Updates of every agent, at least 1.</summary>
    [Id(4)]
    public int Iterations { get; init; } = 1953;

    /// <summary>Lanes of a rollout, 1 to 65536.</summary>
    [Id(5)]
    public int Lanes { get; init; } = 8;

    /// <summary>Steps of a rollout in every lane, 1 to 65536.</summary>
    [Id(6)]
    public int Horizon { get; init; } = 128;

    /// <summary>Where every agent has a rollout of its own: split the lanes of one among them instead.</summary>
    [Id(7)]
    public bool SplitLanes { get; init; }

    /// <summary>Passes over a rollout per update, 1 to 1000.</summary>
    [Id(8)]
    public int Epochs { get; init; } = 4;

    /// <summary>Minibatches per pass, 1 to the number of samples; 1 uses the full batch.</summary>
    [Id(9)]
    public int Minibatches { get; init; } = 1;

    /// <summary>PPO's clipping range eta of the probability ratio, in (0, 1).</summary>
    [Id(10)]
    public double Clip { get; init; } = 0.2;

    /// <summary>Discount factor gamma, in [0, 1].</summary>
    [Id(11)]
    public double Discount { get; init; } = 0.99;

    /// <summary>GAE's lambda, in [0, 1].</summary>
    [Id(12)]
    public double GaeLambda { get; init; } = 0.95;

    /// <summary>
    /// Weight of the critic's squared error, above 0: the loss of a sample is this times e^2, without a half. MAPPO's coefficient c stands before e^2/2 and is twice as large.
    /// </summary>
    [Id(13)]
    public double ValueWeight { get; init; } = 0.5;

    /// <summary>Advantages shifted and scaled to mean 0 and standard deviation 1 per minibatch.</summary>
    [Id(14)]
    public bool NormaliseAdvantages { get; init; }

    /// <summary>Rewards are multiplied by this before learning, above 0; reports keep the plain rewards.</summary>
    [Id(15)]
    public double RewardScale { get; init; } = 1;

    /// <summary>Step size of Adam, above 0; that of the critics, too, unless <see cref="CriticLearningRate"/> says otherwise.</summary>
    [Id(16)]
    public double LearningRate { get; init; } = 6e-4;

    /// <summary>Adam's epsilon, above 0.</summary>
    [Id(17)]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Gradients are scaled down to this Euclidean norm per network; null leaves them alone.</summary>
    [Id(18)]
    public double? MaxGradientNorm { get; init; }

    /// <summary>The networks.</summary>
    [Id(19)]
    public NetworkSettings Network { get; init; } = new();

    /// <summary>The adversaries.</summary>
    [Id(20)]
    public AdversarySettings Adversary { get; init; } = new();

    /// <summary>A point of the learning curve every so many interactions per agent; 0 for no curve.</summary>
    [Id(21)]
    public int CurveInterval { get; init; } = 10240;

    /// <summary>Episodes per point of the learning curve, 1 to 65536.</summary>
    [Id(22)]
    public int CurveEpisodes { get; init; } = 5;

    /// <summary>Steps from a reset that count as one episode on the learning curve and in matches, 1 to 65536.</summary>
    [Id(23)]
    public int EvaluationSteps { get; init; } = 128;

    /// <summary>How policies act on the learning curve and in matches.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [Id(41)]
    public ActionChoice EvaluationActions { get; init; } = ActionChoice.Sampled;

    /// <summary>Name of the device that networks run on, as in Learning/Devices.</summary>
    [Id(24)]
    public string Device { get; init; } = "cpu";

    /// <summary>Settings that belong to the method alone, where they differ from its defaults; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(25)]
    public OwnSettings? Own { get; init; }

    /// <summary>The language models that agents, adversaries and critics are; null where they are networks that observe numbers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(26)]
    public LanguageSettings? Language { get; init; }

    /// <summary>
    /// Step size of the critics' Adam, above 0; null for <see cref="LearningRate"/>. Not with a shared trunk, which is one network. Language models have
    /// <see cref="LanguageSettings.CriticLearningRate"/> instead.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(27)]
    public double? CriticLearningRate { get; init; }

    /// <summary>How the step sizes of policies, critics and adversaries change from round to round.</summary>
    [Id(28)]
    public LearningRateDecay LearningRateDecay { get; init; }

    /// <summary>
    /// Critics predict returns that are shifted and scaled by their running mean and standard deviation (MAPPO, Yu et al. 2022). Advantages are made of values
    /// that are put back to scale.
    /// </summary>
    [Id(29)]
    public bool NormaliseValues { get; init; }

    /// <summary>
    /// Clipped value loss: the larger one of the loss of V and of Vold + clamp(V - Vold, -c, c), where Vold is what the critic said while the rollout was played; c is above 0 and in
    /// units of normalised returns where <see cref="NormaliseValues"/> is set. Null for the loss of V.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(30)]
    public double? ValueClip { get; init; }

    /// <summary>
    /// From which error e on the critics' loss grows linearly: <see cref="ValueWeight"/> times 2 delta (|e| - delta/2) in place of e^2, above 0, and in units of normalised returns
    /// where <see cref="NormaliseValues"/> is set. Null for the square throughout.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(31)]
    public double? HuberDelta { get; init; }

    /// <summary>Rollouts go on with the episodes that the rollout before left unfinished; else every rollout begins with fresh episodes.</summary>
    [Id(40)]
    public bool ContinueEpisodes { get; init; }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Language.Models;
using Srpo.Learning;
using Srpo.Learning.Devices;
using Srpo.Learning.Methods;

namespace Srpo.Language.Debate;

/// <summary>
/// Actors that are language models: a policy that is an adapter on weights that all share (with rank 0 a copy of all weights), and a critic that is another one with a value head. In the flat
/// vector the policy comes first.
/// </summary>
/// <param name="Form">Model, adapter and place.</param>
/// <param name="Rules">The rules of the debate, <see cref="DebateRules.ToJson"/>.</param>
public sealed record DebaterArchitecture(AdapterForm Form, string Rules) : ActorArchitecture
{
    /// <summary>The architecture of a population's actors.</summary>
    /// <param name="spec">A spec that debaters can be trained by.</param>
    /// <exception cref="SettingsException">The spec names no model.</exception>
    public static DebaterArchitecture Of(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var language = spec.Training.Language ?? throw new SettingsException("language.model", "debaters are language models, and none is named", "name the folder of one");
        return new(new(DebateRules.Environment, language.Model, language.Weights, language.LoraRank, language.LoraAlpha, language.Precision, spec.Training.Device), DebateRules.Of(spec.Environment).ToJson());
    }

    /// <inheritdoc/>
    public override int ParameterCount => SharedModels.Layouts(Form) is var (policy, critic) ? checked((int)(policy.Length + critic.Length)) : 0;

    /// <inheritdoc/>
    public override int PolicyParameters => checked((int)SharedModels.Layouts(Form).Policy.Length);

    /// <inheritdoc/>
    public override AdapterForm? Adapter => Form;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Metadata
    {
        get
        {
            yield return new("base_model", ArchitectureRegistry.LabelOf(Form.Model));
            yield return new("base_model.sha256", Form.Weights);
            yield return new("lora_alpha", Form.Alpha.ToString("R", CultureInfo.InvariantCulture));
            yield return new("lora_rank", Form.Rank.ToString(CultureInfo.InvariantCulture));
            yield return new("precision", Form.Precision.ToString().ToLowerInvariant());
        }
    }

    /// <inheritdoc/>
    public override LearnerState Create(PopulationSpec spec, int team, ActorId actor)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var (policy, critic) = SharedModels.Layouts(Form);
        var parameters = new float[checked((int)(policy.Length + critic.Length))];
        var own = parameters.AsSpan(0, (int)policy.Length);
        var values = parameters.AsSpan((int)policy.Length);
        if (Form.Rank > 0)
        {
            // An adversary starts as a copy of an agent: the seat alone names the numbers.
            var origin = MethodRegistry.Of(spec.Training).StartsAs(spec.Training, actor);
            var stream = new StreamId(spec.Seed, (uint)team, 0, StreamPurpose.Initialisation);
            LoraConfig.Begin(policy, Seed(stream.Block(2 * origin, 0)), own);
            LoraConfig.Begin(critic, Seed(stream.Block((2 * origin) + 1, 0)), values);
        }
        else
        {
            using var folder = ModelFolder.Open(SharedModels.FolderOf(Form.Model), verify: false);
            foreach (var part in policy.Parts) folder.CopyTo(part.Name, own.Slice((int)part.Offset, (int)part.Length));
            own.CopyTo(values);
        }

        return new LearnerState(0, parameters, new float[parameters.Length], new float[parameters.Length], 0);

        static ulong Seed(RandomBlock block) => ((ulong)block.Word1 << 32) | block.Word0;
    }

    /// <inheritdoc/>
    public override IRolloutPlayer CreatePlayer(
        PopulationSpec spec, int team, InstancePlan instance, TeamPlan plan, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null)
    {
        if (frozen is { Count: > 0 }) throw new ArgumentException("debaters are not trained with frozen policies", nameof(frozen));
        return new DebatePlayer(this, spec, team, instance, plan);
    }

    /// <inheritdoc/>
    public override ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ILearnerDevice? device = null) => new DebateUpdater(this, settings, plan);

    /// <inheritdoc/>
    public override FrozenPolicy Freeze(float[] parameters) => DebaterPolicy.Of(Form, parameters);

    /// <inheritdoc/>
    public override IEnumerable<SafetensorsTensor> Tensors(string prefix, ReadOnlyMemory<float> values)
    {
        var (policy, critic) = SharedModels.Layouts(Form);
        return Of(prefix + "policy.", policy, values).Concat(Of(prefix + "critic.", critic, values[(int)policy.Length..]));

        static IEnumerable<SafetensorsTensor> Of(string prefix, ParameterLayout layout, ReadOnlyMemory<float> values) =>
            layout.Parts.Select(part => new SafetensorsTensor(prefix + part.Name, part.Shape, values.Slice((int)part.Offset, (int)part.Length).ToArray()));
    }

    /// <inheritdoc/>
    public override string Hash(ReadOnlyMemory<float> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var numbers = parameters[..PolicyParameters];
        var buffer = new byte[1 << 16];
        while (numbers.Length > 0)
        {
            var some = numbers.Span[..Math.Min(numbers.Length, buffer.Length / sizeof(float))];
            for (var i = 0; i < some.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(sizeof(float) * i), some[i]);
            hash.AppendData(buffer, 0, sizeof(float) * some.Length);
            numbers = numbers[some.Length..];
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A debater that does not learn.</summary>
/// <param name="Form">Model, adapter and place.</param>
/// <param name="Parameters">Its flat parameters; those of a critic may follow and are ignored.</param>
public sealed record DebaterPolicy(AdapterForm Form, float[] Parameters) : FrozenPolicy(Parameters)
{
    /// <summary>A policy of a form.</summary>
    /// <exception cref="ArgumentException">There are too few parameters.</exception>
    /// <exception cref="SrpoException">The model is not there, or its files are wrong.</exception>
    public static DebaterPolicy Of(AdapterForm form, float[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var needed = SharedModels.Layouts(form).Policy.Length;
        return parameters.Length >= needed
            ? new(form, parameters)
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"a policy on {form.Model} has {needed} parameters, not {parameters.Length}"), nameof(parameters));
    }

    /// <summary>A policy as one that debates.</summary>
    /// <exception cref="ArgumentException">It is a network.</exception>
    internal static DebaterPolicy Of(FrozenPolicy policy) =>
        policy as DebaterPolicy ?? throw new ArgumentException("the policy is a network that observes numbers, which cannot debate", nameof(policy));
}

/// <summary>A policy that plays, with the parameters that it was given last. Not thread-safe.</summary>
internal sealed class DebaterVoice : IDisposable
{
    private readonly ModelLease _lease;
    private readonly ICausalModel _policy;
    private readonly float[] _zeros;
    private float[]? _loaded;

    public DebaterVoice(AdapterForm form)
    {
        Form = form;
        _lease = SharedModels.Acquire(form);
        try
        {
            _policy = _lease.Model.Learner(form, values: false);
        }
        catch
        {
            _lease.Dispose();
            throw;
        }

        _zeros = new float[_policy.Learned.Length];
    }

    public AdapterForm Form { get; }

    public SharedModel Shared => _lease.Model;

    public ICausalModel Policy => _policy;

    /// <summary>Takes parameters; those that it has are not taken again.</summary>
    /// <param name="parameters">The policy's; more may follow and are ignored. They must not be changed while it plays with them.</param>
    public void Load(float[] parameters)
    {
        if (ReferenceEquals(parameters, _loaded)) return;
        _loaded = null;
        _policy.Restore(new LearnedState(parameters.AsSpan(0, _zeros.Length).ToArray(), _zeros, _zeros, 0));
        _loaded = parameters;
    }

    public void Dispose()
    {
        _policy.Dispose();
        _lease.Dispose();
    }
}

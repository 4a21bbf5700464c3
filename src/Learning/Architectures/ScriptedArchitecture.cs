using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Plugins;

namespace Srpo.Learning;

/// <summary>
/// Agents that are a scripted player, which plays by its rules and never learns. Their parameters are the hash of what says which rules these are (<see cref="ScriptedReference.Digest"/>,
/// see <see cref="PackedFile"/>), so that it is where others have the hash of their weights; a critic there is none.
/// </summary>
/// <param name="Player">The player.</param>
/// <param name="Inputs">Length of an observation.</param>
/// <param name="Actions">Number of actions.</param>
/// <param name="Encoding">How observations are written for it.</param>
public sealed record ScriptedArchitecture(ScriptedReference Player, int Inputs, int Actions, ObservationEncoding Encoding) : ActorArchitecture
{
    /// <summary>Bytes of a hash.</summary>
    private const int HashLength = 32;

    /// <summary>Numbers that stand for a player.</summary>
    public static int Parameters => PackedFile.Length(HashLength);

    /// <inheritdoc/>
    public override int ParameterCount => Parameters;

    /// <inheritdoc/>
    public override int PolicyParameters => Parameters;

    /// <summary>None: there is nothing to export.</summary>
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Metadata => [];

    /// <summary>The architecture of a population, where its agents are a scripted player; else null. The player itself need not be here.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <exception cref="ArgumentException">The environment does not offer the observation encoding.</exception>
    public static ScriptedArchitecture? Of(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Imported is not [{ Scripted: { } player }, ..]) return null;
        var (info, encoding) = (EnvironmentFactory.Info(spec.Environment), ActorShape.EncodingFor(spec.Training));
        return new(player, info.ObservationLength(encoding), info.Actions, encoding);
    }

    /// <summary>The flat parameters of a player.</summary>
    /// <param name="player">The player.</param>
    public static float[] ParametersOf(ScriptedReference player)
    {
        ArgumentNullException.ThrowIfNull(player);
        return PackedFile.Pack(player.Digest(), HashLength);
    }

    /// <inheritdoc/>
    public override LearnerState Create(PopulationSpec spec, int team, ActorId actor) => throw NoTraining();

    /// <inheritdoc/>
    public override IRolloutPlayer CreatePlayer(
        PopulationSpec spec, int team, InstancePlan instance, TeamPlan plan, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null) => throw NoTraining();

    /// <inheritdoc/>
    public override ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ILearnerDevice? device = null) => throw NoTraining();

    /// <inheritdoc/>
    public override FrozenPolicy Freeze(float[] parameters) => ScriptedPolicy.Of(Player, parameters);

    /// <summary>None: there is nothing to export.</summary>
    /// <inheritdoc/>
    public override IEnumerable<SafetensorsTensor> Tensors(string prefix, ReadOnlyMemory<float> values) => [];

    /// <summary><see cref="ScriptedReference.Hash"/>.</summary>
    /// <inheritdoc/>
    public override string Hash(ReadOnlyMemory<float> parameters) => Convert.ToHexStringLower(PackedFile.Unpack(parameters.Span));

    private static InvalidOperationException NoTraining() => new("scripted players play by their rules and are not trained");
}

/// <summary>A scripted player, as a policy that plays and does not learn.</summary>
/// <param name="Reference">Which one.</param>
/// <param name="Player">The same, as it plays.</param>
/// <param name="Parameters">See <see cref="ScriptedArchitecture"/>.</param>
public sealed record ScriptedPolicy(ScriptedReference Reference, ScriptedPlayer Player, float[] Parameters) : ObservingPolicy(Player.Encoding, Parameters)
{
    private ScriptedGame? _game;

    /// <inheritdoc/>
    public override int Inputs => Game.Info.ObservationLength(Encoding);

    /// <inheritdoc/>
    public override int Actions => Game.Info.Actions;

    /// <inheritdoc/>
    public override int Carried => Player.Notes(Game.Info);

    /// <inheritdoc/>
    public override bool KnowsTurns => true;

    private ScriptedGame Game => _game ?? throw new InvalidOperationException($"the {Reference} has not been told what it plays");

    /// <summary>A player that this process has.</summary>
    /// <param name="reference">Which one.</param>
    /// <param name="parameters">Its parameters; null to make them.</param>
    /// <exception cref="SrpoException">It is not here, or plays by other rules here; the message says what helps.</exception>
    public static ScriptedPolicy Of(ScriptedReference reference, float[]? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Plugin is { } plugin) LoadedPlugins.Require($"the {reference}", [plugin]);
        if (ScriptedPlayers.Find(reference.Name) is not { } player) throw new SrpoException(ErrorKind.NotFound, $"the {reference} is not known to this program; use the one that it was imported with");
        if (LoadedPlugins.ReferenceOf(player) is var here && here != reference)
            throw new SrpoException(ErrorKind.Usage, $"the {reference}, rules {reference.Rules}, plays by other rules here, where it is the {here}, rules {here.Rules}; import it anew under another name: srpo import {here.Typed}");
        return new ScriptedPolicy(reference, player, parameters ?? ScriptedArchitecture.ParametersOf(reference));
    }

    /// <summary>What keeps a player from playing in an environment; null if it can.</summary>
    /// <param name="reference">The player; one that is not here is refused by <see cref="Of"/>.</param>
    /// <param name="environment">The environment.</param>
    public static string? Misfit(ScriptedReference reference, EnvironmentInfo environment)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return ScriptedPlayers.Find(reference.Name)?.Misfit(environment);
    }

    /// <inheritdoc/>
    public override ObservingPolicy In(EnvironmentSettings environment)
    {
        var info = EnvironmentFactory.Info(environment);
        if (Player.Misfit(info) is { } misfit) throw new ArgumentException($"the {Reference} cannot play in {info.Name} {info.Variant}: {misfit}", nameof(environment));
        return this with { _game = new ScriptedGame(info, EnvironmentFactory.DefinitionOf(environment)) };
    }

    /// <summary>What plays by its rules; it does not run on learners' devices.</summary>
    /// <inheritdoc/>
    public override IPolicyNetwork CreateNetwork(ILearnerDevice device) => new ScriptedNetwork(Reference, Player, Game);
}

using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Makes what storage keeps of a population whose policies were not trained here.</summary>
public static class ImportedPopulation
{
    /// <summary>The round at which it stands, the only one.</summary>
    public const int Round = 1;

    /// <summary>All states of the population, as <see cref="ITransferGrain"/> takes them.</summary>
    /// <param name="spec">Its spec: one team, <see cref="Round"/> iterations.</param>
    /// <param name="policies">Of every agent, by seat, the flat parameters of its policy. Critics, which nobody asks, are zeros; graphs, which are files, and scripted players have none, and no moments.</param>
    /// <exception cref="ArgumentException">There are more or fewer policies than agents, or one has another length.</exception>
    public static IReadOnlyList<(StateName State, byte[] Bytes)> States(PopulationSpec spec, IReadOnlyList<float[]> policies)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(policies);
        var catalog = new EnvironmentCatalog();
        var architecture = catalog.Architecture(spec);
        var places = new StatePlaces(WorkKind.Population, spec.Population);
        GrainId[] actors = [.. places.Actors(spec, catalog.Plan(spec))];
        if (actors.Length != policies.Count) throw new ArgumentException($"{policies.Count} policies are given for {actors.Length} agents", nameof(policies));
        var (identity, session) = (SpecIdentity.Of(spec), DateTimeOffset.UtcNow.UtcTicks);
        var record = new PopulationRecord
        {
            Sequence = 1,
            Spec = spec,
            Phase = PopulationPhase.Finished,
            Teams = [new TeamRecord { Round = Round, Checkpoints = [Round] }],
            Session = session,
            Identity = identity,
        };
        return [(places.Records[0].State, places.Records[0].Write(record)), .. actors.Zip(policies, Checkpoint)];

        (StateName, byte[]) Checkpoint(GrainId actor, float[] policy)
        {
            if (policy.Length != architecture.PolicyParameters) throw new ArgumentException($"a policy has {policy.Length} parameters, its network {architecture.PolicyParameters}", nameof(policies));
            float[] parameters = [.. policy, .. new float[architecture.ParameterCount - policy.Length]];
            var (place, zeros) = (StatePlaces.Checkpoints(actor).First(), new float[architecture is NetworkArchitecture ? parameters.Length : 0]);
            return (place.State, place.Write(new ActorCheckpoint
            {
                Identity = identity,
                Spec = spec,
                State = new ActorState(Round, new(parameters), new(zeros), new(zeros), 0),
                Session = session,
            }));
        }
    }
}

using Srpo.Core.Limits;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Learning;

namespace Srpo.Experiments.Runs;

/// <summary>
/// How much memory training needs at the least: parameters and moments of all teams that train together, and the rollouts of those that are at
/// work. Measured needs are up to a third higher; what lies between ends with an error when memory runs out.
/// </summary>
public static class TrainingMemory
{
    /// <summary>The parameter and its two moments.</summary>
    private const int FloatsPerParameter = 3;

    /// <summary>Different observations are gathered in one place, and handed over in another.</summary>
    private const int CopiesOfRows = 2;

    /// <summary>States, gates and their gradients of a row, in the policy's and the critic's recurrent layers.</summary>
    private const int FloatsPerUnit = 24;

    /// <summary>What is known of a sample besides its observation, with advantage and return.</summary>
    private const int BytesPerSample = 32;

    /// <summary>What training the populations of a run needs: the batch that needs most.</summary>
    /// <param name="manifest">The run.</param>
    public static MemoryNeed Of(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var needs = TrainingBatches.Of(manifest).Select(batch => Of([.. batch.Select(population => manifest.Experiment.Spec(population, manifest.PopulationName))], manifest.Workers));
        return needs.Aggregate(MemoryNeed.Grains, (most, need) => new MemoryNeed(Math.Max(most.Heap, need.Heap), Math.Max(most.Process, need.Process)));
    }

    /// <summary>What training populations together needs.</summary>
    /// <param name="specs">The populations.</param>
    /// <param name="workers">Threads that play and learn; 0 for one per core.</param>
    public static MemoryNeed Of(IReadOnlyList<PopulationSpec> specs, int workers)
    {
        ArgumentNullException.ThrowIfNull(specs);
        var need = MemoryNeed.Grains;
        var most = (Heap: 0.0, Native: 0.0);
        foreach (var spec in specs)
        {
            var info = EnvironmentFactory.Info(spec.Environment);
            var plan = TeamPlan.For(spec, info);
            if (ArchitectureRegistry.Source(spec.Environment.Name)?.Cost(spec) is { } cost)
            {
                need = need.And((double)spec.Teams * plan.Actors.Count * cost.ParametersOfActor * FloatsPerParameter * sizeof(float), cost.SharedBytes);
                if (cost.WorkingBytes > most.Heap + most.Native) most = (0, cost.WorkingBytes);
                continue;
            }

            var shape = ActorShape.For(spec.Training, info);
            need = need.And((double)spec.Teams * plan.Actors.Count * shape.ParameterCount * FloatsPerParameter * sizeof(float), 0);
            var work = Rollouts(spec.Training, plan, info, shape);
            if (work.Heap + work.Native > most.Heap + most.Native) most = work;
        }

        var atWork = Math.Min(specs.Sum(spec => (double)spec.Teams), workers > 0 ? workers : Environment.ProcessorCount);
        return need.And(atWork * most.Heap, atWork * most.Native);
    }

    /// <summary>A round of one team: its samples in objects, and the batch that is learned from beside them.</summary>
    private static (double Heap, double Native) Rollouts(TrainingSettings settings, TeamPlan plan, EnvironmentInfo info, ActorShape shape)
    {
        var (heap, native) = (0.0, 0.0);
        foreach (var instance in plan.Instances)
        {
            // Where seats take turns, a step has one sample.
            var learned = instance.Casting == Casting.Fixed ? instance.Cast.Count(player => player < instance.Actors.Count) : info.TeamSeats;
            var samples = (double)instance.Lanes * settings.Horizon * (info.TurnBased ? (double)learned / info.Seats : learned);
            var rows = info.HasStates && !shape.IsRecurrent ? Math.Min(samples, (double)info.ObservationStates * instance.Actors.Count) : samples;
            var central = shape.CentralCritic ? shape.Critic.Inputs : 0;
            heap += (samples * BytesPerSample) + (rows * CopiesOfRows * sizeof(float) * (shape.Policy.Inputs + central + (1.5 * info.Actions) + 0.5));
            var remembered = FloatsPerUnit * (double)Math.Max(shape.Policy.Gru, shape.CriticState);
            native = Math.Max(native, rows * sizeof(float) * (shape.Policy.Inputs + (4.0 * info.Actions) + 2 + central + remembered));
        }

        return (heap, native);
    }
}

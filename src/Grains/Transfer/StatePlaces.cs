using System.Text.RegularExpressions;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>All states that may be stored of a population or tournament: what reading goes through, and what may arrive.</summary>
/// <param name="kind">Which of the two.</param>
/// <param name="name">Its name.</param>
internal sealed partial class StatePlaces(WorkKind kind, string name)
{
    private const string Agent = "agent";
    private const string Adversary = "adversary";
    private const string Tournament = "tournament";

    /// <summary>The grain that has the record.</summary>
    public GrainId Owner { get; } = kind == WorkKind.Population ? CoordinatorGrain.IdOf(name) : GrainId.Create(Tournament, name);

    /// <summary>The record, in its two slots.</summary>
    public IReadOnlyList<StatePlace> Records { get; } =
    [
        .. Slots(WorkNames.Word(kind)).Select(slot => kind == WorkKind.Population
            ? (StatePlace)new StatePlace<PopulationRecord>(StorageNames.Populations, new StateName(CoordinatorGrain.GrainTypeName, name, slot))
            : new StatePlace<TournamentRecord>(StorageNames.Tournaments, new StateName(Tournament, name, slot))),
    ];

    /// <summary>All states of a population beside its record: pages of learning curves, then everything of its actors.</summary>
    /// <param name="record">Its record.</param>
    /// <param name="plan">Who learns in its teams.</param>
    public IEnumerable<StatePlace> Parts(PopulationRecord record, TeamPlan plan)
    {
        for (var team = 0; team < record.Teams.Length; team++)
        {
            for (var page = 0; page < record.Teams[team].PageEnds.Count; page++) yield return Page(CurvePages.PageName(team, page));
        }

        foreach (var actor in Actors(record.Spec!, plan))
        {
            foreach (var checkpoint in Checkpoints(actor)) yield return checkpoint;
            foreach (var round in record.Spec!.Snapshots) yield return Checkpoint(actor, ActorSnapshots.NameOf(round) + "0");
        }
    }

    /// <summary>The ids of all actors of a population.</summary>
    /// <param name="spec">Its spec.</param>
    /// <param name="plan">Who learns in its teams.</param>
    public IEnumerable<GrainId> Actors(PopulationSpec spec, TeamPlan plan)
    {
        for (var team = 0; team < spec.Teams; team++)
        {
            foreach (var actor in plan.Actors) yield return GrainId.Create(actor.Kind == ActorKind.Agent ? Agent : Adversary, GrainKeys.Seat(name, team, actor.Seat));
        }
    }

    /// <summary>The last two checkpoints of an actor.</summary>
    public static IEnumerable<StatePlace> Checkpoints(GrainId actor) => Slots(ActorCheckpoints.Name).Select(slot => Checkpoint(actor, slot));

    /// <summary>The place of a state that arrives.</summary>
    /// <exception cref="SrpoGrainException">It is none of this population or tournament.</exception>
    public StatePlace Of(StateName state)
    {
        if (state is not { Grain: not null, Key: not null, Name: not null }) throw new SrpoGrainException("a piece names no state");
        if (Records.FirstOrDefault(place => place.State == state) is { } record) return record;
        if (kind == WorkKind.Population && state.Grain == CoordinatorGrain.GrainTypeName && state.Key == name && PageNames().IsMatch(state.Name)) return Page(state.Name);
        if (kind == WorkKind.Population && state.Grain is Agent or Adversary && ActorNames().IsMatch(state.Name) && GrainKeys.ParseMember(state.Key).Population == name)
            return Checkpoint(GrainId.Create(state.Grain, state.Key), state.Name);
        throw new SrpoGrainException($"there is no state '{GrainKeys.Shown(state.ToString())}' of the {WorkNames.Word(kind)} '{name}'");
    }

    private static string[] Slots(string of) => [of + "0", of + "1"];

    private static StatePlace<ActorCheckpoint> Checkpoint(GrainId actor, string state) => new(StorageNames.Actors, new StateName(actor.Type.ToString()!, actor.Key.ToString()!, state));

    [GeneratedRegex(@"^curve\d{1,5}-\d{1,7}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PageNames();

    [GeneratedRegex(@"^(checkpoint[01]|snapshot-\d{1,10}-0)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ActorNames();

    private StatePlace<CurvePage> Page(string state) => new(StorageNames.Populations, new StateName(CoordinatorGrain.GrainTypeName, name, state));
}

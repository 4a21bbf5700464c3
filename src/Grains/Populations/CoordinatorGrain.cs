using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

namespace Srpo.Grains;

/// <summary>Trains a population.</summary>
[GrainType(CoordinatorGrain.GrainTypeName)]
internal sealed class CoordinatorGrain(GrainHost host, EnvironmentCatalog environments, SiloMap map, IOptions<ComputeOptions> options, ILogger<CoordinatorGrain> logger)
    : WorkGrain<PopulationRecord, TrainingSession, IPopulationObserver>(WorkKind.Population, StorageNames.Populations, host, logger), ICoordinatorGrain
{
    /// <summary>What its keys belong to, also in storage.</summary>
    internal const string GrainTypeName = "coordinator";

    /// <summary>Teams that are deleted at the same time.</summary>
    private const int Deleters = 16;

    private readonly List<string> _warnings = [];

    private CurvePages? _pages;
    private string? _missing;

    /// <summary>Whether the session ends because its silo does: the population stays in training.</summary>
    private bool _leaving;

    private CurvePages Pages => _pages ??= Host.Pages(Name);

    /// <summary>The id of the coordinator of a population.</summary>
    public static GrainId IdOf(string population) => GrainId.Create(GrainTypeName, population);

    /// <inheritdoc/>
    public async Task<PopulationStatus> StartAsync(PopulationSpec spec)
    {
        GrainKeys.CheckName(Name);
        await RequirePluginsAsync(spec);
        var problems = environments.Problems(spec);
        if (problems.Count > 0) throw new SrpoGrainException($"population '{Name}' cannot be trained:{Environment.NewLine}{string.Join(Environment.NewLine, problems)}");
        if (spec.Population != Name) throw new SrpoGrainException($"the spec is for the population '{spec.Population}', not for '{Name}'");
        await LoadAsync();
        await AskedAsync("starting", "start " + JsonSerializer.Serialize(spec), async () =>
        {
            if (Record.Spec is { } known && !SpecIdentity.Same(known, spec))
            {
                throw new SrpoGrainException(
                    ErrorKind.InUse,
                    $"population '{Name}' exists with other settings ({SpecIdentity.Difference(known, spec)}); choose another name, give the settings that it was started with, or delete it (`srpo runs delete {Name}`)");
            }

            // What was trained by other rules is not taken for what was asked for, however far it has come.
            CheckUnderstood();
            await WishEndedAsync();
            if (Session is null && Record.Phase != PopulationPhase.Finished) await BeginAsync(spec);
        });
        return Status();
    }

    /// <inheritdoc/>
    public async Task<PopulationStatus> ResumeAsync()
    {
        await KnownAsync();
        await RequirePluginsAsync(Record.Spec);

        // A finished population is looked through as well: what was damaged is trained again.
        await AskedAsync("resuming", "resume", async () =>
        {
            await WishEndedAsync();
            if (Session is null) await BeginAgainAsync();
        });
        return Status();
    }

    /// <inheritdoc/>
    public Task<PopulationStatus> PauseAsync() => WishAsync("pausing", PopulationPhase.Paused);

    /// <inheritdoc/>
    public Task<PopulationStatus> StopAsync() => WishAsync("stopping", PopulationPhase.Stopped);

    /// <inheritdoc/>
    public async Task<PopulationStatus> GetStatusAsync()
    {
        await KnownAsync();
        return Status();
    }

    /// <inheritdoc/>
    public async Task<PopulationSpec> GetSpecAsync()
    {
        await KnownAsync();
        return Record.Spec!;
    }

    /// <inheritdoc/>
    public async Task<TeamCurve[]> GetCurvesAsync()
    {
        await WithPagesAsync();
        return Record.Curves([]);
    }

    /// <inheritdoc/>
    public async Task<TeamCurve[]> GetCurvesAfterAsync(int[] known)
    {
        await WithPagesAsync();
        return Record.Curves(known ?? []);
    }

    /// <inheritdoc/>
    public async Task<TeamCheckpoint> GetCheckpointAsync(int team)
    {
        await KnownAsync();
        return Record.Checkpoint(Name, team, certain: LoadWarning is null && Session is null);
    }

    /// <inheritdoc/>
    protected override Task BeginAgainAsync() => BeginAsync(Record.Spec ?? throw Deleted());

    /// <inheritdoc/>
    protected override async Task DeletePartsAsync(PopulationRecord? record)
    {
        // Where the record is damaged or gone, what an agent was trained with says who the others are.
        var spec = record?.Spec ?? await GrainFactory.GetGrain<ITeamAgent>(GrainKeys.Seat(Name, 0, 0)).GetSpecAsync();
        if (spec is null && record is null) throw new CorruptStateException($"neither the record of population '{Name}' nor its first agent can be read, so that nobody knows which agents it has; resume or delete it once one of them is restored from a copy");
        if (spec is null) return;
        await Pages.ClearAsync(spec.Teams, record);
        var session = record is { Session: > 0 } known ? known.Session : long.MaxValue;
        var plan = environments.Plan(spec);
        foreach (var teams in Enumerable.Range(0, spec.Teams).Chunk(Deleters))
            await Task.WhenAll(teams.SelectMany(team => TeamActors.Actors(GrainFactory, Name, team, plan)).Select(actor => actor.DeleteAsync(spec, session)));
    }

    /// <inheritdoc/>
    protected override Task StorePartsAsync(PopulationRecord record) => Pages.StoreAsync(record);

    /// <inheritdoc/>
    protected override void Leaving() => _leaving = true;

    /// <inheritdoc/>
    protected override bool Conclude(TrainingSession session)
    {
        _warnings.AddRange(session.Warnings);

        // What is stored is another coordinator's, or newer than what is known here: forget and read again.
        if (session.Outcome == TrainingOutcome.Superseded && Work.Unattended) return false;

        // A failure while the host shuts down is most likely the shutdown itself: the next process tries again.
        (Record.Phase, Record.Error, Record.ErrorKind) = session.Outcome switch
        {
            TrainingOutcome.Finished => (PopulationPhase.Finished, null, null),
            TrainingOutcome.Superseded => (PopulationPhase.Failed, "another process trains this population or wrote its record; let one process work with a data directory, then resume", ErrorKind.Failed),
            TrainingOutcome.Failed when !_leaving => (PopulationPhase.Failed, session.Error, session.ErrorKind),
            _ => (Record.Wish ?? PopulationPhase.Training, (string?)null, (ErrorKind?)null),
        };
        Record.Wish = null;
        return true;
    }

    /// <inheritdoc/>
    protected override void ConcludeUnstored(Exception error) => (Record.Phase, Record.Error, Record.ErrorKind) =
        (PopulationPhase.Failed, Record.Error ?? SrpoException.MessageOf(error), Record.ErrorKind ?? SrpoException.OfWork(error));

    /// <inheritdoc/>
    protected override Func<IPopulationObserver, Task> Progress()
    {
        var status = Status();
        return observer => observer.OnProgressAsync(status);
    }

    private async Task KnownAsync()
    {
        await LoadAsync();
        if (Record.Spec is null) throw await UnknownAsync();
    }

    /// <summary>What begins on a cluster must be able to go on anywhere there: a silo without a plug-in would be left out, and could not take over.</summary>
    private async Task RequirePluginsAsync(PopulationSpec? spec)
    {
        if (spec?.Plugins is not { Count: > 0 } plugins || !Work.Unattended) return;
        var lacking = (await map.GetAsync()).Lack(plugins);
        if (lacking.Count > 0)
            throw new SrpoGrainException(ErrorKind.Environment, $"population '{Name}' cannot be trained: {string.Join("; ", lacking)}; name the plug-in's file in the setting Srpo:Plugins of every silo, the same build of it, and start them again");
    }

    /// <summary>Whoever asks for curves has their pages read: training itself needs none of them.</summary>
    private async Task WithPagesAsync()
    {
        await KnownAsync();

        // Meanwhile a team may have got its first page, which is read too.
        while (!Array.TrueForAll(Record.Teams, team => team.HasPages))
        {
            _missing = await Pages.ReadAsync(Record);
            if (Record.Spec is null) throw Deleted();
        }
    }

    /// <summary>A pause or stop that is under way is carried out first.</summary>
    private Task WishEndedAsync() => Record.Wish is null ? Task.CompletedTask : EndedAsync();

    private async Task BeginAsync(PopulationSpec spec)
    {
        CheckTakesWork();
        CheckUnderstood();
        if (MethodRegistry.Find(spec.Training.Method) is { Trains: false }) throw new SrpoGrainException($"population '{Name}' was imported and is not trained; its policies play as they are");
        await EndedAsync();
        await StoreBeginAsync(undo: Record.Begin(spec, Host.Time.GetUtcNow()));
        _warnings.Clear();
        _leaving = false;
        Run(new TrainingSession(Context, environments.Plan(Record.Spec!), map, options.Value.TeamsPerLearner));
        Notify();
    }

    /// <summary>A build that does not know a setting of the stored spec would train without it; one whose environment has other rules would train another game.</summary>
    private void CheckUnderstood()
    {
        // Records of builds that noted no identity are of the first rules of every environment.
        if (Record.Spec is { } spec && (Record.Identity is { } identity ? identity != SpecIdentity.Of(spec) : SpecIdentity.Lines(spec).ContainsKey(SpecIdentity.Rules)))
            throw new SrpoGrainException($"population '{Name}' was begun by another build: a newer one, with a setting that this build does not know, or an older one, when its environment had other rules; use that build, or choose another name");
    }

    /// <summary>Notes a wish durably; the session ends meanwhile. Without one it is carried out at once.</summary>
    private async Task<PopulationStatus> WishAsync(string what, PopulationPhase wish)
    {
        await KnownAsync();
        await AskedAsync(what, what, async () =>
        {
            if (Session is not null)
            {
                if (Record.Wish != PopulationPhase.Stopped) Record.Wish = wish;
                Session.Stop();
                await Writer.WriteAsync();
            }
            else if (Record.Phase == PopulationPhase.Training || (Record.Phase == PopulationPhase.Paused && wish == PopulationPhase.Stopped))
            {
                Record.Phase = wish;
                await Writer.WriteAsync();
                Notify();
            }
        });
        return Status();
    }

    private PopulationStatus Status() => PopulationStatusBuilder.Build(
        Name, Record, environments.StepsOfRound(Record.Spec ?? throw Deleted()), Session, Seconds,
        [LoadWarning, _missing, LoadedPlugins.Missing(Record.Spec.Plugins), StorageProblem, Unstored is { } trouble ? $"the end of training cannot be stored and is tried again: {trouble}" : null],
        _warnings, Work.Unattended);
}

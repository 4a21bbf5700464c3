using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning.Plugins;

namespace Srpo.Grains;

/// <summary>
/// Answers from what grains have stored in a data directory, as grains that are woken there would, without a silo. It writes nothing and
/// takes no lock; somebody else may write meanwhile, since files are replaced as a whole. Thread-safe.
/// </summary>
public sealed class StoredReader : IStateReader, IActorPopulation, IDisposable
{
    private readonly EnvironmentCatalog _environments = new();
    private readonly FileGrainStorage _populations;

    /// <summary>The same files: where populations stand, of their curves the last points alone.</summary>
    private readonly FileGrainStorage _standings;
    private readonly FileGrainStorage _actors;
    private readonly FileGrainStorage _tournaments;
    private readonly Action<string>? _older;

    /// <summary>Reads a directory.</summary>
    /// <param name="dataDirectory">The <see cref="Hosting.SrpoSiloOptions.DataDirectory"/> of who writes there.</param>
    /// <param name="older">Told of weights that are older than the newest that were stored; null to refuse them.</param>
    public StoredReader(string dataDirectory, Action<string>? older = null) => (_populations, _standings, _actors, _tournaments, _older) = (
        Storage(dataDirectory, StorageNames.Populations), Storage(dataDirectory, StorageNames.Populations, lastPoints: true),
        Storage(dataDirectory, StorageNames.Actors), Storage(dataDirectory, StorageNames.Tournaments), older);

    /// <inheritdoc/>
    public async Task<string[]> GetPopulationsAsync() => await NamesAsync(WorkKind.Population);

    /// <inheritdoc/>
    public async Task<string[]> GetTournamentsAsync() => await NamesAsync(WorkKind.Tournament);

    /// <inheritdoc/>
    public async Task<TournamentSpec> GetTournamentSpecAsync(string tournament) => (await TournamentAsync(tournament)).Spec!;

    /// <inheritdoc/>
    public async Task<PopulationStatus> GetStatusAsync(string population)
    {
        var (record, warning) = await PopulationAsync(population);
        return Status(population, record, warning);
    }

    /// <inheritdoc/>
    public async Task<PopulationSpec> GetSpecAsync(string population) => (await PopulationAsync(population)).Record.Spec!;

    /// <inheritdoc/>
    public async Task<TeamCurve[]> GetCurvesAfterAsync(string population, int[] known) => (await WithCurvesAsync(population)).Record.Curves(known);

    /// <summary>The same as the questions one by one, of which each would read the whole record.</summary>
    /// <inheritdoc/>
    public async Task<PopulationNews> GetNewsAsync(string population, int[] known, PopulationNews? before)
    {
        var (record, warning) = await WithCurvesAsync(population);
        return new PopulationNews(record.Spec!, Status(population, record, warning), record.Curves(known));
    }

    /// <inheritdoc/>
    public Task<ActorReport> QueryActorAsync(ActorKind kind, string key) => Actor(kind, key).ReportAsync();

    /// <inheritdoc/>
    public Task<ActorExport> ExportActorAsync(ActorKind kind, string key) => NewestWeights.ExportAsync(() => Actor(kind, key).ExportAsync(), _older);

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAsync(ActorKind kind, string key) => NewestWeights.PolicyAsync(() => Actor(kind, key).PolicyAsync(), _older);

    /// <inheritdoc/>
    public Task<PolicySnapshot> GetPolicyAfterAsync(string agent, int round) =>
        NewestWeights.PolicyAfterAsync(() => Actor(ActorKind.Agent, agent).PolicyAfterAsync(round), () => Actor(ActorKind.Agent, agent).PolicyAsync(), round, _older);

    /// <inheritdoc/>
    public async Task<EnvironmentReport> QueryEnvironmentAsync(string key)
    {
        PopulationSpec spec;
        try
        {
            spec = await GetSpecAsync(GrainKeys.ParseMember(key).Population);
        }
        catch (UnknownGrainException error)
        {
            throw EnvironmentInstance.Unknown(key, SrpoException.MessageOf(error));
        }

        var (_, plan) = EnvironmentInstance.Check(key, spec, _environments);
        return EnvironmentInstance.Report(key, spec, plan, _environments, last: null, played: 0, drawing: "");
    }

    /// <inheritdoc/>
    public async Task<TournamentStatus> GetTournamentAsync(string tournament)
    {
        var record = await TournamentAsync(tournament);
        return TournamentStatusBuilder.Build(tournament, record, session: null, record.Seconds, storageProblem: null);
    }

    /// <inheritdoc/>
    public async Task<TournamentMatrix> GetMatrixAsync(string tournament) => (await TournamentAsync(tournament)).Matrix(tournament, _environments);

    /// <inheritdoc/>
    Task<PopulationSpec> IActorPopulation.SpecAsync(string population) => GetSpecAsync(population);

    /// <inheritdoc/>
    async Task<TeamCheckpoint> IActorPopulation.CheckpointAsync(string population, int team)
    {
        var (record, warning) = await PopulationAsync(population);
        return record.Checkpoint(population, team, certain: warning is null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _populations.Dispose();
        _standings.Dispose();
        _actors.Dispose();
        _tournaments.Dispose();
    }

    private PopulationStatus Status(string population, PopulationRecord record, string? warning) => PopulationStatusBuilder.Build(
        population, record, _environments.StepsOfRound(record.Spec!), session: null, record.TrainingSeconds, [warning, LoadedPlugins.Missing(record.Spec!.Plugins)], [], unattended: false);

    private static FileGrainStorage Storage(string root, string name, bool lastPoints = false) =>
        new(name, new FileStorageOptions { Directory = Path.Combine(root, name) }, new StatePayload(lastPoints));

    private static SlotPair<T> Slots<T>(FileGrainStorage storage, WorkKind kind, string name)
        where T : class, new() =>
        new(storage, kind == WorkKind.Population ? CoordinatorGrain.IdOf(name) : GrainId.Create("tournament", name), WorkNames.Word(kind));

    /// <summary>A record with the last points of its curves: who asks only where a population stands has no use for the others.</summary>
    private Task<(PopulationRecord Record, string? Warning)> PopulationAsync(string population) => PopulationAsync(_standings, population);

    private async Task<(PopulationRecord Record, string? Warning)> PopulationAsync(FileGrainStorage storage, string population)
    {
        GrainKeys.CheckName(population);
        var stored = new AlternatingRecord<PopulationRecord>(Slots<PopulationRecord>(storage, WorkKind.Population, population));
        await stored.LoadAsync();
        stored.Value.Settle();
        if (stored.Value.Spec is null) throw await UnknownAsync(WorkKind.Population, population);
        return (stored.Value, stored.Warning);
    }

    /// <summary>A record with all of its curves, pages too.</summary>
    private async Task<(PopulationRecord Record, string? Warning)> WithCurvesAsync(string population)
    {
        var (record, warning) = await PopulationAsync(_populations, population);
        var missing = await new CurvePages(_populations, CoordinatorGrain.IdOf(population)).ReadAsync(record);
        return (record, warning is null ? missing : missing is null ? warning : warning + Environment.NewLine + missing);
    }

    private async Task<TournamentRecord> TournamentAsync(string tournament)
    {
        GrainKeys.CheckName(tournament);
        var stored = new AlternatingRecord<TournamentRecord>(Slots<TournamentRecord>(_tournaments, WorkKind.Tournament, tournament));
        await stored.LoadAsync();
        if (stored.Value.Spec is null) throw await UnknownAsync(WorkKind.Tournament, tournament);
        return stored.Value;
    }

    private Actor Actor(ActorKind kind, string key)
    {
        var grain = GrainId.Create(kind == ActorKind.Adversary ? "adversary" : "agent", key);
        return new Actor(
            kind, key, _environments,
            new ActorRecords(name => new SlotPair<ActorCheckpoint>(_actors, grain, name, writtenByOthers: name == ActorCheckpoints.Name)), this);
    }

    private Task<UnknownGrainException> UnknownAsync(WorkKind kind, string name) => WorkNames.UnknownAsync(kind, name, () => NamesAsync(kind));

    private async Task<string[]> NamesAsync(WorkKind kind)
    {
        var stored = new AlternatingRecord<DirectoryRecord>(
            new SlotPair<DirectoryRecord>(_populations, GrainId.Create("directory", GrainKeys.Directory), GrainKeys.Directory));
        await stored.LoadAsync();
        return stored.Value.Of(kind);
    }
}

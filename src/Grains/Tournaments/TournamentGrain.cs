using System.Text.Json;
using Microsoft.Extensions.Logging;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Plays a cross-play matrix.</summary>
[GrainType("tournament")]
internal sealed class TournamentGrain(GrainHost host, EnvironmentCatalog environments, SiloMap map, SiloServiceClient silos, ILogger<TournamentGrain> logger)
    : WorkGrain<TournamentRecord, TournamentSession, ITournamentObserver>(WorkKind.Tournament, StorageNames.Tournaments, host, logger), ITournamentGrain
{
    /// <inheritdoc/>
    public async Task<TournamentStatus> StartAsync(TournamentSpec spec)
    {
        GrainKeys.CheckName(Name);
        await RequirePluginsAsync(spec);
        Check(spec);
        await LoadAsync();
        await AskedAsync("starting", "start " + JsonSerializer.Serialize(spec), async () =>
        {
            if (Record.Spec is { } known && known != spec)
                throw new SrpoGrainException(ErrorKind.InUse, $"tournament '{Name}' exists with other settings; choose another id, or give the settings that it was started with");

            // A pause that is under way is carried out first.
            if (!Record.Active) await EndedAsync();
            if (Session is null && !Record.IsFinished()) await BeginAsync(spec);
        });
        return Status();
    }

    /// <inheritdoc/>
    public async Task<TournamentStatus> PauseAsync()
    {
        await KnownAsync();
        await AskedAsync("pausing", "pause", async () =>
        {
            Record.Active = false;
            Session?.Stop();
            if (Session is not null || Work.Unattended) await Writer.WriteAsync();
        });
        return Status();
    }

    /// <inheritdoc/>
    public async Task<TournamentStatus> GetStatusAsync()
    {
        await KnownAsync();
        return Status();
    }

    /// <inheritdoc/>
    public async Task<TournamentSpec> GetSpecAsync()
    {
        await KnownAsync();
        return Record.Spec!;
    }

    /// <inheritdoc/>
    public async Task<TournamentMatrix> GetMatrixAsync()
    {
        await KnownAsync();
        return Record.Matrix(Name, environments);
    }

    /// <inheritdoc/>
    protected override Task BeginAgainAsync() => BeginAsync(Record.Spec ?? throw Deleted());

    /// <inheritdoc/>
    protected override bool Conclude(TournamentSession session) => true;

    /// <inheritdoc/>
    protected override void ConcludeUnstored(Exception error) => Record.Fail(error);

    /// <inheritdoc/>
    protected override Func<ITournamentObserver, Task> Progress()
    {
        var status = Status();
        return observer => observer.OnProgressAsync(status);
    }

    /// <summary>Whatever silo plays must know the environment, and this one the methods too.</summary>
    private async Task RequirePluginsAsync(TournamentSpec spec)
    {
        if (!Work.Unattended || spec?.Populations is not { Length: > 0 and <= GrainChecks.MaxColumns }) return;
        var plugins = new HashSet<PluginReference>();
        var opponents = (spec.Opponents ?? []).Where(opponent => opponent is not null).Select(opponent => GrainKeys.ParseMember(opponent.Agent).Population);
        foreach (var population in spec.Populations.Concat(opponents).Distinct(StringComparer.Ordinal)) plugins.UnionWith((await GrainFactory.GetGrain<ICoordinatorGrain>(GrainKeys.CheckName(population)).GetSpecAsync()).Plugins ?? []);
        if (plugins.Count == 0) return;
        var lacking = (await map.GetAsync()).Lack([.. plugins]);
        if (lacking.Count > 0) throw new SrpoGrainException(ErrorKind.Environment, $"tournament '{Name}' cannot be played: {string.Join("; ", lacking)}; name the plug-in's file in the setting Srpo:Plugins of every silo, the same build of it, and start them again");
    }

    private void Check(TournamentSpec spec)
    {
        if (spec?.Populations is null || spec.Environment is null) throw Refuse("the spec is incomplete; name populations and an environment");
        if (spec.Populations.Length == 0) throw Refuse("no populations are named; name at least one");
        GrainChecks.Range("populations", spec.Populations.Length, 1, GrainChecks.MaxColumns);
        foreach (var population in spec.Populations) GrainKeys.CheckName(population);
        if (spec.Populations.Distinct().Count() != spec.Populations.Length) throw Refuse("a population is named twice; name each once");
        if (spec.Episodes is < 1 or > 1_000_000) throw Refuse($"{spec.Episodes} episodes are out of range; use a whole number from 1 to 1000000");
        if (spec.Steps is < 1 or > 65536) throw Refuse($"{spec.Steps} steps are out of range; use a whole number from 1 to 65536");
        var info = environments.Info(spec.Environment);
        var opponents = spec.Opponents ?? [];
        if (opponents.Length != info.Seats - info.TeamSeats)
            throw Refuse($"{opponents.Length} opponents are named; {info.Name} {info.Variant} has {info.Seats - info.TeamSeats} seats for them");
        if (info.TeamSeats > Seatings.MaxMixedSeats) throw Refuse($"a team of {info.TeamSeats} has too many ways to mix two runs; {Seatings.MaxMixedSeats} seats are the most");
        foreach (var opponent in opponents)
        {
            if (opponent?.Agent is null) throw Refuse("an opponent names no agent");
            GrainKeys.ParseMember(opponent.Agent);
        }
    }

    private SrpoGrainException Refuse(string reason) => new($"tournament '{Name}': {reason}");

    private async Task KnownAsync()
    {
        await LoadAsync();
        if (Record.Spec is null) throw await UnknownAsync();
    }

    private async Task BeginAsync(TournamentSpec spec)
    {
        CheckTakesWork();
        await EndedAsync();
        var policies = await TournamentPolicies.GatherAsync(GrainFactory, spec, environments.Info(spec.Environment));
        if (Record.Spec is null)
        {
            (Record.Spec, Record.Players, Record.Seating) = (spec, policies.Players, policies.Seating);
            Record.Cells = new MatchResult?[policies.Players.Length * policies.Players.Length];
        }
        else if (!Record.Players.AsSpan().SequenceEqual(policies.Players))
        {
            throw Refuse("its populations have other runs or other weights than when it began; start one with another id");
        }

        Record.Spec = Record.Spec with { AllowOlder = spec.AllowOlder };
        (Record.Error, Record.ErrorKind, Record.Active) = (null, null, true);
        await StoreBeginAsync(undo: () => Record.Active = false);
        Run(new TournamentSession(Context, policies, silos, map));
    }

    private TournamentStatus Status() => Record.Spec is null ? throw Deleted() : TournamentStatusBuilder.Build(Name, Record, Session, Seconds, StorageProblem);
}

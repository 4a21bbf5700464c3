using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Plays rollouts of given policies on the worker pool. Placed where its team's learner is.</summary>
[GrainType("environment")]
internal sealed class EnvironmentGrain(GrainHost host, EnvironmentCatalog environments, ComputePool pool) : Grain, IEnvironmentGrain, ITeamEnvironment
{
    /// <summary>Rollouts and evaluations by their rounds: what was played for a request is not kept, since it is large and can be played again.</summary>
    private readonly FollowedWork<int, Rollout> _rollout = new(pool.Options.Answer, keeps: false, host.Time);
    private readonly FollowedWork<int, CurvePoint> _evaluation = new(pool.Options.Answer, keeps: false, host.Time);

    /// <summary>A query that meets a rollout is answered with a drawing no older than this much training.</summary>
    private static readonly TimeSpan DrawingAge = TimeSpan.FromMilliseconds(250);

    private PopulationSpec? _spec;
    private TeamPlan? _plan;
    private FrozenPolicy[]? _policies;
    private IRolloutPlayer? _player;

    /// <summary>The player that has played a rollout and can draw it; one that was made for an evaluation has nothing to draw.</summary>
    private IRolloutPlayer? _drawable;
    private MemberKey _key;
    private int _parameters;
    private RolloutSummary? _last;
    private long _played;
    private long? _drawnAt;
    private string _drawing = "";
    private CancellationTokenSource? _playing;
    private IGrainTimer? _rest;
    private long _usedAt;

    /// <inheritdoc/>
    public async Task<Rollout?> PlayAsync(PopulationSpec spec, PlayRequest request)
    {
        await UseAsync(spec);
        var instance = _plan!.Instances[_key.Seat];
        Check(request, _plan.Instances[_key.Seat], firstRound: 1);
        if (request.Lanes != instance.Lanes || request.FirstLane != instance.FirstLane)
            throw Refuse($"lanes {request.FirstLane} to {request.FirstLane + request.Lanes - 1} are asked for; this instance plays lanes {instance.FirstLane} to {instance.FirstLane + instance.Lanes - 1}");
        if (RolloutPlayer.Misfit(request.Round, spec.Training.ContinueEpisodes, request.LaneState) is { } misfit) throw Refuse(misfit);
        if (_playing is not null && !_rollout.IsUnderWay(request.Round)) await MakeWayAsync();
        return await _rollout.AskAsync(request.Round, () => PlayNowAsync(spec, instance, request));
    }

    /// <inheritdoc/>
    public async Task<CurvePoint?> EvaluateAsync(PopulationSpec spec, PlayRequest request)
    {
        await UseAsync(spec);
        Check(request, _plan!.Evaluation, firstRound: 0);
        var training = spec.Training;
        if (request.Lanes != training.CurveEpisodes || request.FirstLane != 0)
            throw Refuse($"{request.Lanes} evaluation episodes are asked for; the spec says {training.CurveEpisodes}");
        if (_playing is not null && !_evaluation.IsUnderWay(request.Round)) await MakeWayAsync();
        return await _evaluation.AskAsync(request.Round, () => EvaluateNowAsync(spec, request));
    }

    /// <inheritdoc/>
    public Task CancelAsync()
    {
        if (_playing is null) Rest();
        else _playing.Cancel();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> MoveToAsync(SiloAddress silo)
    {
        if (silo is null) throw Refuse("name the silo to move to");
        return Task.FromResult(PlacementHint.Move(this, silo));
    }

    /// <inheritdoc/>
    public async Task<EnvironmentReport> QueryAsync()
    {
        if (_spec is null)
        {
            // Never played in this process: the coordinator says whether there is such an instance.
            var spec = await SpecAsync();
            if (_spec is null) await UseAsync(spec);
        }

        if (_playing is null) Draw();
        return EnvironmentInstance.Report(this.GetPrimaryKeyString(), _spec!, _plan!, environments, _last, _played, _drawing);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_playing is not null) await MakeWayAsync();
        Release();
    }

    private async Task<Rollout> PlayNowAsync(PopulationSpec spec, InstancePlan instance, PlayRequest request)
    {
        var draw = _drawnAt is not { } drawn || host.Time.GetElapsedTime(drawn) > DrawingAge;
        var cancellation = Begin();
        try
        {
            var (rollout, summary, drawing) = await pool.RunAsync(() =>
            {
                _player ??= environments.Architecture(spec).CreatePlayer(spec, _key.Team, instance, _plan!, _policies);
                var played = _player.Play(request.Round, Parameters(request), request.LaneState, cancellation);
                return (played, RolloutSummary.Of(played), draw ? _player.Render() : null);
            }, cancellation, affinity: _key.Team);
            if (drawing is not null) (_drawing, _drawnAt) = (drawing, host.Time.GetTimestamp());
            (_last, _played, _drawable) = (summary with { Round = request.Round }, _played + 1, _player);
            return rollout;
        }
        catch (FormatException error)
        {
            throw Refuse(error.Message);
        }
        finally
        {
            End();
        }
    }

    private async Task<CurvePoint> EvaluateNowAsync(PopulationSpec spec, PlayRequest request)
    {
        var cancellation = Begin();
        try
        {
            return await pool.RunAsync(() =>
            {
                _player ??= environments.Architecture(spec).CreatePlayer(spec, _key.Team, _plan!.Instances[_key.Seat], _plan, _policies);
                return _player.Evaluate(request.Round, Parameters(request), cancellation);
            }, cancellation, affinity: _key.Team);
        }
        finally
        {
            End();
        }
    }

    /// <summary>What is under way and is not what is asked for was begun by a learner that has been replaced: it ends at its next step.</summary>
    private async Task MakeWayAsync()
    {
        _playing?.Cancel();
        foreach (var played in new Task?[] { _rollout.Work, _evaluation.Work })
            if (played is not null) await played.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private async Task<PopulationSpec> SpecAsync()
    {
        var name = this.GetPrimaryKeyString();
        try
        {
            return await GrainFactory.GetGrain<ICoordinatorGrain>(GrainKeys.ParseMember(name).Population).GetSpecAsync();
        }
        catch (UnknownGrainException error)
        {
            throw EnvironmentInstance.Unknown(name, SrpoException.MessageOf(error));
        }
    }

    /// <summary>The drawing as it stands after the last rollout, where the player of that is still there.</summary>
    private void Draw()
    {
        if (_player is not null && _player == _drawable) (_drawing, _drawnAt) = (_player.Render(), host.Time.GetTimestamp());
    }

    private Task RestAsync(CancellationToken cancellation)
    {
        if (_playing is null && host.Time.GetElapsedTime(_usedAt) >= pool.Options.EnvironmentRest) Rest();
        return Task.CompletedTask;
    }

    /// <summary>Lets the buffers go: they are far larger than all else of a resting team.</summary>
    private void Rest()
    {
        Draw();
        Release();
        _rest?.Dispose();
        _rest = null;
    }

    private void Release()
    {
        _rollout.Forget();
        _evaluation.Forget();
        _player?.Dispose();
        (_player, _drawable) = (null, null);
        host.Work.Environments.TryRemove(this.GetGrainId(), out _);
    }

    private CancellationToken Begin()
    {
        _playing = CancellationTokenSource.CreateLinkedTokenSource(pool.Closing);
        _rest ??= this.RegisterGrainTimer(RestAsync, new GrainTimerCreationOptions(pool.Options.EnvironmentRest, pool.Options.EnvironmentRest));
        host.Work.Environments[this.GetGrainId()] = true;
        return _playing.Token;
    }

    private void End()
    {
        // A player that was stopped in the middle of a step is not asked to draw or play again.
        if (_playing!.IsCancellationRequested)
        {
            Release();
            _drawnAt = null;
        }

        _playing.Dispose();
        _playing = null;
        _usedAt = host.Time.GetTimestamp();
    }

    private static float[][] Parameters(PlayRequest request)
    {
        var actors = new float[request.Actors.Length][];
        for (var i = 0; i < actors.Length; i++) actors[i] = request.Actors[i].Values;
        return actors;
    }

    /// <summary>Checks the spec once; the learner hands the same object over in every round.</summary>
    private async ValueTask UseAsync(PopulationSpec spec)
    {
        if (_spec is not null && SpecIdentity.Same(_spec, spec)) return;
        var (key, plan) = EnvironmentInstance.Check(this.GetPrimaryKeyString(), spec, environments);
        if (_playing is not null) await MakeWayAsync();
        Release();
        (_played, _last, _drawing, _drawnAt, _policies) = (0, null, "", null, null);
        (_spec, _key, _plan, _parameters) = (spec, key, plan, environments.Architecture(spec).ParameterCount);
    }

    private void Check(PlayRequest request, InstancePlan instance, int firstRound)
    {
        if (request?.Actors is null || request.Frozen is null) throw Refuse("a request needs actors and frozen policies");
        if (request.Round < firstRound || request.Round > _spec!.Training.Iterations)
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"round {request.Round} is not among {firstRound} to {_spec!.Training.Iterations}"));
        if (request.Actors.Length != instance.Actors.Count) throw Refuse($"{request.Actors.Length} actors are given; {instance.Actors.Count} learn here");
        var count = _parameters;
        foreach (var actor in request.Actors)
        {
            if (actor.Length != count) throw Refuse($"an actor has {actor.Length} parameters instead of {count}");
            GrainChecks.Finite(actor, "actors' parameters", this.GetPrimaryKeyString());
        }

        Freeze(request.Frozen);
    }

    /// <summary>Takes the frozen policies; the spec names them, so those of later requests are the same.</summary>
    private void Freeze(PolicySnapshot[] frozen)
    {
        var expected = _spec!.Opponents.Concat(_spec.Partners).ToArray();
        if (frozen.Length != expected.Length) throw Refuse($"{frozen.Length} frozen policies are given; the spec names {expected.Length}");
        for (var i = 0; i < frozen.Length; i++)
        {
            if (frozen[i]?.Key != expected[i].Agent || frozen[i].Version != expected[i].Round)
                throw Refuse($"frozen policy {i} is '{frozen[i]?.Key}' after round {frozen[i]?.Version}; the spec names {expected[i]}");
        }

        _policies ??= Wire.ToPolicies(frozen);
    }

    private SrpoGrainException Refuse(string reason) => EnvironmentInstance.Refuse(this.GetPrimaryKeyString(), reason);
}

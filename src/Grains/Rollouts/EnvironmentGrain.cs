using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>Plays rollouts of given policies on the worker pool. Placed where its team's learner is.</summary>
[GrainType("environment"), TeamPlacement]
internal sealed class EnvironmentGrain(
    EnvironmentCatalog environments, ComputePool pool, IOptions<ComputeOptions> options, ActiveWork work, ILocalSiloDetails local) : Grain, IEnvironmentGrain
{
    /// <summary>A query that meets a rollout is answered with a drawing no older than this much training.</summary>
    private static readonly long DrawingAge = Stopwatch.Frequency / 4;

    private PopulationSpec? _spec;
    private TeamPlan? _plan;
    private RolloutPlayer? _player;

    /// <summary>The player that has played a rollout and can draw it; one that was made for an evaluation has nothing to draw.</summary>
    private RolloutPlayer? _drawable;
    private MemberKey _key;
    private int _parameters;
    private RolloutSummary? _last;
    private long _played;
    private long _drawnAt;
    private string _drawing = "";
    private CancellationTokenSource? _playing;
    private IGrainTimer? _rest;
    private long _usedAt;

    /// <inheritdoc/>
    public async Task<RolloutBatch> PlayAsync(PopulationSpec spec, PlayRequest request)
    {
        Use(spec);
        var instance = _plan!.Instances[_key.Seat];
        Check(request, firstRound: 1);
        if (request.Lanes != instance.Lanes || request.FirstLane != instance.FirstLane)
            throw Refuse($"lanes {request.FirstLane} to {request.FirstLane + request.Lanes - 1} are asked for; this instance plays lanes {instance.FirstLane} to {instance.FirstLane + instance.Lanes - 1}");
        var draw = Stopwatch.GetTimestamp() - _drawnAt > DrawingAge;
        var cancellation = Begin();
        try
        {
            var (rollout, summary, drawing) = await pool.RunAsync(() =>
            {
                _player ??= new RolloutPlayer(spec, _key.Team, instance);
                var played = _player.Play(request.Round, Parameters(request), cancellation);
                return (played, RolloutSummary.Of(played), draw ? _player.Render() : null);
            }, cancellation, affinity: _key.Team);
            if (drawing is not null) (_drawing, _drawnAt) = (drawing, Stopwatch.GetTimestamp());
            (_last, _played, _drawable) = (summary with { Round = request.Round }, _played + 1, _player);
            return Wire.ToMessage(request.Round, rollout);
        }
        finally
        {
            End();
        }
    }

    /// <inheritdoc/>
    public async Task<CurvePoint> EvaluateAsync(PopulationSpec spec, PlayRequest request)
    {
        Use(spec);
        Check(request, firstRound: 0);
        var training = spec.Training;
        if (request.Lanes != training.CurveEpisodes || request.FirstLane != 0)
            throw Refuse($"{request.Lanes} evaluation episodes are asked for; the spec says {training.CurveEpisodes}");
        var cancellation = Begin();
        try
        {
            var evaluation = await pool.RunAsync(() =>
            {
                _player ??= new RolloutPlayer(spec, _key.Team, _plan!.Instances[_key.Seat]);
                return _player.Evaluate(request.Round, Parameters(request), cancellation);
            }, cancellation, affinity: _key.Team);
            return new CurvePoint(
                request.Round, (long)request.Round * training.SamplesPerUpdate, request.Round * training.EnvironmentStepsPerUpdate,
                evaluation.MeanReturn, evaluation.SeatCosts);
        }
        finally
        {
            End();
        }
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
        if (silo.Equals(local.SiloAddress)) return Task.FromResult(true);
        PlacementRuntime.Move(this, silo);
        return Task.FromResult(false);
    }

    /// <inheritdoc/>
    public async Task<EnvironmentReport> QueryAsync()
    {
        if (_spec is null)
        {
            // Never played in this process: the coordinator says whether there is such an instance.
            var key = GrainKeys.ParseMember(this.GetPrimaryKeyString());
            var spec = await GrainFactory.GetGrain<ICoordinatorGrain>(key.Population).GetSpecAsync();
            if (_spec is null) Use(spec);
        }

        var training = _spec!.Training;
        var instance = _plan!.Instances[_key.Seat];
        if (_playing is null) Draw();
        var scale = _last is null ? 0 : environments.Info(_spec.Environment).EpisodeLength / (double)(instance.Lanes * (long)training.Horizon);
        return new EnvironmentReport(
            this.GetPrimaryKeyString(),
            $"{_spec.Environment.Name} {_spec.Environment.Variant}",
            [.. instance.Players.Select(player => _plan.Actors[player].ToString())],
            instance.Lanes,
            training.Horizon,
            _played,
            _last?.Round ?? 0,
            scale * (_last?.RewardSum ?? 0),
            [.. (_last?.CostSums ?? new double[2]).Select(cost => scale * cost)],
            _last?.DifferentObservations ?? 0,
            _drawing);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_playing is null) Release();
        else work.Environments.TryRemove(this.GetGrainId(), out _);
        return Task.CompletedTask;
    }

    /// <summary>The drawing as it stands after the last rollout, where the player of that is still there.</summary>
    private void Draw()
    {
        if (_player is not null && _player == _drawable) (_drawing, _drawnAt) = (_player.Render(), Stopwatch.GetTimestamp());
    }

    private Task RestAsync(CancellationToken cancellation)
    {
        if (_playing is null && Stopwatch.GetElapsedTime(_usedAt) >= options.Value.EnvironmentRest) Rest();
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
        _player?.Dispose();
        (_player, _drawable) = (null, null);
        work.Environments.TryRemove(this.GetGrainId(), out _);
    }

    private CancellationToken Begin()
    {
        _playing = CancellationTokenSource.CreateLinkedTokenSource(pool.Closing);
        _rest ??= this.RegisterGrainTimer(RestAsync, new GrainTimerCreationOptions(options.Value.EnvironmentRest, options.Value.EnvironmentRest));
        work.Environments[this.GetGrainId()] = true;
        return _playing.Token;
    }

    private void End()
    {
        // A player that was stopped in the middle of a step is not asked to draw or play again.
        if (_playing!.IsCancellationRequested)
        {
            Release();
            _drawnAt = 0;
        }

        _playing.Dispose();
        _playing = null;
        _usedAt = Stopwatch.GetTimestamp();
    }

    private static float[][] Parameters(PlayRequest request)
    {
        var players = new float[request.Players.Length][];
        for (var i = 0; i < players.Length; i++) players[i] = request.Players[i].Values;
        return players;
    }

    /// <summary>Checks the spec once; the learner hands the same object over in every round.</summary>
    private void Use(PopulationSpec spec)
    {
        if (_spec is not null && SpecIdentity.Same(_spec, spec)) return;
        var key = GrainKeys.ParseMember(this.GetPrimaryKeyString());
        var problems = environments.Problems(spec);
        if (problems.Count > 0) throw Refuse(string.Join("; ", problems));
        if (spec.Population != key.Population) throw Refuse($"it does not belong to the population '{spec.Population}'");
        var plan = TeamPlan.For(spec.Training);
        if (key.Team >= spec.Teams) throw Unknown($"the population has the teams 0 to {spec.Teams - 1}");
        if (key.Seat >= plan.Instances.Count) throw Unknown($"{MethodNames.Of(spec.Training.Method)} plays the instances 0 to {plan.Instances.Count - 1}");
        if (_playing is not null) throw Refuse("it is playing for another spec");
        Release();
        (_played, _last, _drawing, _drawnAt) = (0, null, "", 0);
        (_spec, _key, _plan, _parameters) = (spec, key, plan, environments.Shape(spec).ParameterCount);
    }

    private void Check(PlayRequest request, int firstRound)
    {
        if (request?.Players is null) throw Refuse("a request needs players");
        if (request.Round < firstRound || request.Round > _spec!.Training.Iterations)
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"round {request.Round} is not among {firstRound} to {_spec!.Training.Iterations}"));
        if (request.Players.Length != 2) throw Refuse($"{request.Players.Length} players are given for 2 seats");
        var count = _parameters;
        foreach (var player in request.Players)
        {
            if (player.Length != count) throw Refuse($"a player has {player.Length} parameters instead of {count}");
            GrainChecks.Finite(player, "players' parameters", this.GetPrimaryKeyString());
        }
    }

    private SrpoGrainException Refuse(string reason) => new($"environment '{this.GetPrimaryKeyString()}': {reason}");

    private UnknownGrainException Unknown(string reason) => new($"there is no environment '{this.GetPrimaryKeyString()}': {reason}");

    private sealed record RolloutSummary(int Round, double RewardSum, double[] CostSums, int DifferentObservations)
    {
        public static RolloutSummary Of(Rollout rollout)
        {
            var rewards = 0.0;
            var costs = new double[rollout.Seats.Count];
            for (var seat = 0; seat < costs.Length; seat++)
            {
                foreach (var reward in rollout.Seats[seat].Rewards) rewards += reward;
                foreach (var cost in rollout.Seats[seat].Costs) costs[seat] += cost;
            }

            return new RolloutSummary(0, rewards, costs, rollout.Seats[0].Values.Length);
        }
    }
}

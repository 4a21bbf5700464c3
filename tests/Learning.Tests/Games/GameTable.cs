using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Learning.Tests.Games;

/// <summary>A team at a test game: its plan, initial states, and rollouts together with what the game logged.</summary>
internal sealed class GameTable
{
    private readonly TestGameRules _rules;
    private readonly FrozenPolicy[] _frozen;

    public GameTable(TestGameRules rules, TrainingSettings training, FrozenPolicy[]? opponents = null, FrozenPolicy[]? partners = null)
    {
        _rules = rules;
        Spec = TestData.Spec(training) with
        {
            Opponents = [.. (opponents ?? []).Select((_, i) => new PolicyReference($"o/0/{i}", 1))],
            Partners = [.. (partners ?? []).Select((_, i) => new PolicyReference($"p/0/{i}", 1))],
        };
        Info = new TestGame(rules, 1).Info;
        Plan = TeamPlan.For(Spec, Info);
        Shape = ActorShape.For(training, Info);
        States = [.. Plan.Actors.Select(actor => ActorInitialisation.Create(Spec, 0, actor, Shape))];

        // Adversaries start as copies of agents; here they must be told apart.
        States = [.. States.Select((state, i) => Plan.Actors[i].Kind == ActorKind.Agent ? state : state with { Parameters = [.. state.Parameters.Select((x, k) => k < Shape.NetworkParameters ? x + (0.2f * MathF.Sin(k)) : x)] })];
        _frozen = [.. opponents ?? [], .. partners ?? []];
    }

    public PopulationSpec Spec { get; }

    public EnvironmentInfo Info { get; }

    public TeamPlan Plan { get; }

    public ActorShape Shape { get; }

    public LearnerState[] States { get; set; }

    /// <summary>Some policy that fits the game and plays all actions.</summary>
    public static FrozenPolicy Policy(int number)
    {
        var shape = new NetworkShape(5, [6], TestGame.Actions, Activation.Tanh);
        var random = TestData.Stream(100 + number);
        return new NetworkPolicy(shape, ObservationEncoding.OwnFirst, TestData.Normals(shape.ParameterCount, ref random));
    }

    /// <summary>A policy that plays one action nearly always.</summary>
    public static FrozenPolicy Always(int action)
    {
        var shape = new NetworkShape(5, [6], TestGame.Actions, Activation.Tanh);
        return new NetworkPolicy(shape, ObservationEncoding.Absolute, Insist(new float[shape.ParameterCount], shape, action));
    }

    /// <summary>Parameters after which one action has nearly all probability.</summary>
    public static float[] Insist(float[] parameters, NetworkShape policy, int action)
    {
        var changed = (float[])parameters.Clone();
        changed[policy.Body.Layers[^1].BiasOffset + action] += 60;
        return changed;
    }

    public (Rollout Rollout, TestGame Game) Play(int instance, int round = 1, ILearnerDevice? device = null, InstancePlan? plan = null)
    {
        plan ??= Plan.Instances[instance];
        var game = new TestGame(_rules, plan.Lanes);
        using var stage = new RolloutStage(game, plan, Spec.Training.Horizon, RolloutActors.Of(Shape, Plan, _frozen, device ?? CpuDevice.Default));
        stage.Play(
            new StreamId(Spec.Seed, 0, (uint)round, StreamPurpose.Reset), (StreamPurpose.Dynamics, StreamPurpose.Action, StreamPurpose.Casting), plan.FirstLane,
            [.. plan.Actors.Select(actor => States[actor].Parameters)], oneEpisode: false, default);
        return (stage.Collect(), game);
    }

    /// <summary>A stage of an instance.</summary>
    public RolloutStage Stage(TestGame game, InstancePlan plan) => new(game, plan, Spec.Training.Horizon, RolloutActors.Of(Shape, Plan, _frozen, CpuDevice.Default));

    public Rollout[] PlayAll(int round = 1, ILearnerDevice? device = null) => [.. Plan.Instances.Select((_, i) => Play(i, round, device).Rollout)];

    /// <summary>Plays the evaluation.</summary>
    public ((double MeanReturn, double[] SeatCosts) Evaluation, TestGame Game) Evaluate()
    {
        var game = new TestGame(_rules, Plan.Evaluation.Lanes);
        using var stage = new RolloutStage(game, Plan.Evaluation, Spec.Training.EvaluationSteps, RolloutActors.Of(Shape, Plan, _frozen, CpuDevice.Default), Spec.Training.EvaluationActions);
        stage.Play(
            new StreamId(Spec.Seed, 0, 1, StreamPurpose.CurveReset), (StreamPurpose.CurveDynamics, StreamPurpose.CurveAction, StreamPurpose.CurveCasting), 0,
            [.. Plan.Evaluation.Actors.Select(actor => States[actor].Parameters)], oneEpisode: Info.EndsEarly, default);
        return (stage.Score(), game);
    }
}

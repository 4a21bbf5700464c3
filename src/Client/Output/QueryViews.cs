using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Experiments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Reporting;
using Srpo.Reporting.Text;

namespace Srpo.Client.Output;

/// <summary>What grains say of themselves, as text or JSON.</summary>
internal static class QueryViews
{
    public static async Task<int> CoordinatorAsync(CommandContext context, IStateReader state, string key)
    {
        PopulationViews.Print(context, await state.GetStatusAsync(key));
        return (int)ExitCode.Ok;
    }

    public static async Task<int> ActorAsync(CommandContext context, IStateReader state, ActorKind kind, string key)
    {
        var report = await state.QueryActorAsync(kind, key);
        NewestWeights.Check(report.Older, context.Older);
        if (context.Json)
        {
            context.PrintJson(report);
            return (int)ExitCode.Ok;
        }

        var metrics = report.Metrics;
        Tables.PrintPairs(context.Shell,
        [
            (report.Kind, report.Key),
            ("method", report.Method),
            ("environment", report.Environment),
            ("round", Whole(report.Version)),
            ("imported from", report.Imported is { } from ? Texts.Imported(from) : null),
            ("weights", report.Weights is null ? null : NetworkTensors.Shown(report.Weights)),
            ("checkpoints", report.CheckpointVersions.Length == 0 ? "none" : string.Join(", ", report.CheckpointVersions)),
            ("network", report.Network is { Graph: null, Scripted: null } ? $"{Texts.Network(report.Network)}, {Whole(report.Parameters)} parameters with its critic" : Texts.Network(report.Network)),
            ("return", Number(metrics?.Return)),
            ("private cost", Number(metrics?.PrivateCost)),
            ("entropy", Number(metrics?.Entropy, 4)),
            ("KL", report.Kind == "adversary" ? Number(metrics?.Kl, 4) : null),
            ("clip fraction", Number(metrics?.ClipFraction, 4)),
            ("explained variance", Number(metrics?.ExplainedVariance, 4)),
            ("policy loss", Number(metrics?.PolicyLoss, 4)),
            ("value loss", Number(metrics?.ValueLoss, 3)),
            ("warning", report.Warning),
        ]);
        return (int)ExitCode.Ok;
    }

    public static async Task<int> EnvironmentAsync(CommandContext context, IStateReader state, string key)
    {
        var report = await state.QueryEnvironmentAsync(key);
        var member = GrainKeys.ParseMember(key);
        var status = await state.GetStatusAsync(member.Population);
        var team = status.Teams.FirstOrDefault(each => each.Team == member.Team);
        var playing = status.Phase == PopulationPhase.Training && team is { Quarantine: null } && team.Round < status.Rounds;
        var played = report.RolloutsPlayed > 0;
        if (context.Json)
        {
            // What was never played has no numbers, not zeros.
            context.PrintJson(new
            {
                report.Key,
                report.Environment,
                report.Seats,
                report.Lanes,
                report.Steps,
                Playing = playing,
                report.RolloutsPlayed,
                LastRound = played ? report.LastRound : (int?)null,
                LastMeanReturn = played ? report.LastMeanReturn : (double?)null,
                LastCosts = played ? report.LastCosts : null,
                DifferentObservations = played ? report.DifferentObservations : (int?)null,
                Drawing = report.Drawing.Length > 0 ? report.Drawing : null,
            });
            return (int)ExitCode.Ok;
        }

        Tables.PrintPairs(context.Shell,
        [
            ("environment", $"{report.Key}: {report.Environment}"),
            ("state", playing ? "playing" : $"not playing: {Rest(status, team)}"),
            ("seats", string.Join(", ", report.Seats)),
            ("rollout", $"{Whole(report.Lanes)} lanes x {Whole(report.Steps)} steps"),
            ("rollouts played", played ? Whole(report.RolloutsPlayed) : null),
            ("last round", played ? Whole(report.LastRound) : null),
            (Texts.AreDebates(report.Environment) ? "reward per debate" : "return per episode", played ? Number(report.LastMeanReturn) : null),
            ("costs per episode", played ? string.Join(", ", report.LastCosts.Select(cost => Texts.Number(cost))) : null),
            ("different observations", played ? Whole(report.DifferentObservations) : null),
            ("lane 0", report.Drawing.Length == 0 ? null : report.Drawing),
        ]);
        return (int)ExitCode.Ok;
    }

    /// <summary>Why the instances of a team have nothing to do.</summary>
    private static string Rest(PopulationStatus status, TeamStatus? team) =>
        team?.Quarantine is not null ? "its team is in quarantine"
        : team is not null && team.Round >= status.Rounds ? "its team has finished its training"
        : $"{status.Population} is {PopulationViews.Phase(status)}";

    public static async Task<int> LearnerAsync(CommandContext context, IGrainSession session, string key)
    {
        var report = await AskLearnerAsync(context, session, key);
        if (context.Json)
        {
            context.PrintJson(report);
            return (int)ExitCode.Ok;
        }

        Tables.PrintPairs(context.Shell,
        [
            ("learner", report.Key),
            ("device", report.Device),
            ("team updates", report.Updates > 0 ? Whole(report.Updates) : "none since its process began"),
            ("environment steps", report.Updates > 0 ? Texts.Count(report.EnvironmentSteps) : null),
            ("seconds in updates", report.Updates > 0 ? Number(report.UpdateSeconds) : null),
            ("seconds in rollouts", report.Updates > 0 ? Number(report.RolloutSeconds) : null),
            ("training now", report.Training.Length == 0 ? "nothing" : string.Join(", ", report.Training)),
        ]);
        return (int)ExitCode.Ok;
    }

    public static async Task<int> TournamentAsync(CommandContext context, IStateReader state, string key)
    {
        var status = await state.GetTournamentAsync(key);
        var matrix = await state.GetMatrixAsync(key);
        var played = SummaryBuilder.BuildMethods(ResultsCollector.ToMatrix(new EvaluationLayout(key, matrix.Spec.Environment), matrix, new Dictionary<string, string>()));
        if (context.Json)
        {
            // The status, and beside it what came of it.
            var shown = JsonText.ToElement(status).EnumerateObject().ToDictionary(field => field.Name, field => (object)field.Value);
            shown["populations"] = played.Select(population => new
            {
                Population = population.Method,
                SelfPlay = population.SelfPlay.Mean,
                CrossPlay = population.CrossPlay.Mean,
                population.Gap,
                Worst = population.CrossPlay.Worst is not { } pair ? null : new { Return = population.CrossPlay.Min, Row = pair.Row.ToString(), Column = pair.Column.ToString() },
            });
            context.PrintJson(shown);
            return (int)ExitCode.Ok;
        }

        Tables.PrintPairs(context.Shell,
        [
            ("tournament", status.Tournament),
            ("environment", status.Environment),
            ("matrix", $"{Whole(status.Players)} x {Whole(status.Players)}"),
            ("pairs played", $"{Whole(status.PairsDone)} of {Whole(status.PairsTotal)}{(status.Finished ? ", finished" : "")}"),
            ("environment steps", Texts.Count(status.EnvironmentSteps) + (status.Seconds > 0 ? Texts.RateSuffix(status.EnvironmentSteps / status.Seconds) : "")),
            ("error", status.Error),
            ("warning", status.Warning),
        ]);
        if (played.Any(population => population.SelfPlay.Cells + population.CrossPlay.Cells > 0))
        {
            var debates = Texts.AreDebates(status.Environment);
            if (debates) Prose.Print(context.Shell, "joint accuracy: share of questions that both answer right at the end");
            Tables.Print(context.Shell, ["population", debates ? "with itself#" : "self-play#", debates ? "with other runs#" : "cross-play#", "gap#", "worst pair#", "its runs"], played.Select(population => (IReadOnlyList<string>)
            [
                population.Method, Shown(population.SelfPlay.Mean), Shown(population.CrossPlay.Mean), Shown(population.Gap),
                Shown(population.CrossPlay.Min), population.CrossPlay.Worst?.ToString() ?? "",
            ]));

            string Shown(double? value) => debates ? Numbers.Fixed(value, 3) : Numbers.Short(value);
        }

        return (int)ExitCode.Ok;
    }

    public static async Task<int> SiloAsync(CommandContext context, IGrainSession session, string key)
    {
        var silos = await session.Grains.GetGrain<IClusterGrain>(0).GetSilosAsync();
        if (Array.Find(silos, silo => silo.Silo == key) is not { } report)
            throw new SrpoException(ErrorKind.NotFound, NearestName.Unknown("silo", key, [.. silos.Select(silo => silo.Silo)]));
        if (context.Json)
        {
            context.PrintJson(report);
            return (int)ExitCode.Ok;
        }

        Tables.PrintPairs(context.Shell,
        [
            ("silo", report.Silo),
            ("status", report.Status),
            ("name", report.Name),
            ("cores", Whole(report.Cores)),
            ("cpu", Texts.Percent(report.CpuLoad)),
            ("memory", $"{Texts.Count(report.MemoryBytes)}B of {Texts.Count(report.MemoryTotalBytes)}B"),
            ("jobs", $"{Whole(report.JobsRunning)} running, {Whole(report.JobsWaiting)} waiting"),
            ("rounds per second", Number(report.RoundsPerSecond)),
            ("environment steps per second", Texts.Count(report.EnvironmentStepsPerSecond)),
            ("training now", report.Teams.Length == 0 ? "nothing" : string.Join(", ", report.Teams)),
            ("grains", string.Join(", ", report.Grains.Select(count => $"{count.Kind} {Whole(count.Count)}"))),
        ]);
        return (int)ExitCode.Ok;
    }

    /// <summary>A silo that died a moment ago and one that never was look alike from here; membership tells them apart from one that is there.</summary>
    private static async Task<LearnerReport> AskLearnerAsync(CommandContext context, IGrainSession session, string key)
    {
        // Looked up before the learner is asked: a silo that is not there would be waited for, as one that died a moment ago.
        if (GrainKeys.SiloOf(key) is { } named)
        {
            var silos = await session.Grains.GetGrain<IClusterGrain>(0).GetSilosAsync();
            if (!Array.Exists(silos, silo => silo.Silo == named))
            {
                var (device, slot) = GrainKeys.ParseLearner(key);
                string[] known = context.UsesCluster
                    ? [.. silos.Where(silo => slot < silo.Cores).Select(silo => $"{GrainKeys.Learner(device, slot)}/{silo.Silo}")]
                    : [.. Enumerable.Range(0, silos.Max(silo => silo.Cores)).Select(each => GrainKeys.Learner(device, each))];
                throw new SrpoException(ErrorKind.NotFound, NearestName.Unknown("learner", key, known));
            }
        }

        return await session.Grains.GetGrain<ILearnerGrain>(key).QueryAsync();
    }

    private static string Whole(long value) => value.ToString();

    private static string? Number(double? value, int digits = 2) => value is { } number ? Texts.Number(number, digits) : null;
}

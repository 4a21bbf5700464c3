using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Srpo.Core.Checkpoints;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;

namespace Srpo.Grains.Tests;

/// <summary>Small runs of every method in every environment, and the bits that they give.</summary>
internal static class GoldenRuns
{
    /// <summary>Set to record the file anew, after a change that is meant to change bits and says so in a decision record.</summary>
    private const string RecordVariable = "SRPO_RECORD_GOLDEN";

    private const int Iterations = 4;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly EnvironmentSettings[] Environments =
    [
        new("gridworld", "official"), new("matrix", "volunteer"), new("tag", "simple-tag"), new("hanabi", "3x3-2p"), new("hanabi", "3x3-4p"),
    ];

    /// <summary>The environments' names, as in the recorded file.</summary>
    public static IEnumerable<string> Names => Environments.Select(Name);

    /// <summary>What is recorded of an environment: per case the digests, or the field for which the case is refused.</summary>
    public static SortedDictionary<string, SortedDictionary<string, string>> Recorded(string environment) =>
        Read().GetValueOrDefault(environment) ?? [];

    /// <summary>Trains and plays every case of an environment.</summary>
    public static async Task<SortedDictionary<string, SortedDictionary<string, string>>> RunAsync(string environment, int workers)
    {
        var settings = Environments.Single(known => Name(known) == environment);
        var info = EnvironmentFactory.Create(settings, lanes: 1).Info;
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data, workers);
        var results = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        var opponents = Array.Empty<PolicyReference>();
        if (info.Seats > info.TeamSeats)
        {
            var everyone = Spec("everyone", settings, new TrainingSettings { Method = "ippo" });
            results["opponents"] = await TrainAsync(host, everyone);
            opponents = [.. Enumerable.Range(info.TeamSeats, info.Seats - info.TeamSeats).Select(seat => new PolicyReference(GrainKeys.Seat("everyone", 0, seat), Iterations))];
        }

        foreach (var (name, training) in Cases())
        {
            var spec = Spec(name, settings, training) with { Opponents = opponents };
            if (training.Method == "self-play") spec = spec with { Snapshots = [1, 2] };
            if (training.Method == "fcp" && results.TryGetValue("self-play", out var pool) && pool.ContainsKey("actors"))
                spec = spec with { Partners = [.. from team in (int[])[0, 1] from round in (int[])[1, 2, Iterations] select new PolicyReference(GrainKeys.Seat("self-play", team, 0), round)] };
            results[name] = spec.Validate().Concat(TeamPlan.Problems(spec, info)).FirstOrDefault() is { } problem
                ? new SortedDictionary<string, string>(StringComparer.Ordinal) { ["refused"] = problem.Field }
                : await TrainAsync(host, spec);
        }

        // Shared policies are mixed in every way; with policies of their own, rows and columns sit in fixed seats.
        foreach (var shared in (bool[])[false, true])
        {
            // What came later stays out: the matrices are those that were recorded first.
            var players = Cases().Where(given => given.Name is not ("e3t" or "srpo-memory" or "ippo-norm-central") && results[given.Name].ContainsKey("actors") && given.Training.UsesOnePolicy() == shared).Select(given => given.Name).ToArray();
            if (players.Length == 0 || (!shared && info.TeamSeats > 2)) continue;
            var id = shared ? "shared" : "apart";
            results["cross-play " + id] = await PlayAsync(host, id, new TournamentSpec(players, settings, 6, 40, 5, opponents));
        }

        return results;
    }

    /// <summary>Trains one case with a stop in the middle: another host, with another number of workers, goes on.</summary>
    public static async Task<SortedDictionary<string, string>> ResumeAsync(string environment, string name)
    {
        var spec = Spec(name, Environments.Single(known => Name(known) == environment), Cases().Single(given => given.Name == name).Training);
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data, workers: 2))
        {
            await first.Coordinator(name).StartAsync(spec);
            await first.AtRoundAsync(name, 1);
            await first.Coordinator(name).PausedAsync();
        }

        await using var second = await Populations.HostAsync(data, workers: 1);
        await second.RunAsync(name, coordinator => coordinator.ResumeAsync());
        return await DigestAsync(second, spec);
    }

    /// <summary>Writes what was found into the source tree, where that is asked for.</summary>
    /// <returns>Whether it was.</returns>
    public static bool TryRecord(string environment, SortedDictionary<string, SortedDictionary<string, string>> found)
    {
        if (Environment.GetEnvironmentVariable(RecordVariable) is not { Length: > 0 } file) return false;
        var all = File.Exists(file)
            ? JsonSerializer.Deserialize<SortedDictionary<string, SortedDictionary<string, SortedDictionary<string, string>>>>(File.ReadAllText(file))!
            : [];
        all[environment] = found;
        File.WriteAllText(file, JsonSerializer.Serialize(all, Indented) + "\n");
        return true;
    }

    private static SortedDictionary<string, SortedDictionary<string, SortedDictionary<string, string>>> Read() =>
        JsonSerializer.Deserialize<SortedDictionary<string, SortedDictionary<string, SortedDictionary<string, string>>>>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "golden-runs.json")))!;

    private static string Name(EnvironmentSettings settings) => $"{settings.Name} {settings.Variant}";

    /// <summary>Every method, every setting that takes another way through the kernels, and shared policies. Self-play comes before those that play with it.</summary>
    private static IEnumerable<(string Name, TrainingSettings Training)> Cases()
    {
        yield return ("ippo", new TrainingSettings { Method = "ippo" });
        yield return ("ippo-minibatches", new TrainingSettings { Method = "ippo", Minibatches = 3, NormaliseAdvantages = true, MaxGradientNorm = 0.5, RewardScale = 0.1 });
        yield return ("ippo-one-hot", new TrainingSettings { Method = "ippo", Network = new NetworkSettings { Hidden = [8], OneHot = true } });
        yield return ("ippo-relu-trunk", new TrainingSettings
        {
            Method = "ippo",
            MaxGradientNorm = 10,
            Network = new NetworkSettings { Hidden = [24, 9], Activation = Activation.Relu, Initialisation = Initialisation.Orthogonal, SharedTrunk = true },
        });
        yield return ("ippo-shared", new TrainingSettings { Method = "ippo", SharePolicy = true });
        yield return ("srpo", new TrainingSettings { Method = "srpo" });
        yield return ("srpo-reverse-kl", new TrainingSettings { Method = "srpo", Tau = 1, Adversary = new AdversarySettings { Kl = KlDirection.AdversaryToPolicy, Entropy = 0.01 } });
        yield return ("srpo-shared-critic", new TrainingSettings { Method = "srpo", Adversary = new AdversarySettings { Critic = AdversaryCritic.Shared } });
        yield return ("srpo-split-lanes", new TrainingSettings { Method = "srpo", SplitLanes = true });
        yield return ("srpo-shared", new TrainingSettings { Method = "srpo", SharePolicy = true });
        yield return ("pure-adversarial", new TrainingSettings { Method = "pure-adversarial" });
        yield return ("self-play", new TrainingSettings { Method = "self-play" });
        yield return ("fcp", new TrainingSettings { Method = "fcp" });
        yield return ("e3t", new TrainingSettings { Method = "e3t" });
        yield return ("srpo-memory", new TrainingSettings { Method = "srpo", Minibatches = 2, Network = new NetworkSettings { Gru = 12 } });
        yield return ("ippo-norm-central", new TrainingSettings { Method = "ippo", Network = new NetworkSettings { LayerNorm = true, CentralCritic = true, Activation = Activation.Gelu } });
    }

    private static PopulationSpec Spec(string name, EnvironmentSettings environment, TrainingSettings training) => new()
    {
        Population = name,
        Environment = environment,
        Teams = 2,
        Seed = 11,
        CheckpointInterval = 3,
        Training = training with
        {
            Iterations = Iterations,
            Lanes = 12,
            Horizon = 24,
            Epochs = 3,
            EvaluationSteps = 30,
            CurveInterval = 500,
            CurveEpisodes = 3,
            Network = training.Network.Hidden.SequenceEqual([64, 64]) ? training.Network with { Hidden = [16, 16] } : training.Network,
        },
    };

    private static async Task<SortedDictionary<string, string>> TrainAsync(LocalHost host, PopulationSpec spec)
    {
        await host.TrainAsync(spec);
        return await DigestAsync(host, spec);
    }

    private static async Task<SortedDictionary<string, string>> DigestAsync(LocalHost host, PopulationSpec spec)
    {
        using var states = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var metrics = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var exports = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, _, actor) in host.Actors(spec))
        {
            var state = await actor.GetStateAsync();
            states.AppendData(BitConverter.GetBytes(state.Version));
            states.AppendData(BitConverter.GetBytes(state.AdamSteps));
            states.AppendData(MemoryMarshal.AsBytes(state.Parameters.Span));
            states.AppendData(MemoryMarshal.AsBytes(state.FirstMoment.Span));
            states.AppendData(MemoryMarshal.AsBytes(state.SecondMoment.Span));
            metrics.AppendData(JsonSerializer.SerializeToUtf8Bytes(Known((await actor.AsReference<IActorGrain>().QueryAsync()).Metrics!)));
            exports.AppendData(AsRecorded(await actor.AsReference<IActorGrain>().ExportAsync()));
        }

        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["actors"] = Text(states.GetHashAndReset()),
            ["metrics"] = Text(metrics.GetHashAndReset()),
            ["exports"] = Text(exports.GetHashAndReset()),
            ["curves"] = Text(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes((await host.Coordinator(spec.Population).GetCurvesAsync()).Select(Known)))),
        };
    }

    /// <summary>The measures that there were when digests were first recorded.</summary>
    private static object Known(UpdateMetrics measured) =>
        new { measured.Round, measured.Return, measured.PrivateCost, measured.Entropy, measured.ClipFraction, measured.ExplainedVariance, measured.Kl, measured.ValueLoss };

    private static object Known(TeamCurve curve) =>
        new { curve.Team, Points = curve.Points.Select(point => new { point.Round, point.AgentSteps, point.EnvironmentSteps, point.MeanReturn, point.SeatCosts }) };

    private static async Task<SortedDictionary<string, string>> PlayAsync(LocalHost host, string id, TournamentSpec spec)
    {
        var tournament = host.Grains.GetGrain<ITournamentGrain>(id);
        await tournament.StartAsync(spec);
        await Until.HoldsAsync("the tournament ends", async () =>
        {
            var status = await tournament.GetStatusAsync();
            Assert.Null(status.Error);
            return status.Finished;
        });

        var matrix = await tournament.GetMatrixAsync();
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["matrix"] = Text(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(matrix.Cells))),
            ["players"] = string.Join(' ', matrix.Players.Select(player => $"{player.Population}/{player.Team}")),
        };
    }

    /// <summary>Long enough to tell bits apart, short enough to be read.</summary>
    /// <summary>An exported file without the hash of the policy's weights, which files had not when the bits were recorded; all else is in it.</summary>
    private static byte[] AsRecorded(ActorExport export)
    {
        var file = Safetensors.Read(export.Content, export.Key);
        var metadata = new Dictionary<string, string>(file.Metadata);
        Assert.True(metadata.Remove("policy.sha256", out var weights));
        Assert.Equal(export.Weights, weights);
        return Safetensors.Write(file with { Metadata = metadata });
    }

    private static string Text(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 12));
}

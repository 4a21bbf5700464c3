using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Environments.Gridworld;
using Srpo.Environments.Recordings;
using Srpo.Experiments;
using Srpo.Experiments.Reading;
using Srpo.Games.Files;
using Srpo.Grains.Interfaces;
using Srpo.Language.Models;
using Xunit.Abstractions;

namespace Srpo.Client.Tests.Fuzz;

/// <summary>
/// Whatever a user gives: valid files, keys and command lines with up to eight changes. Each is taken or refused with the documented error and a
/// sentence for people, within <see cref="Patience"/>; a command ends with a documented exit code and leaves the user's files as they were.
/// SRPO_FUZZ_COUNT sets the number of inputs, SRPO_FUZZ_SEED the seed; SRPO_FUZZ_SAVE names a folder for an input that fails, and SRPO_FUZZ_REPEAT
/// such a file, which is then the only input. `bench/fuzz.sh` sets them.
/// </summary>
public sealed partial class InputFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int DefaultCount = 10_000;

    /// <summary>How long one input may take. One that takes longer is tried once more: the machine may have been busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Commands that work rather than answer are called off after this.</summary>
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(2);

    private readonly TemporaryDirectory _directory = new();
    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);

    /// <summary>What is fuzzed, with its share of a thousand inputs.</summary>
    public static TheoryData<string, int> Targets => new()
    {
        { "experiment", 180 },
        { "game", 180 },
        { "markov", 120 },
        { "map", 130 },
        { "recording", 60 },
        { "safetensors", 60 },
        { "model", 40 },
        { "key", 70 },
        { "setting", 40 },
        { "address", 20 },
        { "commandline", 40 },
        { "run", 10 },
        { "solve", 10 },
        { "show", 5 },
        { "verify", 5 },
        { "tokenizer", 15 },
        { "chat", 15 },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Targets))]
    public void Whatever_is_given_is_taken_or_refused_with_a_reason(string target, int share)
    {
        PrepareFiles();
        var read = Reader(target);
        if (Environment.GetEnvironmentVariable("SRPO_FUZZ_REPEAT") is { Length: > 0 } repeat)
        {
            var name = Path.GetFileName(repeat);
            Assert.True(Targets.Any(row => name.StartsWith(row[0] + "-", StringComparison.Ordinal)), $"the name of {repeat} does not begin with what it is an input of");
            if (name.StartsWith(target + "-", StringComparison.Ordinal)) Assert.Null(Fault(read, File.ReadAllBytes(repeat)));
            return;
        }

        var (origins, seed) = (Origins(target), (ulong)Number("SRPO_FUZZ_SEED", 1));
        var count = (int)Math.Max(1, (long)Number("SRPO_FUZZ_COUNT", DefaultCount) * share / 1000);
        using var present = Present(target, seed);
        var config = Config.QuickThrowOnFailure.WithMaxTest(count)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, 2603UL), FSharpOption<int>.None)));
        var smallest = "";
        try
        {
            Check.One(config, Prop.ForAll(Mutation.Any, mutation =>
            {
                var bytes = mutation.Apply(origins);
                Keep(present, bytes);
                if (Fault(read, bytes) is not { } fault) return true;
                smallest = $"{fault}\ninput ({bytes.Length} bytes): {Shown(bytes)}";
                if (present is not null) File.WriteAllBytes(present.Name + ".failed", bytes);
                return false;
            }));
        }
        catch (Exception error) when (smallest.Length > 0)
        {
            Assert.Fail($"{target}, seed {seed}: {smallest}\n{error.Message}");
        }

        if (present is not null) File.Delete(present.Name);
        Assert.True(count < 20 || _outcomes.Count > 1, $"{target}: the inputs are too much alike: all are {string.Join(", ", _outcomes.Keys)}");
        foreach (var (outcome, number) in _outcomes) output.WriteLine($"{number,7} {outcome}");
    }

    /// <summary>The user's files of the commands, which no command may touch.</summary>
    private void PrepareFiles()
    {
        _directory.Write("user/notes.txt", "mine\n");
        _directory.Write("user/overcooked.json", "{}\n");
        _directory.Write("user/report.html", "mine too\n");
        _directory.Write("user/out/summary.json", "{\"mine\":1}\n");
        Directory.CreateDirectory(_directory["user/data"]);

        ModelTexts.Prepare(_directory);

        // In the way of whatever would begin to train.
        _directory.Write("user/runs", "a file\n");
    }

    private Func<byte[], string> Reader(string target) => target switch
    {
        "experiment" => Refusing<SrpoException>(bytes => ExperimentLoader.Load("fuzz", "fuzz.json", bytes, _directory.Root, [])),
        "game" => Refusing<FormatException>(bytes => GameFile.Parse(Encoding.UTF8.GetString(bytes), "fuzz").Risk()),
        "markov" => Refusing<FormatException>(
            bytes => MarkovGameFile.Parse(Encoding.UTF8.GetString(bytes), "fuzz").Risk(),
            bytes => MarkovGameFile.Parse(Encoding.UTF8.GetString(bytes), "fuzz").Game()),
        "map" => Refusing<LayoutException>(
            bytes => GridworldLayout.Parse(Encoding.UTF8.GetString(bytes), "fuzz", "fuzz.txt"),
            bytes => EnvironmentFactory.Warnings(new EnvironmentSettings("gridworld", "fuzz", Encoding.UTF8.GetString(bytes)))),
        "recording" => bytes =>
        {
            File.WriteAllBytes(_directory["recording.jsonl"], bytes);
            return Refusing<RecordingException>([.. EnvironmentFactory.Registrations.Where(registration => registration.Verify is not null)
                .Select(registration => (Action<byte[]>)(_ => registration.Verify!(_directory["recording.jsonl"])))])(bytes);
        }
        ,
        "safetensors" => Refusing<SafetensorsException>(bytes => Safetensors.Read(bytes, "fuzz.safetensors")),
        "model" => Refusing<SrpoException>(
            bytes => ModelConfigFile.Parse(Encoding.UTF8.GetString(bytes), "fuzz/config.json"),
            bytes =>
            {
                Directory.CreateDirectory(_directory["model"]);
                foreach (var file in new[] { LoraConfig.Name, GenerationConfig.Name, "model.safetensors.index.json" }) File.WriteAllBytes(_directory[$"model/{file}"], bytes);
                LoraConfig.Read(_directory[$"model/{LoraConfig.Name}"]).Targets(ModelShapes.Get("qwen3-0.6b"));
            },
            _ => GenerationConfig.Read(_directory[$"model/{GenerationConfig.Name}"], ModelShapes.Get("qwen3-0.6b")),
            _ => SafetensorsShards.Open(_directory["model"]).Dispose()),
        "key" => Refusing<SrpoException>(
            bytes => GrainKeys.ParseMember(Encoding.UTF8.GetString(bytes)),
            bytes => GrainKeys.CheckName(Encoding.UTF8.GetString(bytes)),
            bytes => GrainKeys.ParseLearner(Encoding.UTF8.GetString(bytes)),
            bytes => GrainKeys.CheckSilo(Encoding.UTF8.GetString(bytes))),
        "setting" => Refusing<SrpoException>(
            bytes => ExperimentLoader.Load("fuzz", "fuzz.json", BaseExperiment, _directory.Root, [Override.Parse(Encoding.UTF8.GetString(bytes))])),
        "address" => Refusing<SrpoException>(bytes => ClusterAddress.Parse(Encoding.UTF8.GetString(bytes), _ => null)),
        "commandline" => bytes => Command(Arguments(bytes), bytes: null, [0, 1, 2, 3, 4, 5, 6, 130]),
        "run" => bytes => Command(["run", "fuzz.json", "--dry-run"], bytes, [0, 2, 3, 5]),
        "solve" => bytes => Command(["rqe", "solve", "fuzz.json", "--starts", "2"], bytes, [0, 2, 130]),
        "show" => bytes => Command(["show", "observation", "gridworld", "--layout", "fuzz.json"], bytes, [0, 2]),
        "verify" => bytes => Command(["verify", "gridworld", "fuzz.json"], bytes, [0, 1, 4]),
        "tokenizer" or "chat" => bytes => string.Join(", ", ModelTexts.Readings(target).Select(reading =>
        {
            if (reading.File is { } file) ModelTexts.WriteSpoilt(_directory, file, bytes);
            return Command(reading.Arguments, reading.File is null ? bytes : null, [0, 1, 2, 3, 4, 130]);
        })),
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    /// <summary>Readers of which each gives a value or throws one kind of error, whose message is for people.</summary>
    private static Func<byte[], string> Refusing<T>(params Action<byte[]>[] readers)
        where T : Exception => bytes =>
    {
        var outcome = "refused";
        foreach (var read in readers)
        {
            try
            {
                read(bytes);
                outcome = "taken";
            }
            catch (T error)
            {
                RequireWords(error.Message);
            }
        }

        return outcome;
    };

    /// <summary>Runs a command in the user's directory, where `fuzz.json` has the bytes.</summary>
    private string Command(string[] arguments, byte[]? bytes, int[] codes)
    {
        if (bytes is not null) File.WriteAllBytes(_directory["user/fuzz.json"], bytes);
        var before = Files();
        var (written, error) = (new StringWriter(), new StringWriter());
        var shell = new Shell(written, error, _directory["user"], Width: 100, OutIsTerminal: false, ErrorIsTerminal: false) { Variable = _ => null, Arguments = arguments };
        using var limit = new CancellationTokenSource(Work);
        InProcess.Forget();
        var code = CommandLine.RunAsync(arguments, shell, limit.Token).GetAwaiter().GetResult();
        Assert.True(codes.Contains(code) && (code != 130 || limit.IsCancellationRequested), $"exit code {code} of {string.Join(' ', arguments)}\n{error}");
        RequireWords(error.ToString());
        Assert.Equal(before, Files());
        if (code is not (0 or 1 or 130)) Assert.StartsWith("srpo: ", error.ToString());
        return $"exit code {code}";
    }

    private string Files() => string.Join('\n', Directory.EnumerateFiles(_directory["user"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Where(file => !file.StartsWith(_directory["user/data"], StringComparison.Ordinal))
        .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));

    /// <summary>Arguments are separated by zeros, which none can contain. Those that would wait for a cluster or begin to measure or to serve are left out.</summary>
    private static string[] Arguments(byte[] bytes)
    {
        string[] arguments = Encoding.UTF8.GetString(bytes).Split('\0');
        return arguments.Any(argument => argument.StartsWith("--cluster", StringComparison.Ordinal) || argument is "bench" or "silo" or "doctor" || argument.StartsWith('@')) ? ["--help"] : arguments;
    }

    private static void RequireWords(string message)
    {
        Assert.True(message.Trim().Length == 0 || message.Length > 5, "there is hardly a message");
        if (WordsOfTheRuntime().Match(message) is { Success: true } found) Assert.Fail($"the message has words of the runtime, '{found.Value}':\n{message}");
    }

    [GeneratedRegex(@"\(Parameter '|Exception\b|   at Srpo\.|Path: \$|\bSystem\.[A-Z]|BytePositionInLine|Object reference|fault of the program")]
    private static partial Regex WordsOfTheRuntime();

    /// <summary>What is wrong with how an input is read; null if nothing is.</summary>
    private string? Fault(Func<byte[], string> read, byte[] bytes)
    {
        for (var attempt = 1; ; attempt++)
        {
            var clock = Stopwatch.StartNew();
            var reading = Task.Run(() => read(bytes));
            try
            {
                if (!reading.Wait(2 * Patience)) return $"it is not read in {2 * Patience.TotalSeconds} s";
                if (clock.Elapsed > Patience)
                {
                    if (attempt < 2) continue;
                    return $"it takes {clock.Elapsed.TotalSeconds:0.0} s";
                }

                _outcomes[reading.Result] = _outcomes.GetValueOrDefault(reading.Result) + 1;
                return null;
            }
            catch (AggregateException error)
            {
                return error.InnerException!.ToString();
            }
        }
    }

    private static byte[][] Origins(string target) => target switch
    {
        "experiment" or "run" => [.. FilesOf("experiments", "*.json").Where(file => target == "run" || !Encoding.UTF8.GetString(file).Contains("\"rqe\"", StringComparison.Ordinal))],
        "game" or "solve" => [.. FilesOf("games", "*.json"), Quadratic, Aggregative],
        "markov" => FilesOf("games", "commons.json"),
        "map" or "show" => FilesOf("src/Environments/Gridworld/Layouts", "*.txt"),
        "recording" => [.. FilesOf("tests/Environments.Tests/Data", "*.jsonl.gz").SelectMany(Recordings)],
        "verify" => [.. FilesOf("tests/Environments.Tests/Data", "gridworld*.jsonl.gz").SelectMany(Recordings)],
        "safetensors" => [Safetensors.Write(new SafetensorsFile(
            [new("actor.0.weight", [4, 3], [.. Enumerable.Range(0, 12).Select(i => i / 7f)]), new("actor.0.bias", [4], [0, -1, float.MaxValue, float.Epsilon]), new("scale", [], [1f])],
            new Dictionary<string, string> { ["method"] = "srpo", ["population"] = "overcooked-1.srpo" }))],
        "model" =>
        [
            ModelConfigFile.Write(ModelShapes.Get("llama-3.2-1b")), ModelConfigFile.Write(ModelShapes.Get("qwen3-4b")),
            new LoraConfig { Rank = 32, Alpha = 32, TargetModules = ["q_proj", "self_attn.v_proj"], BaseModel = "x" }.Write(), GenerationConfig.Of(ModelShapes.Get("llama-3.2-1b")).Write(),
            .. Texts("""{"metadata": {"total_size": 16}, "weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}"""),
        ],
        "key" => Texts("overcooked-1.srpo/0/1", "overcooked-1.srpo", "cpu/0", "cpu/0/10.0.0.7:11111@4711", "10.0.0.7:11111@4711", "[::1]:11111@4711"),
        "setting" => Texts("tau=5", "populations.srpo.tau=5", "evaluation.episodes=10", "seed=7", "lanes=4", "network.hidden=[64,64]", "populations.srpo.sweep={\"tau\":[1,2]}", "layout=rooms", "environment=hanabi", "preset=tag"),
        "address" => Texts("127.0.0.1:30000", "silo-1:30000,10.0.0.7:30000", "[::1]:30000", "postgres", "azure", "Host=db;Username=srpo;Password=x;Database=srpo"),
        "commandline" => CommandLines,
        "tokenizer" => ModelTexts.Tokenizers,
        "chat" => ModelTexts.Chats,
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    private static byte[] BaseExperiment { get; } = File.ReadAllBytes(Repository.PathOf("experiments", "overcooked-quick.json"));

    private static byte[] Quadratic { get; } = """{"kind": "quadratic", "A": [[[2]], [[2]]], "B": [[[1]], [[1]]], "D": [[[1]], [[1]]], "e": [[1], [1]], "d": [[0], [0]], "epsilon": 0.5, "tau": 1}"""u8.ToArray();

    private static byte[] Aggregative { get; } = """{"kind": "aggregative", "players": 3, "Q": [[1]], "R": [[0.5]], "goal": [3], "epsilon": 0.5, "tau": 1}"""u8.ToArray();

    private static byte[][] CommandLines { get; } = Texts(
        "run\0overcooked-quick\0--dry-run", "run\0tag-quick\0--dry-run\0--set\0tau=5\0--seeds\03", "run\0nowhere.json\0--dry-run\0--json", "run\0figure-1i\0--dry-run", "runs\0show\0x\0--data\0data", "runs\0rename\0x\0y\0--data\0data", "runs\0note\0x\0text\0--data\0data", "query\0tournament\0x\0--data\0data\0--json", "experiments\0--json", "experiments\0--keys",
        "experiments\0--presets", "experiments\0--methods\0--markdown", "show\0observation\0overcooked\0--layout\0rooms\0--seat\01", "show\0observation\0hanabi\0--encoding\0absolute\0--json", "rqe\0solve\0stag-hunt\0--tau\01.5",
        "rqe\0solve\0two-robots\0--epsilon\00.15\0--starts\02\0--json", "rqe\0solve\0volunteers\0--seed\03", "rqe\0markov\0commons\0--discount\00.5", "query\0agent\0overcooked-1.srpo/0/1\0--data\0data", "query\0coordinator\0x\0--data\0data\0--json",
        "query\0learner\0cpu/0\0--data\0data", "query\0environment\0x/0/0\0--data\0data", "population\0status\0x\0--data\0data", "population\0list\0--data\0data\0--json", "population\0stop\0x\0--data\0nowhere", "runs\0list\0--data\0data",
        "runs\0delete\0x\0--data\0data", "report\0x\0--data\0data", "export\0x\0out\0--data\0data", "export\0x/0/1\0report.html\0--data\0data\0--force", "replay\0x/0\0--data\0data\0--svg\0notes.txt", "resume\0x", "crossplay\0x\0y\0--data\0data", "verify\0tag\0notes.txt",
        "language\0info\0data\0--json", "language\0make\0out\0--seed\07\0--dtype\0f32", "completions\0bash", "--version", "--help", "run\0--help", "population\0start\0p\0--method\0srpo", "admin\0forget-silos", "play\0overcooked\0x/0/1\0--data\0data");

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static byte[][] FilesOf(string folder, string pattern) => [.. Directory.EnumerateFiles(Repository.PathOf(folder), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>The first episode of a recording, plain and packed, with its first steps only where an episode may have any number.</summary>
    private static IEnumerable<byte[]> Recordings(byte[] packed)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        var episode = JsonNode.Parse(reader.ReadLine()!)!.AsObject();
        if (!episode.ContainsKey("layout") && episode["steps"] is JsonArray steps) while (steps.Count > 3) steps.RemoveAt(3);
        var plain = Encoding.UTF8.GetBytes(episode.ToJsonString() + "\n");
        yield return plain;
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest)) gzip.Write(plain);
        yield return file.ToArray();
    }

    /// <summary>The file that has the present input, so that it is there also after a crash of the process; null where none is wanted.</summary>
    private static FileStream? Present(string target, ulong seed)
    {
        if (Environment.GetEnvironmentVariable("SRPO_FUZZ_SAVE") is not { Length: > 0 } folder) return null;
        Directory.CreateDirectory(folder);
        return new FileStream(Path.Combine(folder, $"{target}-{seed.ToString(CultureInfo.InvariantCulture)}.input"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    private static void Keep(FileStream? present, byte[] bytes)
    {
        if (present is null) return;
        present.SetLength(0);
        present.Write(bytes);
    }

    private static string Shown(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.Length < 2000 ? text : text[..2000] + "...";
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

using System.CommandLine;
using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Core.Checkpoints;

namespace Srpo.Client.Tests.Commands;

/// <summary>Files that a user names: nothing is overwritten unasked, nothing lands where nobody asked for it, and nothing is waited for that is no file.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>Every option and argument of every command that takes a text, with the command line up to it.</summary>
    public static TheoryData<string, string> Texts()
    {
        var data = new TheoryData<string, string>();
        Add(RootCommandBuilder.Build(new Shell(TextWriter.Null, TextWriter.Null, "/", 80, false, false)), "");
        return data;

        void Add(Command command, string path)
        {
            foreach (var option in command.Options.Where(option => option.ValueType == typeof(string) || option.ValueType == typeof(string[]))) data.Add(path, option.Name);
            foreach (var argument in command.Arguments) data.Add(path, argument.Name);
            foreach (var sub in command.Subcommands.Where(sub => sub.Name != "silo")) Add(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task What_is_given_as_nothing_is_refused(string path, string name)
    {
        Command command = RootCommandBuilder.Build(new Shell(TextWriter.Null, TextWriter.Null, "/", 80, false, false));
        string[] verbs = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var verb in verbs) command = command.Subcommands.Single(sub => sub.Name == verb);
        string[] arguments = [.. verbs, .. command.Arguments.Select(argument => argument.Name == name ? "" : "x"), .. name.StartsWith('-') ? new[] { name, "" } : []];
        var outcome = (await InProcess.RunAsync(_directory.Root, arguments)).Expect(ExitCode.Usage);
        Assert.Contains($"srpo: {name} is empty; ", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    [LinuxFact]
    public async Task A_pipe_or_a_device_is_no_experiment_no_game_no_map_and_no_recording()
    {
        MakePipe("pipe.json");
        foreach (var file in new[] { "./pipe.json", "/dev/zero", "/dev/null" })
        {
            foreach (var line in new[] { $"run {file}", $"rqe solve {file}", $"rqe markov {file}", $"rqe check {file}", $"population start x --layout {file}", $"verify gridworld {file}" })
            {
                var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.Usage);
                Assert.Contains(file.StartsWith("/dev", StringComparison.Ordinal) ? $"{file} is a device, not a file" : "pipe.json is a pipe, not a file", outcome.Error, StringComparison.Ordinal);
            }
        }

        _directory.Write("exp.json", """{ "populations": { "a": {} }, "layout": "pipe.json" }""");
        Assert.Contains("exp.json:1:41: layout: ", (await InProcess.RunAsync(_directory.Root, "run", "exp.json")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Equal(["exp.json", "pipe.json"], Names());
    }

    [Theory]
    [InlineData("run nosuch.json")]
    [InlineData("rqe solve nosuch.json")]
    [InlineData("rqe sweep ./nosuch")]
    [InlineData("verify hanabi nosuch.jsonl")]
    public async Task A_file_that_does_not_exist_is_not_found(string line)
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.NotFound);
        Assert.Contains(_directory["nosuch"], outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task A_directory_of_experiments_or_games_that_does_not_exist_is_named_and_an_empty_one_is_no_fault()
    {
        foreach (var (variable, line) in new[] { ("SRPO_EXPERIMENTS", "experiments"), ("SRPO_GAMES", "rqe solve volunteers") })
        {
            using var process = SrpoProcess.Start(_directory.Root, new Dictionary<string, string> { [variable] = "/nowhere" }, line.Split(' '));
            Assert.Contains($"${variable} names '/nowhere', which is no directory", (await process.EndAsync()).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        }

        using var lacking = SrpoProcess.Start(_directory.Root, new Dictionary<string, string> { ["SRPO_EXPERIMENTS"] = _directory.Root }, "run", "overcooked");
        Assert.Contains($"unknown experiment 'overcooked': $SRPO_EXPERIMENTS names '{_directory.Root}', where there are no experiments", (await lacking.EndAsync()).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        using var empty = SrpoProcess.Start(_directory.Root, new Dictionary<string, string> { ["SRPO_EXPERIMENTS"] = _directory.Root }, "experiments");
        Assert.Contains("there are no experiments", (await empty.EndAsync()).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_takes_no_directory_where_any_of_its_files_would_be_overwritten()
    {
        foreach (var name in new[] { "summary.json", "report.html", "cells.csv", "cells-by-seat.csv", "crossplay-training.csv", "learning-curves.csv", "equilibria-2.csv", "checkpoints/ippo/0-0.safetensors" })
        {
            _directory.Write($"out/{name}", "mine");
            foreach (var line in new[] { "run overcooked --out out", "run figure-1i --out out", "run overcooked --id out --data ." })
            {
                var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.InUse);
                Assert.Contains(name.Split('/')[0], outcome.Error, StringComparison.Ordinal);
                Assert.Equal("mine", await File.ReadAllTextAsync(_directory[$"out/{name}"]));
            }

            Assert.False(Directory.Exists(_directory["runs/figure-1i-1"]));
            Directory.Delete(_directory["out"], recursive: true);
        }

        _directory.Write("file", "mine");
        Assert.Contains("is a file; choose a directory", (await InProcess.RunAsync(_directory.Root, "run", "overcooked", "--out", "file")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("is a file; name a directory", (await InProcess.RunAsync(_directory.Root, "run", "overcooked", "--data", "file")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Networks_with_memory_go_through_every_command_that_uses_a_policy_and_say_what_they_are()
    {
        await TrainAsync("r", "recall");
        Assert.Contains("3-32-GRU 32-2 tanh", (await InProcess.RunAsync(_directory.Root, "query", "agent", "r/0/0")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "export", "r/0/0", "file.safetensors")).Expect(ExitCode.Ok);
        var file = Safetensors.Read(await File.ReadAllBytesAsync(_directory["file.safetensors"]), "file");
        Assert.Equal("32", file.Metadata["gru"]);
        Assert.Contains(file.Tensors, tensor => tensor.Name == "policy.gru.weight_hh_l0");
        (await InProcess.RunAsync(_directory.Root, "replay", "r/0", "--steps", "5", "--no-wait")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "crossplay", "r", "--episodes", "3", "--id", "c")).Expect(ExitCode.Ok);
        var refused = (await InProcess.RunAsync(_directory.Root, "population", "start", "x", "--preset", "recall", "--method", "ippo", "--set", "network.gru=-1")).Expect(ExitCode.Usage);
        Assert.Contains("network.gru: -1 is not possible; use a whole number from 0 to 1024", refused.Error, StringComparison.Ordinal);
        refused = (await InProcess.RunAsync(
            _directory.Root, "population", "start", "x", "--preset", "recall", "--method", "ippo", "--set", "network.sharedTrunk=true", "--set", "network.centralCritic=true")).Expect(ExitCode.Usage);
        Assert.Contains("network.centralCritic: a critic that shares the policy's trunk sees what the policy sees", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_of_a_population_replace_nothing_unasked_and_stay_within_their_run()
    {
        await TrainAsync("p", "official");
        await TrainAsync("q", "tag");
        string[][] commands = [["export", "p/0/0", "x"], ["replay", "q/0", "--steps", "2", "--svg", "x"]];
        foreach (var command in commands)
        {
            _directory.Write("x", "mine");
            var refused = (await InProcess.RunAsync(_directory.Root, command)).Expect(ExitCode.InUse);
            Assert.Contains("--force replaces it", refused.Error, StringComparison.Ordinal);
            Assert.Equal("mine", await File.ReadAllTextAsync(_directory["x"]));
            (await InProcess.RunAsync(_directory.Root, [.. command, "--force"])).Expect(ExitCode.Ok);
            Assert.NotEqual("mine", await File.ReadAllTextAsync(_directory["x"]));
            File.Delete(_directory["x"]);
            Assert.Contains("it is a directory", (await InProcess.RunAsync(_directory.Root, [.. command.Select(part => part == "x" ? "runs" : part), "--force"])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
            Assert.Contains("its directory does not exist", (await InProcess.RunAsync(_directory.Root, [.. command.Select(part => part == "x" ? "none/x" : part)])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        }

        // A tournament with the id of a run would write into the run's directory.
        _directory.Write("runs/taken/run.json", "{}");
        (await InProcess.RunAsync(_directory.Root, "crossplay", "p", "--episodes", "1", "--steps", "1", "--id", "taken")).Expect(ExitCode.InUse);
        _directory.Write("results/summary.json", """{ "id": "another" }""");
        (await InProcess.RunAsync(_directory.Root, "crossplay", "p", "--episodes", "1", "--steps", "1", "--id", "c", "--out", "results")).Expect(ExitCode.InUse);
        Assert.Contains("another", await File.ReadAllTextAsync(_directory["results/summary.json"]), StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "crossplay", "p", "--episodes", "1", "--steps", "1", "--id", "c", "--out", "own")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "crossplay", "p", "--episodes", "1", "--steps", "1", "--id", "c", "--out", "own")).Expect(ExitCode.Ok);
    }

    /// <summary>Every output, where the system lets nobody write: before any work, in words of the program's own, with what to do.</summary>
    [LinuxFact]
    public async Task What_cannot_be_written_is_said_with_what_to_do_and_leaves_nothing()
    {
        await TrainAsync("p", "official");
        await TrainAsync("q", "tag");
        (await InProcess.RunAsync(_directory.Root, "run", "overcooked", "--id", "r", "--seeds", "1", "--iterations", "4", "--set", "lanes=1", "--set", "horizon=4", "--set", "curveInterval=0", "--set", "evaluation.episodes=1", "--set", "evaluation.steps=1")).Expect(ExitCode.Ok);
        string[] lines =
        [
            "run overcooked --id x --out OUT", "run figure-1i --id x --out OUT", "report r --out OUT", "crossplay p --id x --out OUT", "rqe sweep volunteers --out OUT", "export p OUT", "export p/0/0 OUT.file",
            "replay q/0 --steps 2 --svg OUT.svg",
        ];
        foreach (var (output, why) in new[] { ("/proc/x", "the system lets nobody make files there"), ("/dev/null/x", "is") })
        {
            foreach (var line in lines)
            {
                var outcome = await InProcess.RunAsync(_directory.Root, line.Replace("OUT", output, StringComparison.Ordinal).Split(' '));

                // That there is no such directory is what a user wrote; that the system makes no files in one is not.
                Assert.True(outcome.ExitCode is ExitCode.Environment || (outcome.ExitCode is ExitCode.Usage && output.StartsWith("/dev", StringComparison.Ordinal)), $"{line}: {outcome.ExitCode}\n{outcome.Error}");
                Assert.Contains("cannot be written: ", outcome.Error, StringComparison.Ordinal);
                Assert.Contains(why, outcome.Error, StringComparison.Ordinal);
                Assert.DoesNotContain("Could not find", outcome.Error, StringComparison.Ordinal);
                if (outcome.ExitCode is ExitCode.Environment) Assert.Matches("(Use another one|Choose another place).*, make room, or change its permissions", outcome.Error);
            }
        }

        Assert.False(Directory.Exists(_directory["runs/x"]));
        Assert.Equal(["runs"], Names());

        // One that can be written is made only once there is something to write.
        (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "two-robots", "--tau", "3:4", "--out", "deep/er")).Expect(ExitCode.Usage);
        Assert.Equal(["runs"], Names());
    }

    /// <summary>In a directory of results nobody asked for a pipe: to write into it would wait for ever.</summary>
    [LinuxFact]
    public async Task A_pipe_or_a_directory_in_place_of_a_result_is_named()
    {
        _directory.Write("out/note", "");
        foreach (var make in new Action[] { () => MakePipe("out/sweep.csv"), () => Directory.CreateDirectory(_directory["out/sweep.csv"]) })
        {
            _directory.Write("out/sweep.json", """{ "game": "volunteers" }""");
            make();
            var outcome = (await InProcess.RunAsync(_directory.Root, "rqe", "sweep", "volunteers", "--tau", "0:1:3", "--out", "out", "--force")).Expect(ExitCode.Environment);
            Assert.Matches($"{_directory["out/sweep.csv"]} cannot be written: it is a (pipe|directory), not a file; move it away and repeat the command", outcome.Error);
            File.Delete(_directory["out/sweep.json"]);
            if (Directory.Exists(_directory["out/sweep.csv"])) Directory.Delete(_directory["out/sweep.csv"]);
            else File.Delete(_directory["out/sweep.csv"]);
        }
    }

    [Theory]
    [InlineData("gone", 3, "there is no file with the connection string ")]
    [InlineData(".", 2, "is a directory, not a file; name a file")]
    [InlineData("/dev/zero", 2, "is a device, not a file; name a file")]
    public async Task A_connection_file_that_is_none_is_named(string file, int expectedCode, string expected)
    {
        if (OperatingSystem.IsWindows() && file.StartsWith('/')) return;
        var code = (ExitCode)expectedCode;
        var given = (await InProcess.RunAsync(_directory.Root, "admin", "init-db", "--connection-file", file)).Expect(code);
        Assert.StartsWith("srpo: --connection-file: ", given.Error, StringComparison.Ordinal);
        Assert.Contains(expected, given.Error, StringComparison.Ordinal);
        var named = (await InProcess.RunAsync(
            _directory.Root, variable => variable switch { "SRPO_CLUSTER_CONNECTION_FILE" => _directory[file], "SRPO_CLUSTER_ID" => "a", _ => null }, "runs", "list", "--cluster", "postgres")).Expect(code);
        Assert.Contains("SRPO_CLUSTER_CONNECTION_FILE: ", named.Error, StringComparison.Ordinal);
        Assert.Contains(expected, named.Error, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Links_stay_and_pipes_and_devices_take_what_is_written()
    {
        await TrainAsync("p", "tag");
        _directory.Write("kept/target", "mine");
        File.CreateSymbolicLink(_directory["link"], _directory["kept/target"]);
        (await InProcess.RunAsync(_directory.Root, "export", "p/0/0", "link")).Expect(ExitCode.InUse);
        (await InProcess.RunAsync(_directory.Root, "export", "p/0/0", "link", "--force")).Expect(ExitCode.Ok);
        Assert.Equal(_directory["kept/target"], new FileInfo(_directory["link"]).LinkTarget);
        var exported = await File.ReadAllBytesAsync(_directory["kept/target"]);
        Assert.True(exported.Length > 100);
        Assert.Equal(["target"], Directory.GetFiles(_directory["kept"]).Select(Path.GetFileName));

        // One that leads nowhere yet: what it leads to is made.
        File.CreateSymbolicLink(_directory["new"], _directory["kept/made"]);
        (await InProcess.RunAsync(_directory.Root, "export", "p/0/0", "new")).Expect(ExitCode.Ok);
        Assert.Equal(exported, await File.ReadAllBytesAsync(_directory["kept/made"]));
        Assert.NotNull(new FileInfo(_directory["new"]).LinkTarget);

        MakePipe("pipe");
        var read = Task.Run(() => File.ReadAllBytes(_directory["pipe"]));
        (await InProcess.RunAsync(_directory.Root, "export", "p/0/0", "pipe", "--force")).Expect(ExitCode.Ok);
        Assert.Equal(exported, await read);
        (await InProcess.RunAsync(_directory.Root, "replay", "p/0", "--steps", "2", "--svg", "/dev/null", "--force")).Expect(ExitCode.Ok);
        Assert.Equal(Core.Files.FileKind.CharacterDevice, Core.Files.FileStatus.Of("/dev/null").Kind);

        // What else there is to say does not get into a drawing that goes to stdout.
        var drawn = (await SrpoProcess.RunAsync(_directory.Root, "replay", "p/0", "--steps", "2", "--svg", "/dev/stdout")).Expect(ExitCode.Ok);
        Assert.StartsWith("<?xml", drawn.Out, StringComparison.Ordinal);
        Assert.EndsWith("</svg>", drawn.Out.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("2 steps in /dev/stdout", drawn.Error, StringComparison.Ordinal);
    }

    /// <summary>Fictitious co-play apart from an experiment: its partners are those that the pool has kept.</summary>
    [Fact]
    public async Task A_population_can_name_its_partners()
    {
        string[] small = ["--seeds", "2", "--set", "lanes=1", "--set", "horizon=4", "--set", "curveInterval=0"];
        foreach (var (method, name, rounds) in new[] { ("self-play", "pool", "4"), ("ippo", "other", "1") })
            (await InProcess.RunAsync(_directory.Root, ["population", "start", name, "--method", method, "--iterations", rounds, .. small])).Expect(ExitCode.Ok);
        string[] start = ["population", "start", "fcp", "--method", "fcp", "--iterations", "1", .. small];
        (await InProcess.RunAsync(_directory.Root, [.. start, "--partners", "pool"])).Expect(ExitCode.Ok);

        // Two teams, each after a quarter, half and all of its training.
        using var stored = new Grains.StoredReader(new Experiments.Data.DataDirectory(_directory["runs"]).Grains);
        var partners = (await stored.GetSpecAsync("fcp")).Partners;
        Assert.Equal([("pool/0/0", 1), ("pool/0/0", 2), ("pool/0/0", 4), ("pool/1/0", 1), ("pool/1/0", 2), ("pool/1/0", 4)], partners.Select(partner => (partner.Agent, partner.Round)));

        var unnamed = (await InProcess.RunAsync(_directory.Root, start)).Expect(ExitCode.Usage).Error;
        Assert.Matches(@"^srpo: --partners: \S.* has no partners; name a population trained with method ""self-play""\. Finished ones here: pool\.\n$", unnamed);
        Assert.Contains("--partners other: is trained with method ippo; name a population with method self-play", (await InProcess.RunAsync(_directory.Root, [.. start, "--partners", "other"])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'pool'?", (await InProcess.RunAsync(_directory.Root, [.. start, "--partners", "pol"])).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.Contains("was trained on gridworld official, not on gridworld held-out-a", (await InProcess.RunAsync(_directory.Root, [.. start, "--partners", "pool", "--layout", "held-out-a"])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("to a method that plays with none", (await InProcess.RunAsync(_directory.Root, ["population", "start", "x", "--method", "ippo", "--partners", "pool", .. small])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, ["runs", "delete", "fcp", "--yes"])).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, ["runs", "delete", "pool", "--yes"])).Expect(ExitCode.Ok);
        Assert.Contains("There is no finished one yet; `srpo population start pool --method self-play` trains one.", (await InProcess.RunAsync(_directory.Root, start)).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("There is no finished one yet", (await InProcess.RunAsync(_directory.Root, [.. start, "--data", "none"])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["none"]));
    }

    private async Task TrainAsync(string name, string preset)
    {
        string[] arguments = ["population", "start", name, "--preset", preset, "--method", "ippo", "--seeds", "1", "--iterations", "1"];
        string[] changes = ["lanes=1", "horizon=4", "curveInterval=0", "minibatches=1", "splitLanes=false"];
        (await InProcess.RunAsync(_directory.Root, [.. arguments, .. changes.SelectMany(change => new[] { "--set", change })])).Expect(ExitCode.Ok);
    }

    private void MakePipe(string name)
    {
        using var made = Process.Start("mkfifo", [_directory[name]]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_directory.Root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}

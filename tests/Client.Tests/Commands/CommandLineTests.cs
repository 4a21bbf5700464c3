using System.CommandLine;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>All commands with their path, "population start".</summary>
    public static TheoryData<string> AllCommands()
    {
        var data = new TheoryData<string>();
        Add(RootCommandBuilder.Build(new Shell(TextWriter.Null, TextWriter.Null, "/", 80, false, false)), "");
        return data;

        void Add(Command command, string path)
        {
            foreach (var sub in command.Subcommands)
            {
                var name = path.Length == 0 ? sub.Name : $"{path} {sub.Name}";
                data.Add(name);
                Add(sub, name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Every_command_has_help_and_a_page(string command)
    {
        var help = (await InProcess.RunAsync(_directory.Root, [.. command.Split(' '), "--help"])).Expect(ExitCode.Ok);
        Assert.Contains("Usage:", help.Out, StringComparison.Ordinal);
        var page = Repository.PathOf("docs", "commands", command.Split(' ')[0] + ".md");
        Assert.True(File.Exists(page), $"{page} is missing");
        Assert.Contains($"srpo {command}", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Every_option_is_on_the_page_of_its_command(string command)
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "commands", command.Split(' ')[0] + ".md"));
        Command found = RootCommandBuilder.Build(new Shell(TextWriter.Null, TextWriter.Null, "/", 80, false, false));
        foreach (var name in command.Split(' ')) found = found.Subcommands.Single(sub => sub.Name == name);
        Assert.All(found.Options.Where(option => option.Name.StartsWith("--", StringComparison.Ordinal) && option.Name != "--help"),
            option => Assert.Contains($"`{option.Name}", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "say what to do")]
    [InlineData("runn", "'runn'. Did you mean 'run'?")]
    [InlineData("population strat", "'strat'. Did you mean 'start'?")]
    [InlineData("run overcooked --sedes 3", "'--sedes'. Did you mean '--seeds'?")]
    [InlineData("run", "'EXPERIMENT' missing")]
    [InlineData("run overcooked --seeds 0", "--seeds 0 is not possible; use a whole number from 1 to 10000")]
    [InlineData("run overcooked --seeds three", "--seeds three is not possible")]
    [InlineData("run overcooked --workers 0", "--workers 0 is out of range")]
    [InlineData("run overcooked --id a/b", "'a/b' is not a valid id")]
    [InlineData("run overcooked --id a.b", "'a.b' is not a valid id")]
    [InlineData("run overcooked --set tau", "KEY=VALUE")]
    [InlineData("run overcoked", "unknown experiment 'overcoked'; did you mean 'overcooked'?")]
    [InlineData("replay x/0 --seed -1", "--seed -1 is not possible; use a whole number from 0 to")]
    [InlineData("replay x/0 --speed 0,5", "--speed 0,5 is not possible; numbers have a decimal point: write 0.5")]
    [InlineData("rqe solve volunteers --tau 0,5", "--tau 0,5 is not possible; numbers have a decimal point: write 0.5")]
    [InlineData("rqe sweep volunteers --tau 0,5:2", "numbers have a decimal point: write 0.5")]
    [InlineData("query agent nonsense", "write POPULATION/TEAM/SEAT")]
    [InlineData("query agent a/b/c", "write POPULATION/TEAM/SEAT")]
    [InlineData("query learner gpu", "write DEVICE/SLOT")]
    [InlineData("query coordinator a/b", "not a valid name")]
    [InlineData("population start x --method spro", "'spro' is not known, did you mean 'srpo'?")]
    [InlineData("population start x --layout nowhere", "unknown layout 'nowhere'")]
    [InlineData("population start a/b", "not a valid name")]
    [InlineData("replay x y", "write POPULATION/TEAM/SEAT")]
    [InlineData("play overcooked x", "write POPULATION/TEAM/SEAT")]
    [InlineData("play hanaby x/0", "unknown game 'hanaby'; did you mean 'hanabi'?")]
    [InlineData("export x/0 y.safetensors", "write POPULATION/TEAM/SEAT")]
    [InlineData("export x y --adversary", "a population is exported with its adversaries")]
    public async Task A_wrong_command_line_is_exit_code_2_and_says_what_would_be_right(string line, string expected)
    {
        Directory.CreateDirectory(_directory["runs"]);
        var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(ExitCode.Usage);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["runs"]));
    }

    /// <summary>What would be ignored is refused, before anything is looked at or written.</summary>
    [Theory]
    [InlineData("experiments --markdown", "--markdown goes with --keys or --methods; give one of them too, or leave --markdown out")]
    [InlineData("experiments --presets --markdown", "--markdown goes with --keys or --methods")]
    [InlineData("experiments --keys --presets", "--keys and --presets exclude each other; give one of them")]
    [InlineData("experiments --keys --methods --presets", "--keys and --presets and --methods exclude each other")]
    [InlineData("experiments --keys --markdown --json", "--markdown and --json exclude each other")]
    [InlineData("experiments --cluster localhost", "--cluster means nothing to `experiments`: it works on this machine; leave it out")]
    [InlineData("doctor --cluster localhost", "--cluster means nothing to `doctor`")]
    [InlineData("show observation overcooked --cluster localhost", "--cluster means nothing to `observation`")]
    [InlineData("verify gridworld x.jsonl --cluster localhost", "--cluster means nothing to `gridworld`")]
    [InlineData("bench --cluster localhost", "--cluster means nothing to `bench`")]
    [InlineData("bench --force", "--force goes with --out; give that too, or leave --force out")]
    [InlineData("bench --only kernels --workers 2", "--workers: is for training and evaluation, which --only leaves out; leave it out too")]
    [InlineData("bench --only kernel", "--only: unknown group 'kernel'; did you mean 'kernels'?")]
    [InlineData("bench --data runs", "--data means nothing to `bench`: it works in a temporary directory; leave it out")]
    [InlineData("bench --quick idle --cluster localhost", "--quick is an option of `srpo bench`, not of `srpo bench idle`; leave it out")]
    [InlineData("completions bash --json", "--json means nothing to `completions`")]
    [InlineData("admin init-db --dry-run --json", "--dry-run and --json exclude each other")]
    [InlineData("admin init-db --connection Host=a --connection-file b", "--connection and --connection-file exclude each other")]
    [InlineData("admin forget-silos --connection Host=a --connection-file b", "--connection and --connection-file exclude each other")]
    [InlineData("replay x/0 --force", "--force goes with --svg; give that too, or leave --force out")]
    [InlineData("replay x/0 --speed 2 --no-wait", "--speed and --no-wait exclude each other")]
    [InlineData("replay x/0 --speed 2 --svg a.svg", "--speed and --svg exclude each other")]
    [InlineData("replay x/0 --speed 2 --json", "--speed and --json exclude each other")]
    [InlineData("play overcooked x/0 --json", "--json goes with --table")]
    [InlineData("population list --cluster localhost --workers 2", "--workers is for this machine")]
    [InlineData("rqe markov commons --max-states 5", "--max-states: is for environments (gridworld, matrix), not for commons; leave it out")]
    [InlineData("rqe markov commons --seed 5", "--seed goes with --starts")]
    [InlineData("rqe solve two-robots --starts 5", "--starts: two-robots is a quadratic game")]
    [InlineData("rqe solve two-robots --seed 5", "--seed: two-robots is a quadratic game")]
    [InlineData("rqe solve volunteers --cluster localhost", "--cluster means nothing to `solve`")]
    [InlineData("run figure-1i --large", "--large: the experiment 'figure-1i' trains nothing")]
    [InlineData("run figure-1i --cluster localhost", "--cluster: the experiment 'figure-1i' trains nothing")]
    [InlineData("population start x --set evaluation.episodes=3", "--set evaluation.episodes=3: evaluation.episodes: a population by itself is not evaluated; leave it out")]
    public async Task An_option_that_would_be_ignored_is_refused(string line, string expected)
    {
        Directory.CreateDirectory(_directory["runs"]);
        var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.Usage);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["runs"]));
    }

    [Fact]
    public async Task A_variable_with_an_unknown_value_is_refused_with_those_that_are_possible()
    {
        foreach (var line in new[] { "experiments", "doctor", "population list", "run overcooked --dry-run" })
        {
            var outcome = (await InProcess.RunAsync(_directory.Root, name => name == "SRPO_KERNELS" ? "nonsense" : null, line.Split(' '))).Expect(ExitCode.Usage);
            Assert.Equal("srpo: $SRPO_KERNELS: unknown width 'nonsense'. Known widths: 512, 256, portable, auto. Unset, it is the widest that this processor has.\n", outcome.Error);
            Assert.Empty(outcome.Out);
        }

        (await InProcess.RunAsync(_directory.Root, name => name == "SRPO_KERNELS" ? "portable" : null, "experiments")).Expect(ExitCode.Ok);
    }

    [Theory]
    [InlineData("population list")]
    [InlineData("query agent nobody/0/0")]
    [InlineData("query tournament nothing")]
    [InlineData("resume nothing")]
    [InlineData("report nothing")]
    [InlineData("population pause nobody")]
    [InlineData("verify gridworld nothing.jsonl")]
    public async Task Without_a_data_directory_nothing_is_found_and_none_is_made(string line)
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.NotFound);
        Assert.StartsWith("srpo: ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    [Theory]
    [InlineData("query agent nobody/0/0", "nobody/0/0")]
    [InlineData("query adversary nobody/0/0", "nobody/0/0")]
    [InlineData("query environment nobody/0/0", "nobody")]
    [InlineData("query coordinator nobody", "nobody")]
    [InlineData("query tournament nothing", "nothing")]
    [InlineData("population resume nobody", "nobody")]
    [InlineData("crossplay nobody", "nobody")]
    [InlineData("replay nobody/0 nobody/1", "nobody")]
    [InlineData("play hanabi nobody/0", "nobody")]
    [InlineData("export nobody/0/0 x.safetensors", "nobody/0/0")]
    [InlineData("export nobody x.safetensors", "nobody")]
    [InlineData("report nothing", "nothing")]
    public async Task An_unknown_grain_key_is_exit_code_3(string line, string expected)
    {
        Directory.CreateDirectory(_directory["runs"]);
        var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.NotFound);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(_directory["x.safetensors"]));
    }

    [Fact]
    public async Task Lists_are_JSON_when_asked()
    {
        Directory.CreateDirectory(_directory["runs"]);
        var populations = (await InProcess.RunAsync(_directory.Root, "population", "list", "--json")).Expect(ExitCode.Ok);
        Assert.Equal(0, JsonDocument.Parse(populations.Out).RootElement.GetArrayLength());
        var experiments = (await InProcess.RunAsync(_directory.Root, "experiments", "--json")).Expect(ExitCode.Ok);
        Assert.Contains(JsonDocument.Parse(experiments.Out).RootElement.EnumerateArray(), entry => entry.GetProperty("name").GetString() == "overcooked");
        var doctor = (await InProcess.RunAsync(_directory.Root, "doctor", "--json")).Expect(ExitCode.Ok);
        Assert.Equal(Environment.ProcessorCount, JsonDocument.Parse(doctor.Out).RootElement.GetProperty("cores").GetInt32());
    }

    [Fact]
    public async Task Devices_are_listed_with_what_libtorch_is_or_why_there_is_none()
    {
        using var devices = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "devices", "--workers", "3", "--json")).Out);
        var root = devices.RootElement;
        Assert.Equal("cpu", root.GetProperty("default").GetString());
        Assert.Equal(3, root.GetProperty("devices")[0].GetProperty("teams").GetInt32());
        var torch = root.GetProperty("devices").EnumerateArray().Single(device => device.GetProperty("name").GetString() == "torch:cpu");
        var libtorch = root.GetProperty("libtorch");
        if (libtorch.TryGetProperty("problem", out var problem) && problem.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(0, torch.GetProperty("teams").GetInt32());
            Assert.StartsWith("torch: ", problem.GetString());
            var refused = (await InProcess.RunAsync(_directory.Root, "run", "overcooked-quick", "--set", "learner.device=torch")).Expect(ExitCode.Environment);
            Assert.Contains(problem.GetString()!, refused.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_directory["runs"]));
        }
        else
        {
            Assert.Equal(3, torch.GetProperty("teams").GetInt32());
        }

        var text = await InProcess.RunAsync(_directory.Root, "devices");
        Assert.Contains("learners use", text.Out, StringComparison.Ordinal);
        Assert.Contains("TorchSharp 0.107", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_is_held_against_the_kernels()
    {
        var plain = (await InProcess.RunAsync(_directory.Root, "verify", "device", "plain", "--updates", "1")).Expect(ExitCode.Ok);
        Assert.Contains("gradient, share of its tensor's norm", plain.Out, StringComparison.Ordinal);
        Assert.Contains("agrees", plain.Out, StringComparison.Ordinal);
        using var report = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "verify", "device", "cpu", "--updates", "1", "--json")).Expect(ExitCode.Ok).Out);
        Assert.All(report.RootElement.GetProperty("deviations").EnumerateArray(), deviation => Assert.Equal(0, deviation.GetProperty("largest").GetDouble()));
        Assert.Contains("did you mean 'plain'?", (await InProcess.RunAsync(_directory.Root, "verify", "device", "plian")).Expect(ExitCode.Usage).Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_version_names_the_commit_as_doctor_and_reports_do()
    {
        var version = (await InProcess.RunAsync(_directory.Root, "--version")).Expect(ExitCode.Ok).Out.Trim();
        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+(\+[0-9a-zA-Z-]+)?$", version);
        Assert.Equal(version, ProgramInfo.Versions()["srpo"]);
        using var doctor = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "doctor", "--json")).Expect(ExitCode.Ok).Out);
        Assert.Equal(version, doctor.RootElement.GetProperty("version").GetString());

        // Where the build can ask git, the commit is there.
        var git = new System.Diagnostics.ProcessStartInfo("git", ["-C", Repository.Root, "rev-parse", "HEAD"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var asked = System.Diagnostics.Process.Start(git)!;
            await asked.WaitForExitAsync();
            if (asked.ExitCode == 0) Assert.NotNull(ProgramInfo.Commit);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no git here.
        }
    }

    /// <summary>The meanings are the environments' own, whose battery holds them to what is observed.</summary>
    [Fact]
    public async Task A_first_observation_is_shown_with_its_meaning_in_every_environment_and_encoding()
    {
        foreach (var registration in Environments.EnvironmentFactory.Stepped)
        {
            var info = Environments.EnvironmentFactory.Create(new(registration.Name, registration.Variants[0]), lanes: 1).Info;
            foreach (var encoding in Enum.GetValues<Environments.ObservationEncoding>())
            {
                string[] arguments = ["show", "observation", registration.Name, "--encoding", encoding.ToString(), "--seat", "1"];
                var shown = await InProcess.RunAsync(_directory.Root, arguments);
                if (info.ObservationLengths[(int)encoding] == 0)
                {
                    Assert.Contains("unknown encoding", shown.Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
                    continue;
                }

                shown.Expect(ExitCode.Ok);
                using var json = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, [.. arguments, "--json"])).Expect(ExitCode.Ok).Out);
                var observation = json.RootElement.GetProperty("observation").EnumerateArray().ToArray();
                Assert.Equal(info.ObservationLength(encoding), observation.Length);
                Assert.All(observation, slot => Assert.Contains(slot.GetProperty("meaning").GetString()!, shown.Out, StringComparison.Ordinal));
            }
        }

        Assert.Contains("language models play it", (await InProcess.RunAsync(_directory.Root, "show", "observation", "debate")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        var plain = (await InProcess.RunAsync(_directory.Root, "show", "observation", "overcooked")).Expect(ExitCode.Ok).Out;
        Assert.Matches(@"0 +[0-9] +row of seat 0 +0 +[0-9]", plain);
        Assert.Contains("did you mean 'hanabi'?", (await InProcess.RunAsync(_directory.Root, "show", "observation", "hanaby")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("are 0 to 1", (await InProcess.RunAsync(_directory.Root, "show", "observation", "overcooked", "--seat", "2")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_run_file_is_named()
    {
        _directory.Write("runs/mine/run.json", "{ \"id\": \"mine\", \"exp");
        var outcome = (await InProcess.RunAsync(_directory.Root, "resume", "mine")).Expect(ExitCode.Damaged);
        Assert.Contains(Path.Combine("mine", "run.json"), outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_is_an_environment_problem()
    {
        // Nobody can make directories there, not even root.
        var outcome = (await InProcess.RunAsync(_directory.Root, "run", Path.Combine(Repository.Experiments, "overcooked.json"), "--data", "/proc/srpo")).Expect(ExitCode.Environment);
        Assert.Contains("/proc/srpo cannot be written", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--data", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_of_another_run_are_not_overwritten()
    {
        _directory.Write("out/summary.json", "{}");
        var outcome = (await InProcess.RunAsync(_directory.Root, "run", Path.Combine(Repository.Experiments, "overcooked.json"), "--out", "out")).Expect(ExitCode.InUse);
        Assert.Contains("summary.json", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("{}", await File.ReadAllTextAsync(_directory["out/summary.json"]));
    }

    [Fact]
    public async Task Recordings_that_agree_are_0_and_a_difference_is_1()
    {
        var recording = Directory.EnumerateFiles(Repository.PathOf("tests", "Environments.Tests", "Data"), "gridworld*.jsonl*").First();
        await using var file = File.OpenRead(recording);
        await using Stream plain = recording.EndsWith(".gz", StringComparison.Ordinal) ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress) : file;
        var episode = await new StreamReader(plain).ReadLineAsync() ?? "";
        _directory.Write("good.jsonl", episode + "\n");
        (await InProcess.RunAsync(_directory.Root, "verify", "gridworld", "good.jsonl")).Expect(ExitCode.Ok);

        var shared = episode.IndexOf("\"shared\"", StringComparison.Ordinal);
        var digit = episode.IndexOfAny([.. "0123456789"], shared);
        _directory.Write("bad.jsonl", $"{episode[..digit]}7{episode[(digit + 1)..]}\n");
        var outcome = (await InProcess.RunAsync(_directory.Root, "verify", "gridworld", "bad.jsonl")).Expect(ExitCode.CheckFailed);
        Assert.Contains("shared", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hanabi_recordings_are_compared_move_by_move()
    {
        var recording = Repository.PathOf("tests", "Environments.Tests", "Data", "hanabi_public_A.jsonl.gz");
        await using var plain = new System.IO.Compression.GZipStream(File.OpenRead(recording), System.IO.Compression.CompressionMode.Decompress);
        var game = await new StreamReader(plain).ReadLineAsync() ?? "";
        _directory.Write("good.jsonl", game + "\n");
        (await InProcess.RunAsync(_directory.Root, "verify", "hanabi", "good.jsonl")).Expect(ExitCode.Ok);

        // The last turn's information tokens.
        var info = game.LastIndexOf("\"info\":", StringComparison.Ordinal);
        Assert.True(info > 0);
        _directory.Write("bad.jsonl", $"{game[..(info + 7)]}9{game[(info + 8)..]}\n");
        var outcome = (await InProcess.RunAsync(_directory.Root, "verify", "hanabi", "bad.jsonl")).Expect(ExitCode.CheckFailed);
        Assert.Contains("public-A-0000, step 12, field info: recorded 9, replayed ", outcome.Out, StringComparison.Ordinal);

        _directory.Write("cut.jsonl", game[..^5]);
        (await InProcess.RunAsync(_directory.Root, "verify", "hanabi", "cut.jsonl")).Expect(ExitCode.Damaged);
    }

    /// <summary>The table of deviations is printed at agreement and at a difference; a file that is cut off is neither.</summary>
    [Fact]
    public async Task Tag_recordings_are_compared_within_tolerances()
    {
        var recording = Repository.PathOf("tests", "Environments.Tests", "Data", "tag_public.jsonl.gz");
        await using var file = File.OpenRead(recording);
        await using var plain = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress);
        var episode = await new StreamReader(plain).ReadLineAsync() ?? "";
        _directory.Write("good.jsonl", episode + "\n");
        var outcome = (await InProcess.RunAsync(_directory.Root, "verify", "tag", "good.jsonl")).Expect(ExitCode.Ok);
        Assert.StartsWith("good.jsonl: 1 episodes, 100 steps replayed, all agree", outcome.Out, StringComparison.Ordinal);
        Assert.Matches(@"free rollout +observation +\S+ +1e-6", outcome.Out);

        var reward = episode.IndexOf("\"rew\":[", StringComparison.Ordinal) + "\"rew\":[".Length;
        _directory.Write("bad.jsonl", $"{episode[..reward]}2{episode[reward..]}\n");
        outcome = (await InProcess.RunAsync(_directory.Root, "verify", "tag", "bad.jsonl")).Expect(ExitCode.CheckFailed);
        Assert.Contains("step 0, field rew[0]: recorded 20, replayed 0; one step, off by 2.0e+1, tolerance 1e-12", outcome.Out, StringComparison.Ordinal);
        Assert.Matches(@"one step +reward +2\.00e\+1 +1e-12 +line 1, episode public-000, step 0, field rew\[0\]", outcome.Out);
        outcome = (await InProcess.RunAsync(_directory.Root, "verify", "tag", "bad.jsonl", "--json")).Expect(ExitCode.CheckFailed);
        Assert.Contains("\"deviations\":", outcome.Out, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(_directory["cut.jsonl.gz"], (await File.ReadAllBytesAsync(recording))[..5000]);
        outcome = (await InProcess.RunAsync(_directory.Root, "verify", "tag", "cut.jsonl.gz")).Expect(ExitCode.Damaged);
        Assert.Contains("cut off", outcome.Error, StringComparison.Ordinal);
    }
}

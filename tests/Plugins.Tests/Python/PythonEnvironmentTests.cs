using System.Diagnostics;
using Srpo.Client.Tests.Support;
using Srpo.Conformance.Environments;
using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Environments;
using Srpo.Environments.Python;

namespace Srpo.Plugins.Tests.Python;

/// <summary>What crosses the pipes: sizes, seeds, numbers, and the life of the process.</summary>
public sealed class PythonEnvironmentTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [PythonFact("json")]
    public void Sizes_names_and_ranges_are_those_of_the_spaces()
    {
        using var corridor = Modules.Create(Modules.Sample, "corridor.make", arguments: """{ "length": 5, "max_cycles": 7 }""");
        var info = corridor.Info;
        Assert.Equal(("python:corridor.make", "default", 2, 3, 7), (info.Name, info.Variant, info.Seats, info.Actions, info.EpisodeLength));
        Assert.Equal(["left", "stay", "right"], info.ActionNames);
        Assert.Equal([2, 2, 0, 0], info.ObservationLengths);
        Assert.True(info.EndsEarly);
        Assert.False(info.SavesLanes || info.MasksActions || info.TurnBased || info.SharedReward);
        Assert.Equal(new ObservationSlot(1, "place of the other", 0, 1), corridor.Slots(0, ObservationEncoding.OwnFirst)[1]);

        // Nothing runs before it is played.
        Assert.Null(corridor.ProcessId);
    }

    [PythonFact("json")]
    public void Steps_yield_what_the_environment_says_and_lanes_are_drawn()
    {
        using var corridor = Modules.Create(Modules.Sample, "corridor.make", lanes: 3, """{ "length": 3, "slip": 0 }""");
        var probe = new EnvironmentProbe(corridor);
        probe.Reset(1);
        var places = Enumerable.Range(0, 2).Select(seat => probe.Observe(seat, ObservationEncoding.Absolute)).ToArray();
        for (var lane = 0; lane < 3; lane++)
        {
            var (own, other) = ((int)(2 * places[0][2 * lane]), (int)(2 * places[0][(2 * lane) + 1]));
            Assert.Equal([places[0][(2 * lane) + 1], places[0][2 * lane]], places[1][(2 * lane)..((2 * lane) + 2)]);
            var drawing = corridor.Render(lane).TrimEnd();
            Assert.Equal((own, other, 3), (drawing.IndexOf('0'), drawing.IndexOf('1'), drawing.Length));

            // Walker 0 stays, walker 1 comes nearer.
            (probe.Actions[lane], probe.Actions[3 + lane]) = (1, (byte)(own > other ? 2 : 0));
        }

        probe.Step();
        for (var lane = 0; lane < 3; lane++)
        {
            var apart = (int)Math.Abs(2 * (places[0][2 * lane] - places[0][(2 * lane) + 1]));
            Assert.Equal(apart == 1, probe.Terminated[lane]);
            Assert.Equal((apart == 1 ? 1f : 0f, 0f), (probe.Rewards[lane], probe.Costs[lane]));
            Assert.Equal((apart == 1 ? 0.95f : -0.05f, 0.05f), (probe.Rewards[3 + lane], probe.Costs[3 + lane]));
            Assert.False(probe.Truncated[lane]);
        }
    }

    [PythonFact("json")]
    public void Seeds_come_from_the_stream_by_lane_and_episode()
    {
        _directory.Write("seeds.py", Modules.Text(reset: "print(seed); self.numbers = [seed >> 16, seed & 0xffff, 0]").Replace("self.numbers = [self.random", "self.numbers = self.numbers if hasattr(self, 'numbers') else [self.random", StringComparison.Ordinal)
            .Replace("high=[1.0, 1.0, 1.0]", "high=[65536.0] * 3", StringComparison.Ordinal));
        using var environment = Modules.Create(_directory.Root, "seeds.make", lanes: 2);
        var probe = new EnvironmentProbe(environment);
        probe.Reset(7, firstLane: 5);
        var stream = EnvironmentProbe.Stream(7, StreamPurpose.Reset);
        var episodes = new uint[2];
        var ends = 0;
        for (var step = 0; step < 80; step++)
        {
            var seen = probe.Observe(0, ObservationEncoding.Absolute);
            for (var lane = 0; lane < 2; lane++) Assert.Equal(stream.Block(5 + lane, episodes[lane]).Word0 >> 1, ((uint)seen[3 * lane] << 16) | (uint)seen[(3 * lane) + 1]);
            probe.PlayStep(5);
            for (var lane = 0; lane < 2; lane++)
            {
                if (!probe.Ended(lane)) continue;
                episodes[lane]++;
                ends++;
            }
        }

        Assert.True(ends > 4);
    }

    [PythonFact("json")]
    public void An_episode_is_cut_off_at_its_length_where_the_environment_goes_on()
    {
        _directory.Write("endless.py", Modules.Text().Replace("end = self.random.random() < 0.1", "end = False", StringComparison.Ordinal));
        using var environment = Modules.Create(_directory.Root, "endless.make", lanes: 1);
        var probe = new EnvironmentProbe(environment);
        probe.Reset(1);
        for (var step = 1; step <= 50; step++)
        {
            probe.PlayStep();
            Assert.Equal((step % 25 == 0, false), (probe.Truncated[0], probe.Terminated[0]));
        }

        Assert.StartsWith("a observes 0.", environment.Render(0), StringComparison.Ordinal);
    }

    [PythonFact("json")]
    public void A_discrete_observation_is_written_one_hot_and_actions_begin_at_start()
    {
        _directory.Write("discrete.py", Modules.Text(step: "assert all(3 <= action <= 6 for action in actions.values())").Replace("return Space(n=4)", "return Space(n=4, start=3)", StringComparison.Ordinal)
            .Replace("return Space(shape=(3,), low=[0.0, 0.0, 0.0], high=[1.0, 1.0, 1.0])", "return Space(n=5, start=1)", StringComparison.Ordinal)
            .Replace("""return {"a": self.numbers, "b": self.numbers[::-1]}""", """return {"a": 1 + int(5 * self.numbers[0]), "b": 5}""", StringComparison.Ordinal));
        using var environment = Modules.Create(_directory.Root, "discrete.make", lanes: 1);
        var probe = new EnvironmentProbe(environment);
        probe.Reset(1);
        for (var step = 0; step < 30; step++)
        {
            Assert.Equal(1, probe.Observe(0, ObservationEncoding.Absolute).Count(value => value == 1));
            Assert.Equal(new float[] { 0, 0, 0, 0, 1 }, probe.Observe(1, ObservationEncoding.Absolute));
            probe.PlayStep();
        }
    }

    [PythonFact("json")]
    public void What_it_prints_and_reads_disturbs_nothing()
    {
        _directory.Write("talks.py", Modules.Text(step: "import os, sys; print('hello'); os.write(1, b'raw'); assert sys.stdin.read() == ''"));
        using var environment = Modules.Create(_directory.Root, "talks.make");
        Assert.NotEmpty(new EnvironmentProbe(environment).Play(1, 40));
    }

    [PythonFact("json")]
    public void An_exception_is_shown_with_lane_step_and_the_end_of_its_traceback_and_a_reset_goes_on()
    {
        _directory.Write("fails.py", Modules.Text(step: "self.count = getattr(self, 'count', 0) + 1\n        if self.count == 3 and actions['b'] == 2: raise ValueError('no such key: x')"));
        using var environment = Modules.Create(_directory.Root, "fails.make", lanes: 2);
        var probe = new EnvironmentProbe(environment);
        probe.Reset(1, firstLane: 4);
        probe.Actions.AsSpan().Clear();
        probe.Step();
        probe.Step();
        probe.Actions[3] = 2;
        var error = Assert.Throws<PythonEnvironmentException>(probe.Step);
        Assert.Matches(@"^python:fails\.make: lane 5, step \d+ of its episode failed in Python:\n", error.Message);
        Assert.Contains("fails.py\", line ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("ValueError: no such key: x", error.Message, StringComparison.Ordinal);
        Assert.Contains("call Reset", Assert.Throws<InvalidOperationException>(probe.Step).Message, StringComparison.Ordinal);
        probe.Reset(1);
        probe.Step();
    }

    [PythonFact("json")]
    public void A_process_that_dies_is_named_with_its_last_words_and_a_reset_starts_another()
    {
        _directory.Write("dies.py", Modules.Text(step: "import os, sys; print('last words', file=sys.stderr, flush=True); os._exit(9) if actions['a'] == 3 else None"));
        using var environment = Modules.Create(_directory.Root, "dies.make");
        var probe = new EnvironmentProbe(environment);
        probe.Reset(1);
        var first = environment.ProcessId;
        probe.Actions[0] = 3;
        var error = Assert.Throws<PythonEnvironmentException>(probe.Step);
        Assert.Contains("its process ended with code 9", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("  last words", error.Message, StringComparison.Ordinal);
        probe.Reset(1);
        probe.Actions[0] = 0;
        probe.Step();
        Assert.NotEqual(first, environment.ProcessId);
    }

    [PythonFact("json")]
    public void Numbers_that_are_not_finite_are_refused_with_lane_and_agent()
    {
        _directory.Write("nan.py", Modules.Text().Replace(""" "b": self.numbers[0]}""", """ "b": float("nan")}""", StringComparison.Ordinal));
        using var environment = Modules.Create(_directory.Root, "nan.make");
        var probe = new EnvironmentProbe(environment);
        probe.Reset(1);
        Assert.Equal("python:nan.make: lane 0, b: the reward has the value NaN; all numbers must be finite", Assert.Throws<PythonEnvironmentException>(probe.Step).Message);
    }

    [PythonFact("json")]
    public void Agents_that_leave_before_the_others_are_refused()
    {
        _directory.Write("leaves.py", Modules.Text().Replace("""{"a": end, "b": end}""", """{"a": True, "b": False}""", StringComparison.Ordinal));
        using var environment = Modules.Create(_directory.Root, "leaves.make");
        var probe = new EnvironmentProbe(environment);
        probe.Reset(1);
        Assert.Contains("a ended, and other agents go on; all agents of an episode must end together", Assert.Throws<PythonEnvironmentException>(probe.Step).Message, StringComparison.Ordinal);
    }

    [PythonTheory("json")]
    [InlineData("return Space(n=4)", "return Space(nvec=[2, 2])", "the actions of a are Space({'nvec': [2, 2]}); only Discrete can be played")]
    [InlineData("return Space(n=4)", "return Space(n=4 if agent == 'a' else 5)", "b has 5 actions and a 4; all agents must have equally many")]
    [InlineData("return Space(n=4)", "return Space(n=1)", "a has 1 actions; 2 to 255 are possible")]
    [InlineData("shape=(3,), low", "spaces=(3,), low", "only Box and Discrete can be played")]
    [InlineData("max_cycles = 25", "pass", "it does not say how long an episode is; give the environment an attribute max_cycles")]
    [InlineData("possible_agents = [\"a\", \"b\"]", "possible_agents = [\"a\"]", "has 1 agents; 2 to 255 are possible")]
    public void What_cannot_be_played_is_refused_before_it_is(string text, string instead, string message)
    {
        var module = $"refused_{Math.Abs(string.GetHashCode(instead, StringComparison.Ordinal))}";
        _directory.Write($"{module}.py", Modules.Text().Replace(text, instead, StringComparison.Ordinal));
        var error = Assert.Throws<PythonEnvironmentException>(() => Modules.Create(_directory.Root, $"{module}.make"));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Python's own has the name already when the folder is looked into; without a file a module has no factory to hash.</summary>
    [PythonFact("json")]
    public void A_module_whose_name_is_taken_says_so()
    {
        _directory.Write("json.py", Modules.Text());
        var taken = Assert.Throws<PythonEnvironmentException>(() => Modules.Find(_directory.Root, "json.make")).Message;
        Assert.Contains("the name json is that of ", taken, StringComparison.Ordinal);
        Assert.Contains("give yours another name", taken, StringComparison.Ordinal);
        Assert.Contains("a module without a file", Assert.Throws<PythonEnvironmentException>(() => Modules.Find(_directory.Root, "sys.exit")).Message, StringComparison.Ordinal);
    }

    [PythonFact("json")]
    public void Bounds_that_no_single_has_are_none()
    {
        _directory.Write("wide.py", Modules.Text().Replace("low=[0.0, 0.0, 0.0], high=[1.0, 1.0, 1.0]", "low=-1e300, high=[1e300, float('inf'), 2]", StringComparison.Ordinal));
        using var environment = Modules.Create(_directory.Root, "wide.make");
        var slots = environment.Slots(0, ObservationEncoding.Absolute);
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity, 2f], slots.Select(slot => slot.Maximum));
        Assert.All(slots, slot => Assert.Equal(float.NegativeInfinity, slot.Minimum));
        new EnvironmentProbe(environment).Reset(1);
    }

    [PythonFact("json")]
    public void A_module_a_factory_or_a_package_that_is_not_there_is_named()
    {
        _directory.Write("there.py", "import nowhere_to_be_found\n");
        _directory.Write("empty.py", "x = 1\n");
        Assert.Contains("there is no Python module 'gone' in " + _directory.Root, Refusal("gone.make"), StringComparison.Ordinal);
        Assert.Contains("'empty' has no 'make'; name a function or class", Refusal("empty.make"), StringComparison.Ordinal);
        Assert.Contains("Install 'nowhere_to_be_found' for '", Refusal("there.make"), StringComparison.Ordinal);
        Assert.Contains("TypeError", Assert.Throws<PythonEnvironmentException>(() => Modules.Create(Modules.Sample, "corridor.make", arguments: """{ "width": 3 }""")).Message, StringComparison.Ordinal);
        Assert.Contains("it is no JSON object; write the factory's arguments", Assert.Throws<FormatException>(() => Modules.Create(Modules.Sample, "corridor.make", arguments: "[]")).Message, StringComparison.Ordinal);

        string Refusal(string name) => Assert.Throws<PythonEnvironmentException>(() => Modules.Find(_directory.Root, name)).Message;
    }

    [PythonFact("json")]
    public void The_hash_is_of_the_files_that_were_imported_from_the_folder_and_of_the_factory()
    {
        _directory.Write("hashed.py", Modules.Text(top: "import hashed_rules"));
        _directory.Write("hashed_rules.py", "x = 1\n");
        _directory.Write("unrelated.py", "x = 1\n");
        var first = PythonModule.Find(PythonReference.Parse("python:hashed.make"), _directory.Root);
        Assert.Equal(["hashed.py", "hashed_rules.py"], first.Sources);
        Assert.Equal(_directory["hashed.py"], first.File);
        Assert.NotEqual(first.Hash, PythonModule.Find(PythonReference.Parse("python:hashed.Draws"), _directory.Root).Hash);
        _directory.Write("unrelated.py", "x = 22\n");
        Assert.Equal(first.Hash, PythonModule.HashOf(first.Reference, first.File, first.Sources));
        _directory.Write("hashed_rules.py", "x = 22\n");
        Assert.NotEqual(first.Hash, PythonModule.HashOf(first.Reference, first.File, first.Sources));
        Assert.Contains("its files have changed since it was loaded", Assert.Throws<PythonEnvironmentException>(() => PythonRegistration.Of(first).Create("{}", "default", null, 1)).Message, StringComparison.Ordinal);
    }

    [PythonFact("json")]
    public async Task A_process_ends_with_its_instance_disposed_of_or_forgotten()
    {
        var kept = Modules.Create(Modules.Sample, "corridor.make");
        new EnvironmentProbe(kept).Reset(1);
        using var process = Process.GetProcessById(kept.ProcessId!.Value);
        kept.Dispose();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));

        using var forgotten = Process.GetProcessById(Forgotten());
        for (var i = 0; i < 300 && !forgotten.HasExited; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(20);
        }

        Assert.True(forgotten.HasExited);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static int Forgotten()
        {
            var environment = Modules.Create(Modules.Sample, "corridor.make");
            new EnvironmentProbe(environment).Reset(1);
            return environment.ProcessId!.Value;
        }
    }
}

using System.CommandLine;
using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Learning.Methods;

namespace Srpo.Client.Tests.Commands;

public sealed class CompletionsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>bash's own function is asked, once for every place in the table of commands.</summary>
    [LinuxFact]
    public async Task Bash_completes_every_command_and_every_option()
    {
        var places = new List<(string Line, string[] Expected)>();
        Walk(Root(), "srpo");
        places.AddRange(
        [
            ("srpo ru", ["run", "runs"]), ("srpo population st", ["start", "status", "stop"]), ("srpo run overcooked-q", ["overcooked-quick"]), ("srpo rqe solve stag", ["stag-hunt"]),
            ("srpo population start x --method s", ["self-play", "srpo"]), ("srpo replay a/0 --layout held-out-", ["held-out-a", "held-out-b", "held-out-c"]),
            ("srpo run x --set network.o", ["network.oneHot="]), ("srpo --data x population pau", ["pause"]), ("srpo run overcooked --seeds ", []), ("srpo run mi", ["mine.json"]),
            ("srpo run x --out di", ["dir"]), ("srpo show observation han", ["hanabi"]), ("srpo play overcooked x --json --tab", ["--table"]), ("srpo completions f", ["fish"]), ("srpo figures x --format p", ["pdf", "png"]),
        ]);
        _directory.Write("mine.json", "{}");
        Directory.CreateDirectory(_directory["dir"]);
        _directory.Write("script", (await InProcess.RunAsync(_directory.Root, "completions", "bash")).Expect(ExitCode.Ok).Out);
        var asked = string.Concat(places.Select(place => $"ask '{place.Line}'\n"));
        _directory.Write("ask.sh", """
            set -u
            . ./script
            ask() { # a line that ends in a space asks for a new word
              read -r -a COMP_WORDS <<<"$1"
              [[ $1 != *' ' ]] || COMP_WORDS+=('')
              COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
              COMPREPLY=()
              _srpo
              printf '%s\n' "${COMPREPLY[*]-}"
            }

            """ + asked);
        var answers = (await BashAsync("ask.sh")).TrimEnd('\n').Split('\n');
        Assert.Equal(places.Count, answers.Length);
        for (var i = 0; i < answers.Length; i++)
            Assert.True(places[i].Expected.Order(StringComparer.Ordinal).SequenceEqual(answers[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)), $"'{places[i].Line}' gives: {answers[i]}");

        void Walk(Command command, string line)
        {
            string[] options = [.. command.Options.Concat(line == "srpo" ? [] : RootCommandBuilder.RecursiveOptions).Select(option => option.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal))];
            places.Add(($"{line} --", options));
            if (command.Subcommands.Count > 0 && command.Arguments.Count == 0) places.Add((line + " ", [.. command.Subcommands.Select(sub => sub.Name)]));
            foreach (var sub in command.Subcommands) Walk(sub, $"{line} {sub.Name}");
        }
    }

    [Theory]
    [InlineData("bash", "bash -n script")]
    [InlineData("zsh", "zsh -n script")]
    [InlineData("fish", "fish --no-execute script")]
    public async Task Every_shell_has_every_command_and_every_value_and_reads_its_script(string shell, string check)
    {
        var script = (await InProcess.RunAsync(_directory.Root, "completions", shell)).Expect(ExitCode.Ok).Out;
        Walk(Root(), "");
        foreach (var word in MethodRegistry.All.Select(method => method.Id).Concat(["overcooked-quick", "volunteers", "held-out-a", "hanabi-4p", "oneHotOwnFirst"])) Assert.Contains(word, script, StringComparison.Ordinal);
        _directory.Write("script", script);
        Assert.Equal("", await BashAsync("-c", $"command -v {shell} >/dev/null || exit 0; {check} 2>&1"));

        // fish can be asked from outside.
        if (shell == "fish")
            Assert.Matches("^(start status stop )?$", await BashAsync("-c", "command -v fish >/dev/null || exit 0; HOME=$PWD fish -c 'source script; complete -C \"srpo population st\"' | cut -f1 | tr '\\n' ' '"));

        // A directory of experiments that is not there costs no more than its names.
        using var process = SrpoProcess.Start(_directory.Root, new Dictionary<string, string> { ["SRPO_EXPERIMENTS"] = "/nowhere" }, "completions", shell);
        (await process.EndAsync()).Expect(ExitCode.Ok);

        void Walk(Command command, string path)
        {
            foreach (var option in command.Options.Where(option => option.Name.StartsWith("--", StringComparison.Ordinal)))
                Assert.Contains(shell == "fish" ? $"-n '__srpo_at \\'{path}\\'' -l {option.Name[2..]}" : option.Name, script, StringComparison.Ordinal);
            foreach (var sub in command.Subcommands)
            {
                Assert.Contains($"{path}/{sub.Name}", script, StringComparison.Ordinal);
                Walk(sub, $"{path}/{sub.Name}");
            }
        }
    }

    [Fact]
    public async Task An_unknown_shell_is_told_of_those_that_are_known() =>
        Assert.Contains("did you mean 'zsh'? Known shells: bash, zsh, fish.", (await InProcess.RunAsync(_directory.Root, "completions", "zhs")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);

    private static RootCommand Root() => RootCommandBuilder.Build(new Shell(TextWriter.Null, TextWriter.Null, "/", 80, false, false));

    private async Task<string> BashAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", arguments) { WorkingDirectory = _directory.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, await error));
        return output;
    }
}

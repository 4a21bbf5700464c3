using System.Diagnostics;
using System.Text.RegularExpressions;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Learning.Methods;

namespace Srpo.Client.Tests.Documents;

/// <summary>What documents and scripts promise.</summary>
public sealed partial class RepositoryTests
{
    public static TheoryData<string> Scripts() =>
    [
        "srpo", "test.sh", ".ci/run", "scripts/common.sh", "deploy/docker/srpo", "deploy/systemd/srpo",
        .. new[] { "deploy", "tests" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.sh", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path)),
    ];

    public static TheoryData<string> Pages() =>
    [
        .. new[] { "*.md" }.SelectMany(pattern => Directory.EnumerateFiles(Repository.Root, pattern))
            .Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.PathOf("deploy"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path)),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Scripts_are_valid_and_executable(string script)
    {
        var path = Repository.PathOf(script);
        Assert.Equal("", await RunAsync("bash", "-n", path));
        if (!OperatingSystem.IsWindows() && File.ReadLines(path).First().StartsWith("#!", StringComparison.Ordinal)) Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute), $"{script} is not executable");
        if (File.Exists("/usr/bin/shellcheck")) Assert.Equal("", await RunAsync("shellcheck", "-x", "-P", Repository.Root, path));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_of_a_page_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        foreach (Match link in Link().Matches(File.ReadAllText(Repository.PathOf(page))))
        {
            var target = link.Groups[1].Value.Split('#')[0];
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal)) continue;
            Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}, which does not exist");
        }
    }

    [Fact]
    public void The_solution_has_every_project()
    {
        var solution = File.ReadAllText(Repository.PathOf("Srpo.sln")).Replace('\\', '/');
        foreach (var folder in new[] { "src", "tests", "bench" })
        {
            foreach (var project in Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories))
                Assert.Contains(Path.GetRelativePath(Repository.Root, project).Replace('\\', '/'), solution, StringComparison.Ordinal);
        }
    }

    /// <summary>Experiments of the page, as one copies them: each loads, and the first runs, with less work.</summary>
    [Fact]
    public async Task Experiments_of_the_page_work_as_they_stand()
    {
        using var directory = new TemporaryDirectory();
        string[] examples = [.. Example().Matches(await File.ReadAllTextAsync(Repository.PathOf("docs", "experiments.md"))).Select(match => match.Groups[1].Value)];
        Assert.True(examples.Length >= 2);
        foreach (var (text, i) in examples.Select((text, i) => (text, i)))
        {
            directory.Write($"example-{i}.json", text);
            Assert.NotEmpty(ExperimentLoader.Load(new ExperimentFile("example", $"example-{i}.json"), directory.Root, []).Populations);
        }

        string[] less = ["seeds=2", "lanes=1", "horizon=8", "curveInterval=0", "evaluation.episodes=1", "evaluation.steps=4"];
        var outcome = (await InProcess.RunAsync(directory.Root, ["run", "example-0.json", "--iterations", "1", .. less.SelectMany(change => new[] { "--set", change })])).Expect(ExitCode.Ok);
        foreach (var label in new[] { "srpo-tau1", "srpo-tau10" }) Assert.True(Directory.Exists(directory[$"runs/example-0-1/checkpoints/{label}"]), outcome.Error);
    }

    [GeneratedRegex(@"```json\n(\{.*?\n\})\n```", RegexOptions.Singleline)]
    private static partial Regex Example();

    /// <summary>NUGET_PACKAGES names a folder without a slash at its end, by default it has one: whoever puts a path behind it must not count on either.</summary>
    [Fact]
    public void Paths_in_the_folder_of_packages_do_not_hang_on_how_it_is_written()
    {
        var files = new[] { "src", "tests", "bench", "scripts" }
            .SelectMany(folder => new[] { "*.csproj", "*.targets", "*.props", "*.proj" }.SelectMany(pattern => Directory.EnumerateFiles(Repository.PathOf(folder), pattern, SearchOption.AllDirectories)))
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.props"))
            .Where(file => File.ReadAllText(file).Contains("$(NuGetPackageRoot)", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotContain("$(NuGetPackageRoot)", File.ReadAllText(file).Replace("$([MSBuild]::EnsureTrailingSlash('$(NuGetPackageRoot)'))", "", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_experiments_has_the_keys_as_the_program_knows_them()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "experiments.md"));
        Assert.True(page.Contains(ExperimentKeys.ToMarkdown(), StringComparison.Ordinal), "docs/experiments.md is out of date: put the output of `srpo experiments --keys --markdown` there");
    }

    [Fact]
    public void Every_method_has_a_page_and_the_table_of_methods_is_the_programs()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "methods", "README.md"));
        Assert.True(page.Contains(MethodRegistry.ToMarkdown(), StringComparison.Ordinal), "docs/methods/README.md is out of date: put the output of `srpo experiments --methods --markdown` there");
        var losses = File.ReadAllLines(Repository.PathOf("src", "Learning", "Losses.cs"));
        Assert.All(MethodRegistry.All, method =>
        {
            var text = File.ReadAllText(Repository.PathOf("docs", "methods", method.Id + ".md"));
            var links = LossLink().Matches(text);
            if (method.Learns) Assert.NotEmpty(links);
            Assert.All(links, link => Assert.Contains($" {link.Groups[1].Value}(", losses[int.Parse(link.Groups[2].Value) - 1], StringComparison.Ordinal));
            Assert.Contains($"\"method\": \"{method.Id}\"", text, StringComparison.Ordinal);
            Assert.All(method.OwnSettings, setting => Assert.Contains($"`{setting.Path}`", text, StringComparison.Ordinal));
        });
    }

    /// <summary>A method is one file: what knows it by name elsewhere would have to be changed with it.</summary>
    [Fact]
    public void No_other_source_names_a_method()
    {
        // "srpo" is the program's name too, and "self-play" a kind of pair.
        string[] ids = [.. MethodRegistry.Ids.Except(["srpo", "self-play"])];
        Assert.NotEmpty(ids);
        var methods = Repository.PathOf("src", "Learning", "Methods");
        var named = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.StartsWith(methods, StringComparison.Ordinal) && Path.GetFileName(path) != "MethodIdConverter.cs")
            .Where(path => File.ReadAllText(path) is var text && ids.Any(id => text.Contains($"\"{id}\"", StringComparison.Ordinal)));
        Assert.Empty(named);
    }

    /// <summary>An environment is one folder and one registration.</summary>
    [Fact]
    public void Client_and_experiments_name_no_environment()
    {
        string[] words = [.. EnvironmentFactory.Registrations.SelectMany(known => new[] { $"\"{known.Name}\"", known.Implementation.Name, known.Implementation.Namespace + ";" })];
        Assert.True(words.Length >= 12);

        // "matrix" is also what a cross-play of populations is, and "tag" what one gives a run.
        var named = new[] { "Client", "Experiments" }.SelectMany(room => Directory.EnumerateFiles(Repository.PathOf("src", room), "*.cs", SearchOption.AllDirectories))
            .Where(path => Path.GetFileName(path) is not ("QueryViews.cs" or "FiniteSweep.cs" or "LabelRunCommands.cs"))
            .Where(path => File.ReadAllText(path) is var text && words.Any(word => text.Contains(word, StringComparison.Ordinal)));
        Assert.Empty(named);
    }

    [Fact]
    public void The_page_of_exit_codes_has_every_code()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "commands", "exit-codes.md"));
        foreach (var code in Enum.GetValues<ExitCode>())
            Assert.Contains($"\n| {(int)code} |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_experiment_is_on_the_page_of_experiments()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "experiments.md"));
        foreach (var file in Directory.EnumerateFiles(Repository.Experiments, "*.json"))
            Assert.Contains($"`{Path.GetFileNameWithoutExtension(file)}`", page, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    /// <summary>A link of a page of methods to a line of the losses.</summary>
    [GeneratedRegex(@"\[`Losses\.(\w+)`\]\(\.\./\.\./src/Learning/Losses\.cs#L(\d+)\)")]
    private static partial Regex LossLink();

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }
}

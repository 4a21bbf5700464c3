using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Srpo.Client.Cli;
using Srpo.Client.Experiments;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Documents;

/// <summary>What documents and scripts promise.</summary>
public sealed partial class RepositoryTests
{
    public static TheoryData<string> Scripts() =>
    [
        "srpo", "test.sh", ".ci/run", "scripts/common.sh",
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

    [Fact]
    public void The_page_of_experiments_has_the_keys_as_the_program_knows_them()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "experiments.md"));
        Assert.True(page.Contains(ExperimentKeys.ToMarkdown(), StringComparison.Ordinal), "docs/experiments.md is out of date: put the output of `srpo experiments --keys --markdown` there");
    }

    [Fact]
    public void The_page_of_exit_codes_has_every_code()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "commands", "exit-codes.md"));
        foreach (var code in Enum.GetValues<ExitCode>())
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\n| {(int)code} |"), page, StringComparison.Ordinal);
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

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }
}

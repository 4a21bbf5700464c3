using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Plugins.Tests;

/// <summary>What `dotnet new` begins with, made and built as a user would in an empty folder.</summary>
public sealed class TemplateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Both_templates_are_made_built_and_trained()
    {
        await DotnetAsync("new", "install", Repository.PathOf("templates", "srpo-environment"));
        await DotnetAsync("new", "install", Repository.PathOf("templates", "srpo-method"));
        await DotnetAsync("new", "srpo-environment", "-n", "Meeting");
        await DotnetAsync("new", "srpo-method", "-n", "Levelled");

        // Both at once: a build begins with seconds in which nothing is built.
        _directory.Write("both.proj", """
            <Project><Target Name="Build"><MSBuild Projects="Meeting/Meeting.csproj;Levelled/Levelled.csproj" Targets="Restore;Build" Properties="Configuration=Release" BuildInParallel="true" /></Target></Project>
            """);
        await DotnetAsync("build", "both.proj", "--nologo", "-v", "quiet", "-warnaserror", "-p:SrpoHome=" + Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

        // The experiment of the page, as it stands there.
        var page = File.ReadAllText(Repository.PathOf("docs", "plugins.md"));
        var start = page.IndexOf("```json", StringComparison.Ordinal) + "```json".Length;
        _directory.Write("meeting.json", page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);
        (await InProcess.RunAsync(_directory.Root, "run", "meeting.json", "--seeds", "1", "--iterations", "2", "--set", "curveInterval=2560", "--set", "evaluation.episodes=1")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "replay", "meeting-1.levelled/0", "--steps", "2", "--no-wait")).Expect(ExitCode.Ok);

        string[] plugins = ["--plugin", "Meeting/bin/Release/net10.0/Meeting.dll", "--plugin", "Levelled/bin/Release/net10.0/Levelled.dll"];
        var trained = await InProcess.RunAsync(
            _directory.Root, ["population", "start", "p", .. plugins, "--preset", "meeting", "--method", "levelled", "--layout", "long", "--seeds", "1", "--iterations", "2", "--set", "continueEpisodes=true", "--set", "levelled.weight=0.5"]);
        Assert.Contains("meeting long", trained.Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("1.......2", (await InProcess.RunAsync(_directory.Root, "replay", "p/0", "--steps", "1", "--no-wait")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("player 2 is on cell 4", (await InProcess.RunAsync(_directory.Root, "show", "observation", "meeting")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        _directory.Write("wrong.txt", "wide");
        Assert.Contains("'wide' is no length", (await InProcess.RunAsync(_directory.Root, "show", "observation", "meeting", "--layout", "wrong.txt")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("srpo-environment")]
    [InlineData("srpo-method")]
    public void Templates_ask_for_the_packages_of_this_version(string template)
    {
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").First().Value;
        using var text = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("templates", template, ".template.config", "template.json")));
        Assert.Equal(template, text.RootElement.GetProperty("shortName").GetString());
        Assert.Equal(version, text.RootElement.GetProperty("symbols").GetProperty("SrpoVersion").GetProperty("defaultValue").GetString());
    }

    [Fact]
    public void Samples_stay_small_and_outside_of_the_program()
    {
        foreach (var sample in Directory.EnumerateDirectories(Repository.PathOf("samples")))
        {
            var lines = Directory.EnumerateFiles(sample, "*.cs").Sum(file => File.ReadLines(file).Count());
            Assert.True(lines < 300, $"{sample} has {lines} lines");
        }

        foreach (var part in new[] { "Core", "Games", "Environments", "Learning" })
            Assert.DoesNotContain(XDocument.Load(Repository.PathOf("src", part, $"Srpo.{part}.csproj")).Descendants("InternalsVisibleTo"), friend => friend.Attribute("Include")!.Value is "Kitchen" or "Tsallis");
    }

    /// <summary>With templates of the test's own, not those of whoever runs it.</summary>
    private async Task DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _directory.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (arguments[0] == "new")
        {
            start.ArgumentList.Add("--debug:custom-hive");
            start.ArgumentList.Add(_directory["hive"]);
        }

        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}\n{string.Join('\n', await said)}");
    }
}

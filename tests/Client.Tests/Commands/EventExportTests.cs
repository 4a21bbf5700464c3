using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Reporting.Tests;

namespace Srpo.Client.Tests.Commands;

/// <summary>`srpo export RUN --tensorboard DIR`: the curves of a run as event files, beside nothing and in place of nothing.</summary>
public sealed class EventExportTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    [Fact]
    public async Task Every_team_has_its_curve_as_in_learning_curves_csv()
    {
        using var directory = trained.Copy();
        var said = (await InProcess.RunAsync(directory.Root, "export", "r", "--tensorboard", "board")).Expect(ExitCode.Ok);
        Assert.Contains("r: 4 learning curves in ", said.Out, StringComparison.Ordinal);
        var curves = CsvReader.Curves(await File.ReadAllTextAsync(directory["runs/r/learning-curves.csv"]));
        Assert.Equal(4, curves.Length);
        foreach (var curve in curves)
        {
            var events = EventFileReader.Read(await File.ReadAllBytesAsync(Directory.GetFiles(directory[$"board/{curve.Method}/{curve.Run}"]).Single()))[1..];
            Assert.Equal(curve.Points.Select(point => (point.EnvSteps, (float)point.MeanReturn)), events.Select(entry => (entry.Step, entry.Scalars["return"])));
            Assert.Equal((float)curve.Points[^1].Entropy!.Value, events[^1].Scalars["mean of agents/entropy"]);
            Assert.Equal(curve.Method == "srpo", events[^1].Scalars.ContainsKey("adversary 1/KL"));
        }
    }

    [Fact]
    public async Task What_is_there_is_replaced_only_where_that_is_asked_for()
    {
        using var directory = trained.Copy();
        (await InProcess.RunAsync(directory.Root, "export", "r.srpo", "--tensorboard", "board")).Expect(ExitCode.Ok);
        var first = Directory.GetFiles(directory["board/r.srpo/0"]).Single();
        Assert.Contains($"{first} is there already; --force replaces it", (await InProcess.RunAsync(directory.Root, "export", "r.srpo", "--tensorboard", "board")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        directory.Write("board/r.srpo/0/notes.txt", "mine");
        (await InProcess.RunAsync(directory.Root, "export", "r.srpo", "--tensorboard", "board", "--force")).Expect(ExitCode.Ok);
        Assert.Single(Directory.GetFiles(directory["board/r.srpo/0"], "*tfevents*"));
        Assert.Equal("mine", await File.ReadAllTextAsync(directory["board/r.srpo/0/notes.txt"]));
    }

    [Theory]
    [InlineData("export nosuch --tensorboard board", ExitCode.NotFound, "unknown run 'nosuch'")]
    [InlineData("export r file --tensorboard board", ExitCode.Usage, "'file' is one thing too many")]
    [InlineData("export r --tensorboard board --adversary", ExitCode.Usage, "exclude each other")]
    [InlineData("export r.srpo/0/0", ExitCode.Usage, "FILE is missing")]
    [InlineData("export r --tensorboard runs/r/run.json", ExitCode.Usage, "name a directory")]
    internal async Task What_is_refused_leaves_nothing(string line, ExitCode code, string expected)
    {
        using var directory = trained.Copy();
        Assert.Contains(expected, (await InProcess.RunAsync(directory.Root, line.Split(' '))).Expect(code).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory["board"]));
    }
}

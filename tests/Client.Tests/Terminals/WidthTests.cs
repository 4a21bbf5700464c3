using System.Text.RegularExpressions;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Terminals;

/// <summary>What commands print on terminals of several widths: within the width, with no number broken and nothing lost.</summary>
public sealed partial class WidthTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    private static readonly string[] Lines =
    [
        "experiments", "experiments --keys", "experiments --presets", "experiments --methods", "show observation tag", "show observation hanabi", "show observation overcooked --encoding oneHot",
        "runs list", "runs show r", "report r", "population list", "population status r.srpo", "query agent r.srpo/0/0", "query adversary r.srpo/1/1", "query coordinator r.ippo",
        "query tournament r.training", "query environment r.srpo/0/0", "run tag-quick --dry-run", "rqe solve volunteers", "rqe check", "rqe markov stag-hunt-repeated", "devices", "doctor",
        "replay r.srpo/0 r.ippo/1 --steps 3 --no-wait", "verify gridworld missing.jsonl",
    ];

    public static TheoryData<int, string> Widths()
    {
        var data = new TheoryData<int, string>();
        foreach (var width in new[] { 60, 80, 200 })
            foreach (var line in Lines) data.Add(width, line);
        return data;
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public async Task Everything_is_within_the_width_and_no_number_is_broken(int width, string line)
    {
        using var directory = trained.Copy();
        var piped = await InProcess.RunAsync(directory.Root, line.Split(' '));
        var shown = await InProcess.OnTerminalAsync(directory.Root, (width, 24), keys: null, line.Split(' '));
        Assert.Equal(piped.Code, shown.Code);
        Assert.DoesNotContain('\u001b', shown.Out);
        foreach (var row in shown.Out.Split('\n'))
            Assert.True(LiveWriter.Cells(row) <= width || LongestWord(row) > width - 24, $"{LiveWriter.Cells(row)} characters on a line of {width}: {row}");

        // Every number of the text that nothing was fitted to is there, as often; those that tell rows apart may be there again.
        var (wanted, found) = (Numbers(piped.Out), Numbers(shown.Out));
        foreach (var (number, count) in wanted) Assert.True(found.GetValueOrDefault(number) >= count, $"{number} is there {found.GetValueOrDefault(number)} times, not {count}\n{shown.Out}\n--- in a pipe\n{piped.Out}");
    }

    [Fact]
    public async Task In_a_pipe_lines_are_as_long_as_they_are()
    {
        using var directory = trained.Copy();
        var piped = (await InProcess.RunAsync(directory.Root, "report", "r")).Expect(ExitCode.Ok);
        Assert.Single(piped.Out.Split('\n'), line => line.Contains("self-play", StringComparison.Ordinal) && line.Contains("free-riding", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, "one table")]
    [InlineData(40, "parts")]
    [InlineData(20, "records")]
    public void A_table_is_whole_in_parts_or_records_as_the_width_allows(int width, string expected)
    {
        var output = new StringWriter { NewLine = "\n" };
        var shell = new Shell(output, TextWriter.Null, "/", width, OutIsTerminal: true, ErrorIsTerminal: false);
        string[] headers = ["method", "seat#", "mean return#", "95 % interval#", "worst#", "note"];
        Tables.Print(shell, headers, [["srpo", "0", "123.456", "[120.0, 127.5]", "-10.25", ""], ["srpo", "1", "99.5", "[90.0, 101.5]", "-12.75", ""]]);
        var text = output.ToString();
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
        foreach (var number in new[] { "123.456", "[120.0, 127.5]", "-10.25", "99.5", "[90.0, 101.5]", "-12.75" }) Assert.Single(Regex.Matches(text, Regex.Escape(number)));
        Assert.Equal(expected, text.Contains("method srpo, seat 1", StringComparison.Ordinal) ? "records" : Regex.Count(text, "method") > 1 ? "parts" : "one table");
        if (width < 200) Assert.DoesNotContain("note", text, StringComparison.Ordinal);
    }

    private static int LongestWord(string row) => row.Split(' ').Max(LiveWriter.Cells);

    private static Dictionary<string, int> Numbers(string text) => NumberWords().Matches(text).GroupBy(match => match.Value).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>Numbers, apart from times and rates, which differ from one run to the next.</summary>
    [GeneratedRegex(@"(?<=^|[\s\[(])[-−+]?\d+(?:[.,]\d+)*(?=$|[\s\],;)])(?! (?:ms|s|min|k?\s?env-steps/s|[GMk]B?)\b)", RegexOptions.Multiline)]
    private static partial Regex NumberWords();
}

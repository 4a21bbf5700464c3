using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting;

namespace Srpo.Client.Tests.Commands;

/// <summary>Debates on a terminal: to be read, whatever models have said.</summary>
public sealed class TranscriptTests
{
    [Theory]
    [InlineData("short", 20, "short")]
    [InlineData("one two three four", 9, "one two\nthree\nfour")]
    [InlineData("    6 apples in each of 7 trees are 42", 16, "    6 apples in\n    each of 7\n    trees are 42")]
    [InlineData("a\n\n  b c d\n", 5, "a\n\n  b c\n  d")]
    [InlineData("abcdefghij", 4, "abcd\nefgh\nij")]
    [InlineData("  abcdefgh", 6, "  abcd\n  efgh")]
    [InlineData("                    deep", 10, "\ndeep")]
    [InlineData("a\r\nb\tc", 20, "a\nb    c")]
    [InlineData("\u001b[2Jgone\u0007 \u009b1m", 40, "?[2Jgone? ?1m")]
    public void Lines_are_broken_between_words_and_control_characters_are_shown(string text, int width, string expected) => Assert.Equal(expected, Prose.Break(text, width));

    [Fact]
    public void No_letter_is_broken_and_no_line_is_too_long()
    {
        var letters = string.Concat(Enumerable.Repeat("e\u0301\ud83c\udf4e", 30));
        var lines = Prose.Break($"  {letters} and more", 11).Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 11 && line.StartsWith("  ", StringComparison.Ordinal) && !char.IsLowSurrogate(line[2]) && line[2] != '\u0301' && !char.IsHighSurrogate(line[^1])));
        Assert.Equal(letters + "andmore", string.Concat(lines.Select(line => line.Replace(" ", "", StringComparison.Ordinal))));
    }

    [Fact]
    public void Without_a_width_no_line_is_broken() => Assert.Equal(new string('x', 500), Prose.Break(new string('x', 500), null));

    [Theory]
    [InlineData(true, "Question\n\nRound 1 of\n2\n    aaaa\n    bbbb\n")]
    [InlineData(false, "Question\n\nRound 1 of 2\n    aaaa bbbb\n")]
    public async Task Rounds_stand_one_below_the_other_and_fit_a_terminal(bool isTerminal, string expected)
    {
        var output = new StringWriter { NewLine = "\n" };
        await ReplayView.ShowDebateAsync(new Shell(output, TextWriter.Null, "/", 10, isTerminal, false), ["Question\n", "Round 1 of 2\n    aaaa bbbb\n"], TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(expected, output.ToString());
        Assert.DoesNotContain('\u001b', output.ToString());
    }

    [Theory]
    [InlineData(40, "a long header", "name")]
    [InlineData(19, "a long", "header")]
    public void Headers_are_broken_where_a_table_does_not_fit(int width, params string[] whole)
    {
        var output = new StringWriter();
        Tables.Print(new Shell(output, TextWriter.Null, "/", width, true, false), new SummaryTable("Title", [new("a long header"), new("name", false)], [["1", "xyz"]]));
        var lines = output.ToString().Split('\n').Select(line => line.Trim()).ToArray();
        Assert.All(whole, text => Assert.Contains(lines, line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries).Any(part => part.Trim() == text)));
        Assert.All(lines.Skip(1), line => Assert.True(line.Length <= width));
    }

    [Fact]
    public void After_a_run_of_debates_its_tables_are_joint_accuracies()
    {
        var output = new StringWriter();
        var shell = new Shell(output, TextWriter.Null, "/", 100, false, false);
        var accuracy = new DebateAccuracy(0.5, new Interval(0.25, 0.75), 0.625, null);
        var results = new DebateResults(
            "training", new DebateBatch([new("srpo", "small", "large", 4, 10, accuracy)], [], []), new DebateBatch([new("srpo", "small", "other", 2, 10, accuracy)], [], []), 0.95)
        {
            Baselines = [new("srpo", "small", "large", accuracy, accuracy, accuracy) { Votes = [new("small & large", 5.5, accuracy, accuracy)] }],
        };
        var summary = new RunSummary(new RunInfo { Name = "debate", Id = "debate-1", Date = default }, [], [], BootstrapOptions.Default)
        {
            Debaters = [new("srpo-small", "srpo", "small", PopulationRole.Subject, true)],
            Debates = [results],
        };
        RunSummaryView.Print(new CommandContext(shell, RootCommandBuilder.Build(shell).Parse(["runs", "list"]), CancellationToken.None), summary, "/out/report.html");
        var text = output.ToString();
        foreach (var shown in new[] { "small & large", "0.500 [0.250, 0.750]", "small with other", "Debate ahead by", "report: /out/report.html" }) Assert.Contains(shown, text, StringComparison.Ordinal);
        foreach (var wrong in new[] { "free-", "self-play", "earns" }) Assert.DoesNotContain(wrong, text, StringComparison.Ordinal);
    }
}

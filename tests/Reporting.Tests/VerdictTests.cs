using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

public class VerdictTests
{
    [Fact]
    public void Srpo_ahead()
    {
        var text = Text(MatrixOf.Blocks("training", 4, ("ippo", 442, 219, 1, 25), ("srpo", 572, 571, 12, 13)));
        Assert.StartsWith("On the training layout, SRPO's mean return with a partner from another run is 571, against IPPO's 219.", text, StringComparison.Ordinal);
        Assert.Contains("do not overlap", text, StringComparison.Ordinal);
        Assert.Contains("SRPO does about as well with strangers as with the partner it trained with (571 against 572).", text, StringComparison.Ordinal);
        Assert.Contains("IPPO earns 442 with the partner it trained with and loses 50 % of it with strangers.", text, StringComparison.Ordinal);
        Assert.Contains("IPPO free-rides: in self-play one seat pays on average 25.0 of the 26.0 that both pay.", text, StringComparison.Ordinal);
        Assert.Contains("SRPO shares the work: in self-play the seats' costs differ by 1.00 of 25.0.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Srpo_behind()
    {
        var text = Text(MatrixOf.Blocks("training", 4, ("ippo", 500, 480, 0, 0), ("srpo", 100, -20, 10, 20)));
        Assert.StartsWith("On the training layout, IPPO's mean return with a partner from another run is 480, against SRPO's −20.0.", text, StringComparison.Ordinal);
        Assert.Contains("SRPO earns 100 with the partner it trained with, but −20.0 with strangers.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("IPPO free-rides", text, StringComparison.Ordinal);
        Assert.Contains("SRPO shares the work unevenly: in self-play the seats' costs differ by 10.0 of 30.0.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlapping_intervals_settle_nothing()
    {
        AgentLabel[] agents = [.. MatrixOf.Agents("ippo", 6), .. MatrixOf.Agents("srpo", 6)];
        var text = Text(MatrixOf.Cells("training", agents, (row, column) => (100 * (row % 6) + (row >= 6 ? 10 : 0), 0, 0)));
        Assert.Contains("These seeds do not settle the order of SRPO and IPPO", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tie_has_no_leader()
    {
        var text = Text(
            MatrixOf.Blocks("training", 4, ("ippo", 10, 10, 0, 0), ("srpo", 10, 10, 0, 0)),
            MatrixOf.Blocks("held-out-a", 4, ("ippo", 10, 10, 0, 0), ("srpo", 20, 20, 0, 0)));
        Assert.DoesNotContain("leads", text, StringComparison.Ordinal);
        Assert.Contains("overlap", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_method_is_compared_with_itself_only()
    {
        var text = Text(MatrixOf.Blocks("training", 4, ("srpo", 100, 130, 5, 5)));
        Assert.StartsWith("On the training layout, SRPO's mean return with a partner from another run is 130.", text, StringComparison.Ordinal);
        Assert.Contains("SRPO does better with strangers than with the partner it trained with (130 against 100).", text, StringComparison.Ordinal);
        Assert.DoesNotContain("against IPPO", text, StringComparison.Ordinal);
        Assert.DoesNotContain("overlap", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_run_has_no_strangers()
    {
        var text = Text(MatrixOf.Blocks("training", 1, ("ippo", 442, 0, 1, 25), ("srpo", 572, 0, 0, 0)));
        Assert.StartsWith("On the training layout, the mean return in self-play is 442 for IPPO and 572 for SRPO;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("strangers", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_runs_are_too_few_for_an_interval() =>
        Assert.Contains("too few runs", Text(MatrixOf.Blocks("training", 2, ("ippo", 4, 2, 0, 0), ("srpo", 5, 5, 0, 0))), StringComparison.Ordinal);

    [Fact]
    public void Other_layouts_are_counted_and_exceptions_named()
    {
        (string, double, double, double, double) ippo = ("ippo", 4, 2, 0, 0), srpo = ("srpo", 5, 5, 0, 0), worse = ("srpo", 1, 1, 0, 0);
        var training = MatrixOf.Blocks("training", 3, ippo, srpo);
        var a = MatrixOf.Blocks("held-out-a", 3, ippo, srpo);
        var b = MatrixOf.Blocks("held-out-b", 3, ippo, srpo);
        var c = MatrixOf.Blocks("held-out-c", 3, ippo, worse);
        Assert.Contains("SRPO also leads on held-out A.", Text(training, a), StringComparison.Ordinal);
        Assert.Contains("SRPO also leads on all 2 other layouts.", Text(training, a, b), StringComparison.Ordinal);
        var mixed = Text(training, a, b, c);
        Assert.Contains("SRPO also leads on 2 of 3 other layouts.", mixed, StringComparison.Ordinal);
        Assert.Contains("Elsewhere the order changes: IPPO leads on held-out C (2.00 against 1.00).", mixed, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_played_is_said()
    {
        Assert.StartsWith("No run has been played", Text(), StringComparison.Ordinal);
        var results = SyntheticRun.Create(2) with { Matrices = [] };
        Assert.Contains("ended its training with a return of", string.Join(' ', Verdict.Sentences(SummaryBuilder.Build(results))), StringComparison.Ordinal);
    }

    private static string Text(params CrossPlayMatrix[] matrices) =>
        string.Join(' ', Verdict.Sentences(SummaryBuilder.Build(MatrixOf.Results(matrices))));
}

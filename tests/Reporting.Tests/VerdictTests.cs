using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

public class VerdictTests
{
    [Fact]
    public void Srpo_ahead()
    {
        var text = Text(MatrixOf.Blocks("training", 4, ("ippo", 442, 219, 1, 25), ("srpo", 572, 571, 12, 13)));
        Assert.StartsWith("On the training layout, SRPO's mean return with a partner from another run is 571, against IPPO's 219.", text, StringComparison.Ordinal);
        Assert.Contains("The difference between SRPO and IPPO is decisive: its 95 % interval, [352, 352], does not hold 0.", text, StringComparison.Ordinal);
        Assert.Contains("There are few runs, 4 of a method; intervals of fewer than 10 are rough.", text, StringComparison.Ordinal);
        Assert.Contains("SRPO earns about the same with strangers as with the partner it trained with (571 against 572).", text, StringComparison.Ordinal);
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
        Assert.Matches(@"The order of SRPO and IPPO is not decisive: the 95 % interval of the difference, \[−\S+, \d+\], holds 0\.", text);
    }

    [Fact]
    public void A_tie_has_no_leader()
    {
        var text = Text(
            MatrixOf.Blocks("training", 4, ("ippo", 10, 10, 0, 0), ("srpo", 10, 10, 0, 0)),
            MatrixOf.Blocks("held-out-a", 4, ("ippo", 10, 10, 0, 0), ("srpo", 20, 20, 0, 0)));
        Assert.Contains("Elsewhere SRPO leads on held-out A (20.0 against 10.0).", text, StringComparison.Ordinal);
        Assert.StartsWith("On the training layout, the mean return with a partner from another run is 10.0 for IPPO and SRPO alike. The order of IPPO and SRPO is not decisive", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_method_is_compared_with_itself_only()
    {
        var text = Text(MatrixOf.Blocks("training", 4, ("srpo", 100, 130, 5, 5)));
        Assert.StartsWith("On the training layout, SRPO's mean return with a partner from another run is 130.", text, StringComparison.Ordinal);
        Assert.Contains("SRPO earns more with strangers than with the partner it trained with (130 against 100).", text, StringComparison.Ordinal);
        Assert.DoesNotContain("against IPPO", text, StringComparison.Ordinal);
        Assert.DoesNotContain("decisive", text, StringComparison.Ordinal);
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
        Assert.Contains("The order of SRPO and IPPO is not decisive: 2 runs are too few for an interval of the difference.", Text(MatrixOf.Blocks("training", 2, ("ippo", 4, 2, 0, 0), ("srpo", 5, 5, 0, 0))), StringComparison.Ordinal);

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

    /// <summary>Sentences by environment, each with its own scale of returns. Costs are those of both seats in self-play.</summary>
    [Theory]
    // Gridworld: one that never delivers, and stands still or pays for its moves.
    [InlineData("0 0 0 0|571 570 12 13", "SRPO's mean return with a partner from another run is 570.; decisive; IPPO did not learn to earn anything on the training layout: its mean return is 0.00, with the partner it trained with and with strangers.; The gap between self-play and cross-play is 1.00 for SRPO.; The worst pair of different runs earns 570 with SRPO (srpo/0 x srpo/1, of", "IPPO earns; shares the work: in self-play the seats' costs differ by 0.00; 0.00 with")]
    [InlineData("-12 -20 6 6|571 570 12 13", "IPPO did not learn to earn anything on the training layout: nothing is paid in self-play, and what it costs leaves a return of −12.0.", "IPPO earns; IPPO shares; IPPO free-rides")]
    [InlineData("0 0 0 0|0 0 0 0", "IPPO did not learn to earn anything; SRPO did not learn to earn anything", "against; decisive; worst; alike")]
    [InlineData("-212 -210 90 100|571 570 12 13", "IPPO earns about the same with strangers as with the partner it trained with (−210 against −212).", "IPPO shares; IPPO free-rides; well")]
    [InlineData("442 219 1 25|572 571 12 13", "IPPO free-rides; loses 50 % of it; SRPO shares the work: in self-play the seats' costs differ by 1.00 of 25.0.", "not decisive; did not learn")]
    // Tag: returns may be negative on both sides; there are no costs.
    [InlineData("-120 -180 0 0|-60 -61 0 0", "SRPO's mean return with a partner from another run is −61.0, against IPPO's −180.; decisive; IPPO earns −120 with the partner it trained with, but −180 with strangers.", "did not learn; shares; loses; better; well")]
    // Hanabi: 0 to 25.
    [InlineData("24.5 3 0 0|18 17.5 0 0", "IPPO earns 24.5 with the partner it trained with and loses 88 % of it with strangers.; SRPO earns about the same with strangers", "did not learn; shares")]
    [InlineData("0 0 0 0|18 17.5 0 0", "IPPO did not learn to earn anything", "IPPO's; IPPO earns")]
    // Matrix games: payoffs of any size; what differs looks different.
    [InlineData("0.002 0.001 0 0|0.004 0.003 0 0", "SRPO's mean return with a partner from another run is 0.00300, against IPPO's 0.00100.; IPPO earns 0.00200 with the partner it trained with and loses 50 % of it with strangers.", "did not learn; 0.00 ")]
    [InlineData("3 3 0 0|3 3 0 0", "the mean return with a partner from another run is 3.00 for IPPO and SRPO alike.; is not decisive; SRPO earns the same with strangers as with the partner it trained with, 3.00.", "against; did not learn")]
    public void Words_are_true_in_every_environment(string blocks, string expected, string never)
    {
        double[][] numbers = [.. blocks.Split('|').Select(block => block.Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
        var text = Text(MatrixOf.Blocks("training", 12, ("ippo", numbers[0][0], numbers[0][1], numbers[0][2], numbers[0][3]), ("srpo", numbers[1][0], numbers[1][1], numbers[1][2], numbers[1][3])));
        Assert.All(expected.Split("; "), part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.All(never.Split("; "), part => Assert.DoesNotContain(part, text, StringComparison.Ordinal));
        Assert.DoesNotContain("few runs", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_return_that_training_did_not_raise_is_named()
    {
        var results = MatrixOf.Results(MatrixOf.Blocks("training", 3, ("ippo", -212, -210, 0, 0), ("srpo", 5, 5, 0, 0))) with
        {
            Curves = [Curve("ippo", -60, -212), Curve("srpo", -60, 5)],
        };
        var sentences = Verdict.Sentences(SummaryBuilder.Build(results));
        Assert.Contains("IPPO's return did not rise in training: −212 at its end, −60.0 before it.", sentences);
        Assert.DoesNotContain(sentences, sentence => sentence.StartsWith("SRPO's return did not", StringComparison.Ordinal));

        static LearningCurve Curve(string method, double before, double after) => new(method, 0, [new(0, 0, before, default), new(10, 10, after, default)]);
    }

    [Theory]
    [InlineData(1, "1 run is too few", false)]
    [InlineData(2, "2 runs are too few", true)]
    [InlineData(9, "decisive: its 95 % interval", true)]
    [InlineData(10, "decisive: its 95 % interval", false)]
    public void Few_runs_say_so(int runs, string expected, bool few)
    {
        AgentLabel[] agents = [.. MatrixOf.Agents("ippo", Math.Max(2, runs)), .. MatrixOf.Agents("srpo", runs)];
        if (runs == 1) agents = [.. MatrixOf.Agents("ippo", 1), .. MatrixOf.Agents("srpo", 1)];
        var text = Text(MatrixOf.Cells("training", agents, (row, column) => (agents[row].Method == "srpo" ? 20 : 10, 0, 0)));
        Assert.Equal(few, text.Contains($"There are few runs, {runs} of a method", StringComparison.Ordinal));
        if (runs > 1) Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    /// <summary>Whatever the numbers are: what a sentence claims is what the summary says.</summary>
    [Fact]
    public void No_sentence_claims_more_than_its_numbers()
    {
        var random = new Random(11);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string[] methods = ["ippo", "srpo", "fcp"];
        for (var trial = 0; trial < 400; trial++)
        {
            var runs = random.Next(1, 13);
            var scale = Math.Pow(10, random.Next(-4, 4));
            var layouts = Enumerable.Range(0, random.Next(1, 4)).Select(i => Matrix(i == 0 ? "training" : $"held-out-{(char)('a' + i - 1)}")).ToArray();
            var summary = SummaryBuilder.Build(MatrixOf.Results(layouts), new Core.Statistics.BootstrapOptions(Resamples: 100));
            var sentences = Verdict.Sentences(summary);
            var (main, all) = (summary.Layouts[0], string.Join(' ', sentences));
            Assert.DoesNotMatch(@"NaN|∞|–|\b(\d+\.\d+) against \1\b|is (−?\d+\.\d+), against [^.]*'s \2\b", all);
            Assert.Equal(all.Contains("few runs", StringComparison.Ordinal), runs is >= 2 and < 10 && all.Contains("partner from another run", StringComparison.Ordinal));
            foreach (var sentence in sentences)
            {
                var method = main.Methods.FirstOrDefault(each => sentence.StartsWith(MatrixOf.Names.Of(each.Method) + " ", StringComparison.Ordinal));
                if (Says(sentence, "shares the work") || Says(sentence, "free-rides")) Assert.True(method!.SelfPlay.Mean > 0 && method.PrivateCost!.Value.Total > 0);
                if (Says(sentence, "did not learn")) Assert.True(method!.SelfPlay.Mean <= scale * 1e-2 && !(method.CrossPlay.Mean > scale * 1e-2));
                if (Says(sentence, "loses")) Assert.InRange((method!.SelfPlay.Mean!.Value - method.CrossPlay.Mean!.Value) / method.SelfPlay.Mean.Value, 0, 1);
                if (Says(sentence, "with strangers than")) Assert.True(method!.CrossPlay.Mean > method.SelfPlay.Mean);
                if (Says(sentence, " is decisive: its")) Assert.True(main.Lead!.IsDecisive);
                if (Says(sentence, "is not decisive:")) Assert.False(main.Lead!.IsDecisive);
                foreach (var layout in summary.Layouts.Skip(1))
                {
                    if (Says(sentence, "leads on " + "held-out " + char.ToUpperInvariant(layout.Layout[^1]))) Assert.True(layout.Lead!.IsDecisive);
                }
            }

            CrossPlayMatrix Matrix(string name)
            {
                // Of every method: nothing, a loss, a gain, noise around nothing.
                var kinds = methods.Select(_ => random.Next(4)).ToArray();
                var spread = random.Next(2) * random.NextDouble();
                AgentLabel[] agents = [.. methods.SelectMany(method => MatrixOf.Agents(method, runs))];
                return MatrixOf.Cells(name, agents, (row, column) =>
                {
                    var level = kinds[row / runs] switch { 0 => 0, 1 => -1, 2 => 1 + (row == column ? random.NextDouble() : 0), _ => random.NextDouble() - 0.5 };
                    return (scale * (level + (level == 0 ? 0 : spread * (random.NextDouble() - 0.5))), kinds[row / runs] == 0 ? 0 : random.NextDouble(), random.Next(2));
                });
            }

            bool Says(string sentence, string words) => sentence.Contains(words, StringComparison.Ordinal) && (seen.Add(words) || true);
        }

        Assert.Superset(new HashSet<string> { "shares the work", "free-rides", "did not learn", "loses", "with strangers than", " is decisive: its", "is not decisive:", "leads on held-out A" }, seen);
    }

    [Fact]
    public void What_is_missing_is_said_last() =>
        Assert.Equal("This is missing.", Verdict.Sentences(SummaryBuilder.Build(MatrixOf.Results(MatrixOf.Blocks("training", 2, ("srpo", 5, 5, 0, 0))) with { Notes = ["This is missing."] }))[^1]);

    [Theory]
    [InlineData(0.001, 0.0, 0.0, 0.02, "no probability differs by more than 0.020 from that of the nearest equilibrium of the theory", "There is no free-riding, neither learned nor at the equilibria.")]
    [InlineData(0.2, 0.3, 0.25, 0.02, "no probability differs by more than 0.020", "Free-riding is 0.30, at the equilibria 0.25.")]
    [InlineData(0.2, 0.3, 0.25, 0.4, "Not all of the learned strategies of 4 teams are near an equilibrium of the theory: a probability of SRPO differs by 0.400 from that of the nearest.", "Free-riding is 0.30")]
    public void Strategies_are_near_an_equilibrium_or_not(double mean, double freeRiding, double atEquilibrium, double largest, string near, string riding)
    {
        var summary = SummaryBuilder.Build(MatrixOf.Results()) with { Equilibria = [new EquilibriumSummary("srpo", 1, 0.1, 4, mean, largest, freeRiding, atEquilibrium)] };
        var sentences = Verdict.Sentences(summary);
        Assert.Contains(near, sentences[0], StringComparison.Ordinal);
        Assert.StartsWith(riding, sentences[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(33, 10.0, 50.0, "In the training environment SRPO earns 33.0 less in self-play than IPPO, IPPO minus SRPO [10.0, 50.0].")]
    [InlineData(33, -10.0, 50.0, "SRPO earns 33.0 less in self-play than IPPO, IPPO minus SRPO [−10.0, 50.0], which holds 0 and is not decisive.")]
    [InlineData(-33, double.NaN, 0, "SRPO earns 33.0 more in self-play than IPPO; there are too few runs for an interval, so this is not decisive.")]
    [InlineData(0, -1, 1, "SRPO and IPPO earn the same in self-play.")]
    public void The_cost_of_risk_aversion_says_whether_it_is_more_than_chance(double mean, double low, double high, string expected)
    {
        var cost = new SelfPlayCost("ippo", mean, double.IsNaN(low) ? null : new Core.Statistics.Interval(low, high));
        Assert.EndsWith(expected, Verdict.Cost(new MethodShift("srpo", BlockSummary.Empty, BlockSummary.Empty, BlockSummary.Empty, BlockSummary.Empty, cost), MatrixOf.Names), StringComparison.Ordinal);
        Assert.Null(Verdict.Cost(new MethodShift("ippo", BlockSummary.Empty, BlockSummary.Empty, BlockSummary.Empty, BlockSummary.Empty, null), MatrixOf.Names));
    }

    private static string Text(params CrossPlayMatrix[] matrices) =>
        string.Join(' ', Verdict.Sentences(SummaryBuilder.Build(MatrixOf.Results(matrices))));
}

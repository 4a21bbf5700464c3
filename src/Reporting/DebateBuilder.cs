using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting;

/// <summary>Makes the tables, diagnostics and baselines of debates from what became of every question. Formulas: docs/methods/debate.md.</summary>
internal static class DebateBuilder
{
    /// <summary>Stands for a side of one run, which is not resampled and so of no population.</summary>
    private const int NotResampled = int.MaxValue - 1;

    private static readonly AnswerRule[] Rules = Enum.GetValues<AnswerRule>();

    /// <summary>One entry per layout that was debated.</summary>
    public static ImmutableArray<DebateResults> Build(RunResults results, BootstrapOptions options) =>
        [.. results.Debates.Select(matches => new Tournament(matches, results.Debaters, options).Results()).Where(debates => !debates.IsEmpty)];

    /// <summary>One entry per population with validation debates.</summary>
    public static ImmutableArray<DebateLearning> BuildLearning(RunResults results) =>
        [.. results.Debaters.Select(population => Learning(population, results.Curves)).OfType<DebateLearning>()];

    /// <summary>Key of the method that others are compared with: the experiment's baseline, or else the first that was trained; null where nothing was.</summary>
    public static string? Baseline(IReadOnlyCollection<DebaterPopulation> debaters) =>
        (debaters.FirstOrDefault(population => population.Role == PopulationRole.Baseline) ?? debaters.FirstOrDefault(population => population.IsTrained))?.Method;

    private static DebateLearning? Learning(DebaterPopulation population, ImmutableArray<LearningCurve> curves)
    {
        LearningPoint[][] runs =
        [
            .. curves.Where(curve => curve.Method == population.Label && !curve.Points.IsDefault)
                .Select(curve => curve.Points.Where(point => point.Debates is not null).ToArray()).Where(points => points.Length > 0),
        ];
        return runs.Length == 0 ? null : new(
            population, runs.Length, runs.Max(points => points[^1].AgentSteps), Rounds([.. runs.Select(points => points[0].Debates!)]), Rounds([.. runs.Select(points => points[^1].Debates!)]));
    }

    private static ImmutableArray<LearnedRound> Rounds(DebateOutcomes[] runs)
    {
        var (strict, flexible) = (runs.Select(debates => DebateMeasures.Of(debates, AnswerRule.Strict)).ToArray(), runs.Select(debates => DebateMeasures.Of(debates, AnswerRule.Flexible)).ToArray());
        return
        [
            .. Enumerable.Range(0, runs.Min(debates => debates.Rounds)).Select(round =>
            {
                double[] accuracies = [.. strict.Select(measures => measures[round].Accuracy.Total / 2)];
                return new LearnedRound(
                    Descriptive.Mean(accuracies), Descriptive.StandardDeviation(accuracies), Descriptive.Mean([.. strict.Select(measures => measures[round].Joint)]),
                    Descriptive.Mean([.. flexible.Select(measures => measures[round].Accuracy.Total / 2)]));
            }),
        ];
    }

    /// <summary>The debates of one layout.</summary>
    private sealed class Tournament
    {
        private readonly DebateMatches _matches;
        private readonly BootstrapOptions _options;
        private readonly Side[] _sides;
        private readonly string[] _methods;
        private readonly string[] _models;
        private readonly string? _baseline;

        /// <summary>Models that nothing was trained from; none where nothing was trained at all.</summary>
        private readonly Side[] _strangers;

        public Tournament(DebateMatches matches, ImmutableArray<DebaterPopulation> debaters, BootstrapOptions options)
        {
            (_matches, _options) = (matches, options);
            _sides =
            [
                .. debaters.Select((population, stratum) => new Side(
                    population, [.. Enumerable.Range(0, matches.Players.Length).Where(player => matches.Players[player].Method == population.Label)], stratum)).Where(side => side.Players.Length > 0),
            ];
            _methods = [.. _sides.Select(side => side.Population.Method).Distinct()];
            _models = [.. _sides.Select(side => side.Population.Model).Distinct()];
            _baseline = Baseline(debaters);
            var trained = _sides.Where(side => side.Population.IsTrained).Select(side => side.Population.Model).ToHashSet(StringComparer.Ordinal);
            _strangers = trained.Count == 0 ? [] : [.. _sides.Where(side => !side.Population.IsTrained && !trained.Contains(side.Population.Model))];
        }

        public DebateResults Results()
        {
            // Every pair of models has the same order in all methods.
            string[] models = [.. _models.Except(_strangers.Select(stranger => stranger.Population.Model))];
            Block[] joint =
            [
                .. from first in Enumerable.Range(0, models.Length) from second in Enumerable.Range(first + 1, models.Length - first - 1) from method in _methods
                   select Between(Find(method, models[first]), Find(method, models[second])) into block where block is not null select block,
            ];
            Block[] strange =
            [
                .. from stranger in _strangers from model in models from method in _methods
                   select Between(Find(method, model), stranger) into block where block is not null select block,
            ];
            return new(_matches.Layout, Table(joint, DebateScore.Joint), Table(strange, DebateScore.First), _options.Level)
            {
                Diagnostics = [.. _methods.SelectMany(method => Diagnostics(method, joint, strange))],
                Baselines = [.. joint.Concat(strange).Select(ToBaseline)],
            };
        }

        private Side? Find(string method, string model) => Array.Find(_sides, side => side.Population.Method == method && side.Population.Model == model);

        /// <summary>The debates of every run of one population with every one of another, in both orders; null where there are none.</summary>
        private Block? Between(Side? row, Side? column)
        {
            if (row is null || column is null || row == column) return null;
            var pairs =
                from i in Enumerable.Range(0, row.Players.Length)
                from j in Enumerable.Range(0, column.Players.Length)
                let there = _matches[row.Players[i], column.Players[j]]
                let back = _matches[column.Players[j], row.Players[i]]?.Swapped()
                where there is not null || back is not null
                select new PairDebates(i, j, [.. new[] { there, back }.OfType<DebateOutcomes>()]);
            return Make(row, column, [.. pairs]);
        }

        /// <summary>The debates of the runs of one population with each other.</summary>
        private Block? Within(Side side)
        {
            var pairs =
                from i in Enumerable.Range(0, side.Players.Length)
                from j in Enumerable.Range(0, side.Players.Length)
                where i != j && _matches[side.Players[i], side.Players[j]] is not null
                select new PairDebates(i, j, _matches[side.Players[i], side.Players[j]]!);
            return Make(side, side, [.. pairs]);
        }

        /// <summary>The debates of every run of a population with itself: a block that is not resampled as pairs but as runs.</summary>
        private Block? Itself(Side side)
        {
            var pairs =
                from i in Enumerable.Range(0, side.Players.Length)
                where _matches[side.Players[i], side.Players[i]] is not null
                select new PairDebates(i, 0, _matches[side.Players[i], side.Players[i]]!);
            return Make(side, side with { Players = side.Players[..1], Stratum = NotResampled }, [.. pairs]);
        }

        private static Block? Make(Side row, Side column, PairDebates[] pairs) =>
            pairs.Length == 0 ? null : new(row, column, new DebateMatrix(row.Population.Method, row.ToPopulation(), column.ToPopulation(), pairs));

        private DebateBatch Table(Block[] blocks, DebateScore score)
        {
            if (blocks.Length == 0) return DebateBatch.Empty;
            var columns = blocks.Select(block => block.Models).Distinct().ToArray();
            var differences =
                from column in columns
                let baseline = Array.Find(blocks, block => block.Models == column && block.Debates.Method == _baseline)
                where baseline is not null
                from block in blocks
                where block.Models == column && block != baseline
                select block.Debates.Minus(baseline.Debates, score, _options);
            var whole = _methods
                .Select(method => (Method: method, Blocks: blocks.Where(block => block.Debates.Method == method).Select(block => block.Debates).ToArray()))
                .Where(method => columns.Length > 1 && method.Blocks.Length == columns.Length).ToArray();
            var all = Array.Find(whole, method => method.Method == _baseline).Blocks;
            return new(
                [.. blocks.Select(block => block.Debates.ToCell(score, _options))],
                [
                    .. whole.Select(method => new DebateCell(
                        method.Method, DebateBatch.AllModels, DebateBatch.AllModels, method.Blocks.Sum(block => block.Pairs), method.Blocks[0].Questions, DebateMatrix.Mean(method.Blocks, score, _options))),
                ],
                [
                    .. differences,
                    .. whole.Where(method => all is not null && method.Method != _baseline).Select(method => new DebateDifference(
                        method.Method, _baseline!, DebateBatch.AllModels, DebateBatch.AllModels, DebateMatrix.Difference(method.Blocks, all!, score, _options))),
                ]);
        }

        private IEnumerable<DebateDiagnostics> Diagnostics(string method, Block[] joint, Block[] strange)
        {
            Side[] own = [.. _sides.Except(_strangers).Where(side => side.Population.Method == method)];
            Block[] models = [.. joint.Where(block => block.Debates.Method == method)];
            if (models.Length > 0) yield return Alike(DebateDiagnostics.AnotherModel, models);
            Block[] runs = [.. own.Select(Within).OfType<Block>()];
            if (runs.Length > 0) yield return Alike(DebateDiagnostics.AnotherRun, runs);
            Block[] selves = [.. own.Select(Itself).OfType<Block>()];
            if (selves.Length > 0) yield return Alike(DebateDiagnostics.Itself, selves);
            foreach (var stranger in strange.Where(block => block.Debates.Method == method).GroupBy(block => block.Column.Population.Model))
                yield return Rounds(method, stranger.Key, [.. stranger], isStranger: true);

            // Of two of the same kind either may be the one that is looked at.
            DebateDiagnostics Alike(string partner, Block[] blocks) => Rounds(method, partner, blocks, isStranger: false);
        }

        private DebateDiagnostics Rounds(string method, string partner, Block[] blocks, bool isStranger)
        {
            DebateOutcomes[] debates = [.. blocks.SelectMany(block => block.Debates.Debates)];
            if (!isStranger) debates = [.. debates, .. debates.Select(each => each.Swapped())];
            var (strict, flexible) = (DebateMeasures.Of(debates, AnswerRule.Strict), DebateMeasures.Of(debates, AnswerRule.Flexible));
            return new(method, partner, isStranger,
            [
                .. Enumerable.Range(0, strict.Count).Select(round => new DebateRound(
                    Count(strict[round]), Count(flexible[round]), Mean(isStranger ? DebateScore.First : DebateScore.Each, round), Mean(DebateScore.Joint, round))),
            ]);

            RoundMeasures Count(RoundMeasures measures) => isStranger ? measures : measures with { Debates = measures.Debates / 2 };

            DebateAccuracy Mean(DebateScore score, int round) => DebateMatrix.Mean(
                [.. blocks.Select(block => block.Debates.Outcomes(score, AnswerRule.Strict, round))], [.. blocks.Select(block => block.Debates.Outcomes(score, AnswerRule.Flexible, round))], _options);
        }

        private DebateBaseline ToBaseline(Block block)
        {
            var debates = block.Debates;
            DebateOutcomes[] all = [.. debates.Debates];
            return new(
                debates.Method, debates.Rows.Model, debates.Columns.Model, debates.Accuracy(DebateScore.Each, debates.Rounds - 1, _options),
                debates.Accuracy(DebateScore.First, 0, _options), debates.Accuracy(DebateScore.Second, 0, _options))
            {
                Tokens = all.Average(each => Enumerable.Range(0, each.Questions.Length).Average(each.TokensOf)),
                Votes = [.. new[] { Vote(block, true, false), Vote(block, false, true), Vote(block, true, true) }.OfType<DebateVote>()],
                Seats = _matches.IsOrdered && Sitting(block, exchanged: false) is { } first && Sitting(block, exchanged: true) is { } exchanged
                    ? (first.Accuracy(DebateScore.Joint, debates.Rounds - 1, _options), exchanged.Accuracy(DebateScore.Joint, debates.Rounds - 1, _options)) : null,
            };
        }

        /// <summary>The vote of independent answers of one or both models; null where a run has none, or to other questions.</summary>
        private DebateVote? Vote(Block block, bool first, bool second)
        {
            var (rows, columns) = (Independent(block, block.Row), Independent(block, block.Column));
            if ((first && rows is null) || (second && columns is null)) return null;
            var (answers, votes) = (0L, 0L);
            var outcomes = Rules.Select(rule => block.Debates.Outcomes((pair, debates, question) =>
            {
                IndependentAnswers[] models = [.. new[] { first ? rows![pair.Row] : null, second ? columns![pair.Column] : null }.OfType<IndependentAnswers>()];
                var vote = DebateBaselines.AtEqualTokens(models, question, debates.TokensOf(question), rule);
                (answers, votes) = (answers + vote.Answers, votes + 1);
                return vote.IsRight;
            })).ToArray();
            var debater = Rules.Select(rule => block.Debates.Outcomes(DebateScore.Each, rule, block.Debates.Rounds - 1)).ToArray();
            return new(
                string.Join(" & ", new[] { first ? block.Debates.Rows.Model : null, second ? block.Debates.Columns.Model : null }.OfType<string>()), (double)answers / votes,
                DebateMatrix.Mean([outcomes[0]], [outcomes[1]], _options), DebateMatrix.Difference([debater[0]], [outcomes[0]], [debater[1]], [outcomes[1]], _options));
        }

        /// <summary>[runs] the independent answers of a population to the questions of a block; null where one of its runs has none.</summary>
        private IndependentAnswers[]? Independent(Block block, Side side)
        {
            var asked = block.Debates.Debates.First().Questions;
            IndependentAnswers[] all =
            [
                .. side.Players.Select(player => _matches[player, player]).OfType<DebateOutcomes>().Where(debates => debates.Questions.AsSpan().SequenceEqual(asked))
                    .Select(debates => debates.Independent).OfType<IndependentAnswers>(),
            ];
            return all.Length == side.Players.Length ? all : null;
        }

        private DebateMatrix? Sitting(Block block, bool exchanged)
        {
            var (row, column) = (block.Row, block.Column);
            var pairs =
                from i in Enumerable.Range(0, row.Players.Length)
                from j in Enumerable.Range(0, column.Players.Length)
                let debates = exchanged ? _matches[column.Players[j], row.Players[i]]?.Swapped() : _matches[row.Players[i], column.Players[j]]
                where debates is not null
                select new PairDebates(i, j, debates);
            return Make(row, column, [.. pairs])?.Debates;
        }
    }

    /// <summary>A population in a tournament.</summary>
    /// <param name="Population">The population.</param>
    /// <param name="Players">Places of its runs among the tournament's.</param>
    /// <param name="Stratum">Its number among all populations.</param>
    private sealed record Side(DebaterPopulation Population, int[] Players, int Stratum)
    {
        public DebatePopulation ToPopulation() => new(Population.Model, Players.Length, Stratum);
    }

    /// <summary>The debates of two populations.</summary>
    private sealed record Block(Side Row, Side Column, DebateMatrix Debates)
    {
        public (string, string) Models => (Debates.Rows.Model, Debates.Columns.Model);
    }
}

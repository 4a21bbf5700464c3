using System.Collections.Immutable;
using Srpo.Core.Settings;

namespace Srpo.Core.Results;

/// <summary>
/// Everyone with everyone on one layout: cell [i, j] is the play of the run of row i with the run of column j; <see cref="Seating"/>
/// says who sits where. Numbers lie in flat row-major arrays: entry i * columns + j; those with one number per run hold two
/// entries a cell, the row's first. A pair that was not played is NaN with 0 episodes. Made by <see cref="CrossPlayMatrixBuilder"/>.
/// </summary>
public sealed class CrossPlayMatrix
{
    /// <summary>Takes the arrays as they are.</summary>
    /// <exception cref="ArgumentException">A length does not fit the labels, or a label occurs twice on one side.</exception>
    public CrossPlayMatrix(
        string layout,
        ImmutableArray<AgentLabel> rows,
        ImmutableArray<AgentLabel> columns,
        ImmutableArray<double> returns,
        ImmutableArray<double> returnStds,
        ImmutableArray<double> seatReturns,
        ImmutableArray<double> seatCosts,
        ImmutableArray<int> episodes)
    {
        ArgumentException.ThrowIfNullOrEmpty(layout);
        CheckLabels(rows, nameof(rows));
        CheckLabels(columns, nameof(columns));
        var cells = rows.Length * columns.Length;
        CheckLength(returns, cells, nameof(returns));
        CheckLength(returnStds, cells, nameof(returnStds));
        CheckLength(seatReturns, 2 * cells, nameof(seatReturns));
        CheckLength(seatCosts, 2 * cells, nameof(seatCosts));
        CheckLength(episodes, cells, nameof(episodes));
        (Layout, BaseLayout, Rows, Columns) = (layout, layout, rows, columns);
        (Returns, ReturnStds, SeatReturns, SeatCosts, Episodes) = (returns, returnStds, seatReturns, seatCosts, episodes);
    }

    /// <summary>The seating of two seats with policies of their own.</summary>
    public const string OrderedSeating = "the row's run in seat 0, the column's in seat 1";

    /// <summary>Name of the layout, for instance <c>training</c> or <c>held-out-a</c>; with several opponents it names them too.</summary>
    public string Layout { get; }

    /// <summary>What an entry means, in words: who sits where.</summary>
    public string Seating { get; init; } = OrderedSeating;

    /// <summary>Whether rows are seat 0 and columns seat 1; otherwise both runs play in several seats.</summary>
    public bool IsOrdered => Seating == OrderedSeating;

    /// <summary>The frozen opponents of both runs, for instance <c>runners/1</c>; null where there are none.</summary>
    public string? Opponents { get; init; }

    /// <summary>Whether the runs were not trained against these opponents.</summary>
    public bool UnseenOpponents { get; init; }

    /// <summary>The layout without its opponents: matrices that share it differ in the opponents only.</summary>
    public string BaseLayout { get; init; }

    /// <summary>How everybody acted.</summary>
    public ActionChoice Actions { get; init; }

    /// <summary>The weights that the runs of the rows played with, in their order; empty where nobody noted them. Square matrices have the same runs in columns.</summary>
    public ImmutableArray<RunWeights> Weights { get; init; } = [];

    /// <summary>The runs of the rows, one label a row; in seat 0 where seats are ordered.</summary>
    public ImmutableArray<AgentLabel> Rows { get; }

    /// <summary>The runs of the columns, one label a column; in seat 1 where seats are ordered.</summary>
    public ImmutableArray<AgentLabel> Columns { get; }

    /// <summary>Mean score of an episode: the sum of the team's rewards, or one of them where they are shared; rows x columns.</summary>
    public ImmutableArray<double> Returns { get; }

    /// <summary>Standard deviation of that score over episodes; rows x columns.</summary>
    public ImmutableArray<double> ReturnStds { get; }

    /// <summary>Mean episodic reward of a seat of the row's run, and of one of the column's; rows x columns x 2.</summary>
    public ImmutableArray<double> SeatReturns { get; }

    /// <summary>Mean private cost per episode, likewise; rows x columns x 2.</summary>
    public ImmutableArray<double> SeatCosts { get; }

    /// <summary>Episodes played; rows x columns.</summary>
    public ImmutableArray<int> Episodes { get; }

    /// <summary>All numbers of one pair.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public CrossPlayCell this[int row, int column]
    {
        get
        {
            var cell = Index(row, column);
            return new(
                Returns[cell], ReturnStds[cell],
                new(SeatReturns[2 * cell], SeatReturns[2 * cell + 1]),
                new(SeatCosts[2 * cell], SeatCosts[2 * cell + 1]),
                Episodes[cell]);
        }
    }

    /// <summary>The methods of rows and columns, each once, in the order in which they first appear.</summary>
    public ImmutableArray<string> Methods() => [.. Rows.Concat(Columns).Select(label => label.Method).Distinct()];

    private int Index(int row, int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Columns.Length);
        return row * Columns.Length + column;
    }

    private static void CheckLabels(ImmutableArray<AgentLabel> labels, string name)
    {
        if (labels.IsDefault) throw new ArgumentException("The labels are missing.", name);
        var seen = new HashSet<AgentLabel>();
        foreach (var label in labels)
        {
            if (string.IsNullOrEmpty(label.Method)) throw new ArgumentException("A label has no method.", name);
            if (!seen.Add(label)) throw new ArgumentException($"The label {label} occurs twice.", name);
        }
    }

    private static void CheckLength<T>(ImmutableArray<T> values, int expected, string name)
    {
        var length = values.IsDefault ? 0 : values.Length;
        if (length != expected) throw new ArgumentException($"Expected {expected} entries, found {length}.", name);
    }
}

/// <summary>What a run played with.</summary>
/// <param name="Rounds">Round of the policy in each seat of the team.</param>
/// <param name="Hashes">Hash of the weights of the policy in each seat, 64 hexadecimal digits.</param>
public sealed record RunWeights(ImmutableArray<int> Rounds, ImmutableArray<string> Hashes);

using System.Collections.Immutable;

namespace Srpo.Reporting;

/// <summary>A table of texts, ready for a page or a console. The texts are plain: whoever shows them escapes them.</summary>
/// <param name="Title">What the table shows.</param>
/// <param name="Columns">The columns, left to right.</param>
/// <param name="Rows">The rows; each has one text per column.</param>
public sealed record SummaryTable(
    string Title, ImmutableArray<TableColumn> Columns, ImmutableArray<ImmutableArray<string>> Rows);

/// <summary>A column of a <see cref="SummaryTable"/>.</summary>
/// <param name="Header">Its header.</param>
/// <param name="IsNumeric">Whether its texts are numbers, to be aligned to the right.</param>
public sealed record TableColumn(string Header, bool IsNumeric = true);

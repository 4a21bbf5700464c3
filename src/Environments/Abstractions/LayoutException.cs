using System.Globalization;

namespace Srpo.Environments;

/// <summary>The text of a layout is wrong. The message names file, line, column, what is wrong and the remedy.</summary>
public sealed class LayoutException : FormatException
{
    /// <summary>Makes the error.</summary>
    /// <param name="file">The file, or null.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    /// <param name="problem">What is wrong and the remedy.</param>
    public LayoutException(string? file, int line, int column, string problem)
        : base(string.Create(CultureInfo.InvariantCulture, $"{file ?? "layout"}: line {line}, column {column}: {problem}"))
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>The file that the text came from, or null.</summary>
    public string? File { get; }

    /// <summary>Line of the error, from 1.</summary>
    public int Line { get; }

    /// <summary>Column of the error, from 1.</summary>
    public int Column { get; }
}

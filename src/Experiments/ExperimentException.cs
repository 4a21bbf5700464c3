using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Json;

namespace Srpo.Experiments;

/// <summary>Something in an experiment that cannot be used.</summary>
/// <param name="Origin">File, line and column, or the option.</param>
/// <param name="Field">Path of the key, for example "populations.srpo.tau"; empty where there is none.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What would be right.</param>
public sealed record ExperimentProblem(Origin Origin, string Field, string Reason, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Origin}: {(Field.Length == 0 ? "" : Field + ": ")}{Reason}; {Remedy}";
}

/// <summary>An experiment that cannot be used, with every problem found.</summary>
public sealed class ExperimentException : SrpoException
{
    /// <summary>More problems than this are counted, not printed.</summary>
    private const int MostShown = 25;

    /// <summary>An error for all problems that were found.</summary>
    /// <param name="problems">At least one.</param>
    public ExperimentException(params IReadOnlyList<ExperimentProblem> problems)
        : base(ErrorKind.Usage, Describe(problems)) => Problems = problems;

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<ExperimentProblem> Problems { get; }

    private static string Describe(IReadOnlyList<ExperimentProblem> problems)
    {
        var shown = string.Join('\n', problems.Take(MostShown));
        return problems.Count <= MostShown ? shown : string.Create(CultureInfo.InvariantCulture, $"{shown}\n... and {problems.Count - MostShown} more");
    }
}

using Srpo.Core.Errors;

namespace Srpo.Client.Experiments;

/// <summary>Something in an experiment that cannot be used.</summary>
/// <param name="Origin">File, line and column, or the option.</param>
/// <param name="Field">Path of the key, for example "populations.srpo.tau"; empty where there is none.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Remedy">What would be right.</param>
internal sealed record ExperimentProblem(Origin Origin, string Field, string Reason, string Remedy)
{
    public override string ToString() => $"{Origin}: {(Field.Length == 0 ? "" : Field + ": ")}{Reason}; {Remedy}";
}

/// <summary>An experiment that cannot be used, with every problem found.</summary>
internal sealed class ExperimentException : SrpoException
{
    public ExperimentException(params IReadOnlyList<ExperimentProblem> problems)
        : base(ErrorKind.Usage, string.Join('\n', problems)) => Problems = problems;

    public IReadOnlyList<ExperimentProblem> Problems { get; }
}

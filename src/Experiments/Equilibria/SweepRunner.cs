using Srpo.Core.Errors;
using Srpo.Experiments.Runs;
using Srpo.Games;
using Srpo.Games.Files;
using Srpo.Reporting.Equilibria;

namespace Srpo.Experiments.Equilibria;

/// <summary>Computes sweeps, for `srpo rqe sweep` and for experiments.</summary>
public static class SweepRunner
{
    /// <summary>The equilibria of a game along tau.</summary>
    /// <param name="file">The game.</param>
    /// <param name="range">The taus, shared by all players.</param>
    /// <param name="epsilon">Bounded rationality of all players; null takes the file's.</param>
    /// <param name="commandLine">The command that makes it again.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static EquilibriumSweep Compute(GameFile file, TauRange range, double? epsilon, string commandLine, CancellationToken cancellation = default)
    {
        RiskProfile risk;
        try
        {
            risk = file.Risk(range.Low, epsilon);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{file.Name}: {error.Message}", error);
        }

        var sweep = Solving.Run(
            file.Name, () => file.Finite is { } game ? FiniteSweep.Compute(game, risk, range.Values(), cancellation) : QuadraticSweep.Compute(file, risk, range));
        return sweep with { Title = file.Title, IsLogarithmic = range.IsLogarithmic, CommandLine = commandLine, Versions = ProgramInfo.Versions().Remove("grains") };
    }
}

using Srpo.Core.Errors;
using Srpo.Games.Finite.Search;

namespace Srpo.Experiments.Equilibria;

/// <summary>What the solvers refuse, or do not manage, in the words of the program.</summary>
public static class Solving
{
    /// <summary>Runs a solver.</summary>
    /// <param name="game">Name of the game, which errors begin with.</param>
    /// <param name="solve">The solver.</param>
    /// <exception cref="SrpoException">A number is out of range, doubles cannot hold the equilibria, or none was found.</exception>
    public static T Run<T>(string game, Func<T> solve)
    {
        ArgumentNullException.ThrowIfNull(solve);
        try
        {
            return solve();
        }
        catch (ArgumentException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{game}: {Sentence(error)}", error);
        }
        catch (NoEquilibriumException error)
        {
            throw new SrpoException(ErrorKind.Failed, error.Message, error);
        }
    }

    /// <summary>The message without the name of the parameter, which the runtime adds.</summary>
    private static string Sentence(ArgumentException error)
    {
        var suffix = error.ParamName is { } name ? $" (Parameter '{name}')" : "";
        return suffix.Length > 0 && error.Message.EndsWith(suffix, StringComparison.Ordinal) ? error.Message[..^suffix.Length] : error.Message;
    }
}

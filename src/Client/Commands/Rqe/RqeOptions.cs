using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Games;
using Srpo.Games.Files;

namespace Srpo.Client.Commands.Rqe;

/// <summary>What the commands about equilibria have in common.</summary>
internal static class RqeOptions
{
    /// <summary>Adds an option that takes a number; its range is checked where it is used.</summary>
    public static Option<double?> Number(string name, string description, string example) => CommandExtensions.NumberOption(name, description, example);

    /// <summary>The risk profile of a game with what the command line changes; errors name the field.</summary>
    public static RiskProfile Risk(GameFile game, double? tau, double? epsilon)
    {
        try
        {
            return game.Risk(tau, epsilon);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{game.Name}: {error.Message}", error);
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Text;
using Srpo.Games;
using Srpo.Games.Files;

namespace Srpo.Client.Commands.Rqe;

/// <summary>What the commands about equilibria have in common.</summary>
internal static class RqeOptions
{
    /// <summary>Adds an option that takes a number; its range is checked where it is used.</summary>
    public static Option<double?> Number(string name, string description, string example)
    {
        var option = new Option<double?>(name)
        {
            Description = description,
            HelpName = "NUMBER",
            CustomParser = result =>
            {
                var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) return value;
                result.AddError($"{name} {text} is not possible; {DecimalComma.Remedy(text, $"use a number, for example {example}")}");
                return null;
            },
        };
        return option;
    }

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

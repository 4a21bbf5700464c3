using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Experiments.Equilibria;
using Srpo.Experiments.Reading;
using Srpo.Games.Files;

namespace Srpo.Experiments;

/// <summary>An experiment that trains nothing: a sweep of equilibria, { "title": ..., "rqe": { "game": ..., "tau": "0:4:400" } }.</summary>
/// <param name="Name">Name of the experiment; runs are called NAME-1, NAME-2, ...</param>
/// <param name="Title">One line for people.</param>
/// <param name="GameName">Name of a game that comes with the program, or the path of a file.</param>
/// <param name="Game">The game.</param>
/// <param name="Range">The taus.</param>
/// <param name="Epsilon">Bounded rationality of all players; null takes the game's.</param>
public sealed record RqeExperiment(string Name, string Title, string GameName, GameFile Game, TauRange Range, double? Epsilon)
{
    private static readonly string[] Keys = ["title", "rqe"];
    private static readonly string[] SweepKeys = ["game", "tau", "log", "epsilon"];

    /// <summary>The experiment in a file; null if the file is of the kind that trains.</summary>
    /// <exception cref="ExperimentException">With every problem found.</exception>
    public static RqeExperiment? TryLoad(ExperimentFile file, string workingDirectory)
    {
        var path = Path.GetFullPath(file.Path, workingDirectory);
        if (ExperimentText.Parse(file.Path, UserFile.Read(path, "experiment file", file.Path)) is not JsonObjectValue root || root["rqe"] is not { } value) return null;
        var reader = new ValueReader();
        CheckKeys(reader, root, "", Keys);
        var title = root["title"] is { } text ? reader.Text(text, "title") ?? "" : "";
        var sweep = reader.Object(value, "rqe");
        var experiment = sweep is null ? null : Read(reader, file.Name, title, sweep, Path.GetDirectoryName(path)!);
        return reader.Problems.Count == 0 && experiment is not null ? experiment : throw new ExperimentException(reader.Problems);
    }

    private static RqeExperiment? Read(ValueReader reader, string name, string title, JsonObjectValue sweep, string directory)
    {
        CheckKeys(reader, sweep, "rqe.", SweepKeys);
        if (sweep["game"] is not { } gameName)
        {
            reader.Add(sweep.Origin, "rqe.game", "is missing", "name a game, for example \"game\": \"volunteers\"");
            return null;
        }

        if (reader.Text(gameName, "rqe.game") is not { } chosen) return null;
        GameFile game;
        try
        {
            game = ShippedGames.Load(chosen, directory);
        }
        catch (SrpoException error)
        {
            reader.Add(gameName.Origin, "rqe.game", error.Message.TrimEnd('.'), "name a game or a file that is right");
            return null;
        }

        var log = sweep["log"] is { } flag && reader.Boolean(flag, "rqe.log") == true;
        var epsilon = sweep["epsilon"] is { } number ? reader.Number(number, "rqe.epsilon") : null;
        if (epsilon is { } given && !(given > 0 && double.IsFinite(given)))
            reader.Add(sweep["epsilon"]!.Origin, "rqe.epsilon", string.Create(CultureInfo.InvariantCulture, $"{given} is not possible"), "use a number above 0");
        return ReadRange(reader, sweep, game, log) is { } range ? new RqeExperiment(name, title, chosen, game, range, epsilon) : null;
    }

    private static TauRange? ReadRange(ValueReader reader, JsonObjectValue sweep, GameFile game, bool log)
    {
        if (sweep["tau"] is not { } tau)
        {
            if (game.Sweep is null) reader.Add(sweep.Origin, "rqe.tau", "is missing, and the game has no sweep of its own", "write for example \"tau\": \"0:4:400\"");
            return game.Sweep;
        }

        if (reader.Text(tau, "rqe.tau") is not { } text) return null;
        try
        {
            return TauRange.Parse(text, log, "tau");
        }
        catch (FormatException error)
        {
            reader.Add(tau.Origin, "rqe.tau", error.Message["tau: ".Length..], "write for example \"tau\": \"0:4:400\"");
            return null;
        }
    }

    private static void CheckKeys(ValueReader reader, JsonObjectValue members, string prefix, IReadOnlyList<string> known)
    {
        foreach (var member in members.Members)
        {
            if (!known.Contains(member.Name)) reader.UnknownKey(member.Origin, prefix + member.Name, member.Name, known);
        }
    }
}

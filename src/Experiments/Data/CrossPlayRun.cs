using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;

namespace Srpo.Experiments.Data;

/// <summary>A cross-play as stored in `crossplay-run.json`: when it begins, and again whenever its report is written.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CommandLine">The command line that began it, or wrote its report last.</param>
/// <param name="Started">When it began.</param>
/// <param name="Populations">Who plays.</param>
/// <param name="Out">Directory of the outputs, absolute.</param>
public sealed record CrossPlayRun(string Id, string CommandLine, DateTimeOffset Started, IReadOnlyList<string> Populations, string Out)
{
    /// <summary>The layouts that its report shows, in order, with who sits in the seats of opponents; null where an earlier build began it, which did not note them.</summary>
    public IReadOnlyList<EvaluationLayout>? Layouts { get; init; }

    /// <summary>Id of the tournament on a layout.</summary>
    public string TournamentName(string layout) => $"{Id}.{layout}";

    /// <summary>Stores it, unless it is stored: repeating a cross-play goes on with it.</summary>
    /// <param name="data">The directory that keeps it.</param>
    /// <returns>It, begun when it was begun first.</returns>
    /// <exception cref="SrpoException">What is stored is damaged.</exception>
    public CrossPlayRun Begin(DataDirectory data)
    {
        if (Find(data, Id) is { } begun) return this with { Started = begun.Started };
        Save(data);
        return this;
    }

    /// <summary>Stores it, replacing what was stored.</summary>
    /// <param name="data">The directory that keeps it.</param>
    public void Save(DataDirectory data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Directory.CreateDirectory(data.Run(Id));
        AtomicFile.Write(PathOf(data, Id), JsonText.Write(this) + "\n");
    }

    /// <summary>The cross-play with an id, or null if there is none.</summary>
    /// <param name="data">The directory that keeps it.</param>
    /// <param name="id">Its id.</param>
    /// <exception cref="SrpoException">Its file is damaged.</exception>
    public static CrossPlayRun? Find(DataDirectory data, string id)
    {
        var path = PathOf(data, id);
        if (!Path.Exists(path)) return null;
        try
        {
            return JsonText.ReadFile<CrossPlayRun>(path) is { Id: not null, CommandLine: not null, Populations: not null, Out: not null } run ? run : throw Damaged(path, "it lacks the command or the place of its results", null);
        }
        catch (JsonException error)
        {
            throw Damaged(path, JsonProblem.Of(error), error);
        }
    }

    /// <summary>Whether a cross-play of an id is kept, readable or not.</summary>
    internal static bool Exists(DataDirectory data, string id) => Path.Exists(PathOf(data, id));

    private static SrpoException Damaged(string path, string why, Exception? cause) => new(
        ErrorKind.Damaged, $"{path} cannot be read: {why}. What was played is stored apart from it and is not lost; remove the file, and the same `srpo crossplay` writes it again.", cause);

    private static string PathOf(DataDirectory data, string id) => Path.Combine(data.Run(id), "crossplay-run.json");
}

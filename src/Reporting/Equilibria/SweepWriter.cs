using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Srpo.Core.Files;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Html;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Equilibria;

/// <summary>Writes the files of a sweep. Formats: docs/commands/rqe.md.</summary>
public static class SweepWriter
{
    /// <summary>The file that holds the whole sweep.</summary>
    public const string JsonName = "sweep.json";

    /// <summary>The names of the files.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sweep.csv", JsonName, "figure.svg", "report.html"];

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Writes sweep.csv, sweep.json, figure.svg (the first figure), report.html and, into the folder figures, SVG and PDF of all figures; existing files are replaced.</summary>
    /// <param name="directory">Where to; made if it is missing.</param>
    /// <param name="sweep">The equilibria.</param>
    /// <returns>Full paths of the files, in the order of <see cref="Names"/>, without those of single figures.</returns>
    public static ImmutableArray<string> WriteAll(string directory, EquilibriumSweep sweep)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(sweep);
        Directory.CreateDirectory(directory);
        FigureFiles.WriteAll(Path.Combine(directory, FigureFiles.Folder), Figures(sweep));
        return
        [
            Write("sweep.csv", SweepCsv.Write(sweep)),
            Write(JsonName, ToJson(sweep)),
            Write("figure.svg", SvgDocument.Standalone(LineChart.Draw(EquilibriumFigures.All(sweep)[0].Chart))),
            Write("report.html", ToHtml(sweep)),
        ];

        string Write(string name, string content)
        {
            var path = Path.GetFullPath(Path.Combine(directory, name));
            AtomicFile.Write(path, content);
            return path;
        }
    }

    /// <summary>The figures of a sweep.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static ImmutableArray<Figure> Figures(EquilibriumSweep sweep)
    {
        var book = new FigureBook();
        foreach (var (title, chart) in EquilibriumFigures.All(sweep)) book.Add(Figure.Of(title, title, chart));
        return book.Figures;
    }

    /// <summary>The whole sweep as JSON, members in camelCase, ending in a line break.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static string ToJson(EquilibriumSweep sweep) => JsonSerializer.Serialize(sweep, Json) + "\n";

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="JsonException">It holds something else.</exception>
    public static EquilibriumSweep ReadJson(string json)
    {
        var sweep = JsonSerializer.Deserialize<EquilibriumSweep>(json, Json) ?? throw new JsonException("it is empty");
        if (sweep.Players == 0 || sweep.Epsilon.Length != sweep.Players || !sweep.Bifurcations.All(one => HasShape(sweep, one.Strategies))) throw new JsonException("players and strategies do not fit");
        foreach (var point in sweep.Branches.SelectMany(branch => branch.Points))
        {
            if (!HasShape(sweep, point.Strategies) || point.Utilities.Length != sweep.Players || point.PrivateCosts.Length != sweep.Players)
                throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"the equilibrium at tau {point.Tau} has not {sweep.Players} players with a strategy each"));
        }

        return sweep;
    }

    /// <summary>Whether every player has as many numbers as its strategy has names.</summary>
    private static bool HasShape(EquilibriumSweep sweep, ImmutableArray<ImmutableArray<double>> strategies) =>
        strategies.Select(strategy => strategy.Length).SequenceEqual(sweep.StrategyNames.Select(names => names.Length));

    /// <summary>The page: one file, well-formed XML, nothing is requested from anywhere.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static string ToHtml(EquilibriumSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var page = new Markup();
        page.Raw("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Line();
        HtmlReport.WriteHead(page, sweep.Game);
        page.Open("body").Line();
        var epsilon = sweep.Epsilon.Distinct().Count() == 1 ? Text(sweep.Epsilon[0]) : "(" + string.Join(", ", sweep.Epsilon.Select(Text)) + ")";
        HtmlReport.WriteHeader(page, sweep.Title.Length > 0 ? sweep.Title : sweep.Game, $"{sweep.Game} · risk-averse quantal response equilibria · ε = {epsilon}");
        page.Element("p", string.Join(' ', SweepTables.Sentences(sweep)), ("class", "lead")).Line();
        if (!sweep.Notes.IsEmpty) page.Element("p", string.Join(' ', sweep.Notes), ("class", "more")).Line();
        page.Open("main").Line();
        WriteFigures(page, sweep);
        WriteTables(page, sweep);
        WriteRun(page, sweep);
        page.Close().Line();
        page.Element("div", "", ("id", "tip"), ("role", "status")).Line();
        page.Close().Close().Line();
        return page.ToString();
    }

    private static void WriteFigures(Markup page, EquilibriumSweep sweep)
    {
        page.Open("section", ("id", "figures")).Element("h2", "Figures").Line();
        var book = new FigureBook();
        foreach (var (title, chart) in EquilibriumFigures.All(sweep)) FigureCard.Write(page, book, Figure.Of(title, title, chart), heading: title);

        page.Element("p", sweep.IsGaussian
            ? "All players share τ. The covariances of the strategies do not depend on τ."
            : "All players share τ. Solid: best response dynamics return to the equilibrium after a small disturbance. Dashed: they leave it. " +
              "Branches that only exchange players of equal strategies are drawn once.", ("class", "note")).Line();
        page.Close().Line();
    }

    private static void WriteTables(Markup page, EquilibriumSweep sweep)
    {
        page.Open("section", ("id", "numbers")).Element("h2", "Numbers").Line();
        page.Element("p", "All numbers are in sweep.csv and sweep.json. Utility is reward minus private cost, expected over the strategies; " +
            "free-riding is the largest difference of two players' expected private costs.", ("class", "note")).Line();
        if (!sweep.Bifurcations.IsEmpty) HtmlReport.WriteTable(page, SweepTables.Bifurcations(sweep));
        HtmlReport.WriteTable(page, SweepTables.Points(sweep));
        page.Close().Line();
    }

    private static void WriteRun(Markup page, EquilibriumSweep sweep)
    {
        if (sweep.Versions.Count > 0)
        {
            page.Open("section", ("id", "run")).Element("h2", "Computed with").Open("dl", ("class", "facts")).Line();
            foreach (var (name, version) in sweep.Versions) page.Element("dt", name).Element("dd", version).Line();
            page.Close().Close().Line();
        }

        if (sweep.CommandLine.Length > 0)
            page.Open("section", ("id", "reproduce")).Element("h2", "How to reproduce").Open("pre").Element("code", sweep.CommandLine).Close().Close().Line();
    }

    private static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Srpo.Core.Results;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The end of the page: how to run it again, what took part, with which settings.</summary>
internal static class RunSection
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(Markup page, RunSummary summary)
    {
        var info = summary.Info;
        page.Open("section", ("id", "run")).Element("h2", "The run").Line();
        page.Open("dl", ("class", "facts")).Line();
        Fact(page, "Identifier", info.Id);
        Fact(page, "Started", info.Date.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture));
        Fact(page, "Training seeds per method", Numbers.Integer(info.Seeds));
        Fact(page, "Environment steps", Numbers.Integer(info.EnvSteps));
        Fact(page, "Time of training", Numbers.Duration(info.TrainingSeconds));
        Fact(page, "Time in all", Numbers.Duration(info.WallSeconds));
        Fact(page, "Bootstrap", $"{Numbers.Integer(summary.Bootstrap.Resamples)} resamples of runs{(summary.AreDebates ? " and questions" : "")}, seed {summary.Bootstrap.Seed}");
        foreach (var (name, version) in info.Versions) Fact(page, name, version);
        page.Close().Close().Line();

        if (!string.IsNullOrWhiteSpace(info.CommandLine))
            page.Open("section", ("id", "reproduce")).Element("h2", "How to reproduce").Open("pre").Element("code", info.CommandLine).Close().Close().Line();
        if (info.Settings is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } settings)
        {
            page.Open("section", ("id", "settings")).Element("h2", "Settings").Open("pre")
                .Element("code", JsonSerializer.Serialize(settings, Readable)).Close().Close().Line();
        }
    }

    private static void Fact(Markup page, string name, string value) => page.Element("dt", name).Element("dd", value).Line();
}

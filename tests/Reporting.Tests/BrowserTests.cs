using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using SkiaSharp;
using Srpo.Core.Results;
using Srpo.Reporting.Html;
using Srpo.Reporting.Tests.Support;

namespace Srpo.Reporting.Tests;

/// <summary>Pages as a browser lays them out, in whatever fonts this machine has.</summary>
public sealed partial class BrowserTests : IDisposable
{
    /// <summary>Looks at every label that is shown, and at the page as a whole.</summary>
    private const string Measure = """
        addEventListener("load", function () {
          var found = [];
          var labels = 0;
          document.querySelectorAll("details").forEach(function (details) { details.open = true; });
          document.querySelectorAll("svg.fig").forEach(function (svg) {
            var frame = svg.getBoundingClientRect();
            if (frame.width === 0) return;
            var boxes = Array.from(svg.querySelectorAll("text")).map(function (text) { return { text: text.textContent, box: text.getBoundingClientRect() }; });
            labels += boxes.length;
            boxes.forEach(function (label, index) {
              var b = label.box;
              if (Math.max(frame.left - b.left, b.right - frame.right, frame.top - b.top, b.bottom - frame.bottom) > 1) found.push("cut: " + label.text);
              for (var i = 0; i !== index; i++) {
                var o = boxes[i].box;
                if (Math.min(Math.min(b.right, o.right) - Math.max(b.left, o.left), Math.min(b.bottom, o.bottom) - Math.max(b.top, o.top)) > 3) found.push("on each other: " + label.text + " and " + boxes[i].text);
              }
            });
          });
          document.querySelectorAll("figure, table, p, li, h1, h2, h3").forEach(function (element) {
            var box = element.getBoundingClientRect();
            if (box.right > innerWidth + 1) { if (!element.closest(".scroll")) found.push("beyond the page: " + element.tagName + " " + element.textContent.slice(0, 40)); }
          });
          document.querySelectorAll(".scroll").forEach(function (scroll) {
            var figure = scroll.closest("figure");
            if (figure) { if (scroll.scrollWidth > scroll.clientWidth + 1) { if (getComputedStyle(scroll.nextElementSibling).display === "none") found.push("scrolls and does not say so: " + scroll.getAttribute("aria-label")); } }
          });
          document.querySelectorAll(".player pre").forEach(function (pre) {
            var style = getComputedStyle(pre);
            var high = pre.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
            if (high > (pre.textContent.split("\n").length + 0.5) * parseFloat(style.lineHeight)) found.push("a line of a drawing is broken: " + pre.textContent);
            if (parseFloat(style.fontSize) > 11.3) found.push("a drawing is large: " + style.fontSize);
          });
          if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the window: " + document.documentElement.scrollWidth);
          parent.postMessage(JSON.stringify({ width: innerWidth, labels: labels, found: found, saves: document.querySelectorAll("button.save").length }), "*");
        });
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("srpo-browser-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [ProgramFact("chromium", "chromium")]
    public void No_label_is_cut_and_none_lies_on_another_whatever_the_width()
    {
        string[] methods = ["ippo", "srpo", "fcp", "pure-adversarial", "SRPO, tau 0.1", "IPPO, entropy 0.2"];
        (string Name, RunResults Results)[] cases =
        [
            ("two", SyntheticRun.Create(4) with { Episodes = [Drawn("srpo", "worst", 69), Drawn("srpo", "best", 30), Drawn("ippo", "worst", 12)] }), ("many", SyntheticRun.Create(3, methods)), ("large", SyntheticRun.Create(12, layouts: ["training"])), ("debates", SyntheticDebates.Create(2, 6)),
        ];
        foreach (var (name, results) in cases)
        {
            var page = HtmlReport.Write(results, SummaryBuilder.Build(results));
            var path = Path.Combine(_directory, name + ".html");

            // In a script of its own, as the page's policy allows; what follows the head is the page as it is.
            File.WriteAllText(path, page.Replace("</head>", $"<script>//<![CDATA[\n{Measure}\n//]]></script></head>", StringComparison.Ordinal));
            int[] widths = [360, 400, 700, 1400, 2560];
            var all = Look(path, widths);
            Assert.Equal(widths, all.Select(measured => measured.Width).Order());
            foreach (var measured in all)
            {
                Assert.True(measured.Labels > 50, $"{name} at {measured.Width}: {measured.Labels} labels");
                Assert.Equal(Regex.Count(page, "data-figure="), measured.Saves);
                Assert.True(measured.Found.Length == 0, $"{name} at {measured.Width} px: {string.Join("; ", measured.Found.Take(12))}");
            }
        }
    }

    /// <summary>An episode that is drawn in characters, in tables so many characters wide.</summary>
    private static RecordedEpisode Drawn(string method, string rank, int columns) => new(method, $"{method}/0 with {method}/1", [], [0, 1])
    {
        Rank = rank,
        Drawings = [.. Enumerable.Range(0, 2).Select(step => $"{step}{new string(' ', columns - 4)}end\n" + new string('#', columns))],
    };

    [ProgramFact("chromium and poppler-utils", "chromium", "pdftoppm")]
    public void Print_is_dark_ink_on_white_paper_whatever_the_theme()
    {
        var path = Path.Combine(_directory, "page.html");
        var results = SyntheticRun.Create(3);
        File.WriteAllText(path, HtmlReport.Write(results, SummaryBuilder.Build(results)));
        var pdf = Path.Combine(_directory, "page.pdf");
        Run("chromium", ["--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={Path.Combine(_directory, "profile")}", "--no-pdf-header-footer", $"--print-to-pdf={pdf}", $"file://{path}?theme=dark"]);
        Run("pdftoppm", ["-r", "30", "-png", pdf, Path.Combine(_directory, "sheet")]);
        var sheets = Directory.GetFiles(_directory, "sheet*.png");
        Assert.True(sheets.Length > 2);
        foreach (var sheet in sheets)
        {
            using var picture = SKBitmap.Decode(sheet);
            Assert.Equal(SKColors.White, picture.GetPixel(2, 2));
            Assert.Equal(SKColors.White, picture.GetPixel(picture.Width - 3, picture.Height - 3));
            Assert.True(picture.Pixels.Count(pixel => pixel == SKColors.White) > 0.3 * picture.Pixels.Length, $"{sheet} is not on white");
        }
    }

    private static string Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error.Result}");
        return output;
    }

    /// <summary>In frames, all widths at once: no window of the browser is as narrow as a telephone.</summary>
    private static Measured[] Look(string path, int[] widths)
    {
        var frame = path + ".frames.html";
        var frames = string.Concat(widths.Select(width => $"<iframe src=\"{Path.GetFileName(path)}\" style=\"border: 0; width: {width}px; height: 1200px\"></iframe>\n"));
        File.WriteAllText(frame, $$"""
            <!DOCTYPE html><title>none</title><script>
            var all = [];
            addEventListener("message", function (event) { all.push(event.data); document.title = "[" + all.join() + "]"; });
            </script>
            {{frames}}
            """);
        var profile = Path.Combine(Path.GetDirectoryName(path)!, "profile");
        var dom = Run("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", $"--user-data-dir={profile}", "--window-size=2700,1300", "--virtual-time-budget=20000", "--dump-dom", "file://" + frame]);
        var title = Title().Match(dom);
        Assert.True(title.Success && title.Groups[1].Value.StartsWith('['), $"chromium did not measure {path}");
        return JsonSerializer.Deserialize<Measured[]>(System.Net.WebUtility.HtmlDecode(title.Groups[1].Value), JsonSerializerOptions.Web)!;
    }

    [GeneratedRegex("<title>(.*?)</title>", RegexOptions.Singleline)]
    private static partial Regex Title();

    private sealed record Measured(int Width, int Labels, int Saves, string[] Found);
}

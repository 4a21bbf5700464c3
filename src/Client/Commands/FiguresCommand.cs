using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Text;
using Srpo.Experiments.Data;
using Srpo.Experiments.Equilibria;
using Srpo.Experiments.Runs;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Figures;

namespace Srpo.Client.Commands;

/// <summary>`srpo figures`: the figures of a report as files for papers and slides.</summary>
internal static class FiguresCommand
{
    private static readonly (string Unit, double PerInch)[] Units = [("in", 1), ("cm", 2.54), ("mm", 25.4), ("pt", 72.27), ("px", SvgDocument.UnitsPerInch)];

    private static readonly Argument<string> Id = new("ID") { Description = "Id or name of the run, cross-play or sweep." };

    private static readonly Option<string[]> Only = new("--only") { Description = "Write this figure only. May be repeated. Default: all; --list names them.", HelpName = "NAME", DefaultValueFactory = _ => [] };

    private static readonly Option<string[]> Format = new("--format") { Description = $"{string.Join(", ", FigureFiles.Formats)}. May be repeated. Default: svg and pdf.", HelpName = "FORMAT", DefaultValueFactory = _ => ["svg", "pdf"] };

    private static readonly Option<string?> Width = new("--width") { Description = "Width on paper, for example 3.25in, 84mm or 240pt; figures are laid out for it. Default: what each is made for.", HelpName = "WIDTH" };

    private static readonly Option<int?> Dpi = CommandExtensions.WholeOption("--dpi", $"Dots to an inch of a PNG. Default: {FigurePrinter.DefaultDpi}.", 1, FigurePrinter.MostDpi);

    private static readonly Option<string?> Out = new("--out") { Description = "Directory to write to. Default: figures/ where the run's outputs are.", HelpName = "DIR" };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace existing files in that directory." };

    private static readonly Option<bool> List = new("--list") { Description = "Print names and titles of the figures, and write nothing." };

    public static Command Create(Shell shell) =>
        new Command("figures", "Write the figures of a report as SVG, PDF or PNG, at the width that a paper has for them.") { Id, Only, Format, Width, Dpi, Out, Force, List, CommandExtensions.AllowOlder }
            .GoesWith(Force, Out).OneOf(List, Out).OneOf(List, Width).Handle(shell, RunAsync);

    private static Task<int> RunAsync(CommandContext context)
    {
        FigureFormat[] formats = [.. (context.Get(Format) ?? []).Select(ParseFormat).Distinct()];
        var inches = context.Get(Width) is { } width ? ParseWidth(width) : (double?)null;
        if (context.Get(Dpi) is not null && !formats.Contains(FigureFormat.Png)) throw new SrpoException(ErrorKind.Usage, "--dpi goes with --format png; the other formats have no dots");
        var id = RunLabels.Resolve(context.Data, context.Get(Id));
        if (SweepRun.Find(context.Data, id) is { } sweep) return Task.FromResult(Write(context, SweepWriter.Figures(sweep.Read()), sweep.Out, formats, inches));
        var run = ReportedRun.Load(context.Data, id);
        return context.WithGrainsToReadAsync(async session => Write(context, await run.FiguresAsync(session, context.Older), run.Output, formats, inches));
    }

    /// <summary>Writes the figures that were asked for, or their names.</summary>
    private static int Write(CommandContext context, ImmutableArray<Figure> all, string output, FigureFormat[] formats, double? inches)
    {
        var figures = FigureFiles.Only(all, context.Get(Only) ?? []);
        if (context.Get(List))
        {
            PrintNames(context, figures);
            return (int)ExitCode.Ok;
        }

        var directory = context.Get(Out) is { } chosen ? context.Shell.Resolve(chosen) : Path.Combine(output, FigureFiles.Folder);
        (Figure Figure, FigureFormat Format, string Path)[] files =
            [.. from figure in figures from format in formats select (figure, format, Path.Combine(directory, FigureFiles.FileName(figure, format)))];

        // In the run's own folder its figures replace those of earlier reports; elsewhere nothing is replaced unasked, and everything is looked at before anything is written.
        var replaces = context.Get(Out) is null || context.Get(Force);
        DataDirectory.EnsureWritable(directory, $"the directory {directory}", context.Get(Out) is null ? null : Out.Name);
        foreach (var (_, _, path) in files) UserFile.CheckTarget(path, replaces);
        foreach (var (figure, format, path) in files)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            UserFile.Write(path, FigureFiles.Content(figure, format, inches, context.Get(Dpi) ?? FigurePrinter.DefaultDpi), replaces);
        }

        Print(context, files, directory);
        return (int)ExitCode.Ok;
    }

    private static void PrintNames(CommandContext context, IReadOnlyCollection<Figure> figures)
    {
        if (context.Json) context.PrintJson(figures.Select(figure => new { figure.Name, figure.Title, figure.Inches }));
        else foreach (var figure in figures) context.Out.WriteLine($"{figure.Name}: {figure.Title}");
    }

    private static void Print(CommandContext context, (Figure Figure, FigureFormat Format, string Path)[] files, string directory)
    {
        if (context.Json) context.PrintJson(files.Select(file => new { file.Figure.Name, file.Figure.Title, Format = FigureFiles.Formats[(int)file.Format], File = file.Path }));
        else context.Out.WriteLine(files.Length == 1 ? files[0].Path : $"{Texts.Count(files.Length)} files in {directory}");
    }

    private static FigureFormat ParseFormat(string word) =>
        FigureFiles.Formats.IndexOf(word) is >= 0 and var index ? (FigureFormat)index : throw new SrpoException(ErrorKind.Usage, $"--format: {NearestName.Unknown("format", word, [.. FigureFiles.Formats])}");

    private static double ParseWidth(string text)
    {
        foreach (var (unit, perInch) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) break;
            return number / perInch is >= Figure.LeastInches and <= Figure.MostInches and var inches ? inches
                : throw new SrpoException(ErrorKind.Usage, string.Create(CultureInfo.InvariantCulture, $"--width {text} is not possible; use {Figure.LeastInches}in to {Figure.MostInches}in"));
        }

        throw new SrpoException(ErrorKind.Usage, $"--width {text} is not possible; write a number and a unit ({string.Join(", ", Units.Select(each => each.Unit))}), for example 3.25in");
    }
}

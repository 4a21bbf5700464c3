using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands.Runs;

/// <summary>`srpo runs rename`, `tag` and `note`: what a user calls a run, kept in its directory. Nothing that is computed changes.</summary>
internal static class LabelRunCommands
{
    private const int LongestTag = 60;

    public static Command Rename(Shell shell)
    {
        var id = RunsCommand.IdArgument();
        var name = new Argument<string?>("NAME") { Description = "The name: 1 to 60 letters, digits, '-' or '_'. Without it the run loses the name that it has.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("rename", "Give a run a name that may be typed instead of its id. The id stays.") { id, name }.Handle(shell, async context =>
        {
            var runs = await RunsCommand.ReadAsync(context);
            var run = RunCatalog.Find(runs, context.Get(id));
            var chosen = context.Find(name) is { } typed ? RunIds.CheckNew(typed) : null;
            if (chosen is not null && runs.FirstOrDefault(other => other != run && (other.Id == chosen || other.Labels.Name == chosen)) is { } holder)
                throw new SrpoException(ErrorKind.InUse, $"the run '{holder.Id}' is called '{chosen}' already; choose another name");
            var labels = RunLabels.Change(context.Data, run.Id, before => before with { Name = chosen });
            return Print(context, run.Id, labels, labels.Name is { } now ? $"{run.Id} is called {now}" : $"{run.Id} has no name but its id");
        });
    }

    public static Command Tag(Shell shell)
    {
        var id = RunsCommand.IdArgument();
        var tags = new Argument<string[]>("TAG") { Description = "Tags to add; without any the tags are printed.", Arity = ArgumentArity.ZeroOrMore };
        var remove = new Option<string[]>("--remove") { Description = "A tag to remove. May be repeated.", HelpName = "TAG", DefaultValueFactory = _ => [] };
        return new Command("tag", "Add tags to a run, or remove some; `runs list --tag` finds runs by them.") { id, tags, remove }.Handle(shell, async context =>
        {
            var run = RunCatalog.Find(await RunsCommand.ReadAsync(context), context.Get(id));
            var (added, removed) = (context.Get(tags) ?? [], context.Get(remove) ?? []);
            foreach (var tag in added)
            {
                if (!PopulationSpec.IsValidName(tag) || tag.Length > LongestTag) throw new SrpoException(ErrorKind.Usage, $"'{GrainKeys.Shown(tag)}' is not a valid tag; use 1 to {LongestTag.ToString()} letters, digits, '-', '_' or '.', not beginning with '.'");
            }

            var labels = added.Length + removed.Length == 0
                ? run.Labels
                : RunLabels.Change(context.Data, run.Id, before =>
                {
                    if (removed.FirstOrDefault(tag => !before.Tags.Contains(tag)) is { } missing)
                        throw new SrpoException(ErrorKind.NotFound, $"{run.Id} has no tag '{missing}'; it has {(before.Tags.Count == 0 ? "none" : string.Join(", ", before.Tags))}");
                    return before with { Tags = [.. before.Tags.Union(added).Except(removed).Order(StringComparer.Ordinal)] };
                });
            return Print(context, run.Id, labels, labels.Tags.Count == 0 ? $"{run.Id} has no tags" : string.Join(' ', labels.Tags));
        });
    }

    public static Command Note(Shell shell)
    {
        var id = RunsCommand.IdArgument();
        var text = new Argument<string?>("TEXT") { Description = "The note, which replaces the one before. Without it the note is printed.", Arity = ArgumentArity.ZeroOrOne };
        var remove = new Option<bool>("--remove") { Description = "Remove the note." };
        return new Command("note", "Write a note on a run, or print it.") { id, text, remove }.Handle(shell, async context =>
        {
            var run = RunCatalog.Find(await RunsCommand.ReadAsync(context), context.Get(id));
            var labels = run.Labels;
            if (context.Get(remove))
            {
                if (context.Find(text) is not null) throw new SrpoException(ErrorKind.Usage, "TEXT and --remove contradict each other; leave out one of them");
                labels = RunLabels.Change(context.Data, run.Id, before => before with { Note = null });
            }
            else if (context.Find(text) is { } note)
            {
                if (note.Length > RunLabels.LongestNote) throw new SrpoException(ErrorKind.Usage, $"a note of {note.Length.ToString()} characters is too long; {RunLabels.LongestNote.ToString()} are the most");
                labels = RunLabels.Change(context.Data, run.Id, before => before with { Note = note });
            }

            return Print(context, run.Id, labels, labels.Note ?? $"{run.Id} has no note");
        });
    }

    private static int Print(CommandContext context, string id, RunLabels labels, string text)
    {
        if (context.Json) context.PrintJson(new { Id = id, labels.Name, labels.Tags, labels.Note });
        else context.Out.WriteLine(text);
        return (int)ExitCode.Ok;
    }
}

using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;
using Srpo.Client.Cli;
using Srpo.Experiments.Runs;

namespace Srpo.Client.Output;

/// <summary>Progress on a terminal: a bar for each piece of work, with rate and time left.</summary>
internal sealed class BarProgress : ProgressDisplay
{
    private readonly ProgressContext _context;
    private readonly ConcurrentDictionary<int, string> _notes;
    private readonly Dictionary<string, ProgressTask> _tasks = new(StringComparer.Ordinal);

    private BarProgress(TextWriter error, ProgressContext context, ConcurrentDictionary<int, string> notes)
        : base(error)
    {
        _context = context;
        _notes = notes;
    }

    public static new Task RunAsync(Shell shell, Func<ProgressDisplay, Task> work)
    {
        var notes = new ConcurrentDictionary<int, string>();
        return Consoles.Create(shell.Error, isTerminal: true, shell.Width)
            .Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new NoteColumn(notes))
            .StartAsync(context => work(new BarProgress(shell.Error, context, notes)));
    }

    public override void Report(WorkState state)
    {
        if (!_tasks.TryGetValue(state.Title, out var task))
            _tasks[state.Title] = task = _context.AddTask(Markup.Escape(state.Title), maxValue: 1);
        task.Value = state.Fraction;
        var left = TimeLeft(state);
        var time = state.Fraction < 1 && left is { } known ? ", " + Texts.Duration(known) + " left" : "";
        _notes[task.Id] = $"{Texts.RateSuffix(state.Rate, state.Unit)}{time}".TrimStart(',', ' ');
    }

    private sealed class NoteColumn(ConcurrentDictionary<int, string> notes) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(notes.GetValueOrDefault(task.Id, ""), Style.Plain);
    }
}

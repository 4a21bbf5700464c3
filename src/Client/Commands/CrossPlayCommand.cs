using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Experiments;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Plugins;
using Srpo.Reporting;

namespace Srpo.Client.Commands;

/// <summary>`srpo crossplay`: everyone with everyone, over populations that exist already.</summary>
internal static class CrossPlayCommand
{
    private static readonly Argument<string[]> Populations = new("POPULATION") { Description = "Populations to play, for example overcooked-1.ippo overcooked-1.srpo.", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string[]> Layouts = new("--layout") { Description = "A layout to play on: 'training', a built-in name, or a map file. May be repeated.", HelpName = "LAYOUT", DefaultValueFactory = _ => [ExperimentKeys.TrainingLayout] };

    private static readonly Option<string[]> Opponents = new("--opponent") { Description = "POPULATION/TEAM whose agents take the seats of the opponents. May be repeated. Default: the opponents of training.", HelpName = "TEAM", DefaultValueFactory = _ => [] };

    private static readonly Option<int?> Episodes = CommandExtensions.WholeOption("--episodes", $"Episodes per pair. Default: {ExperimentKeys.Episodes.Default}.", ExperimentKeys.Episodes);

    private static readonly Option<int?> Steps = CommandExtensions.WholeOption("--steps", "Steps per episode. Default: as in training.", ExperimentKeys.Steps);

    private static readonly Option<string[]> Actions = CommandExtensions.RepeatedActionsOption("--actions", "How policies act, opponents included: sampled, or greedy for the most likely legal action. Given twice, everything is played in both ways. Default: as in training's evaluation.");

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the matches.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<string?> Id = new("--id") { Description = "Id of the tournament; repeating a command with it goes on where it was. Default: the first free of crossplay-1, ...", HelpName = "ID" };

    private static readonly Option<string?> Out = new("--out") { Description = "Directory of the report. Default: ID in the data directory.", HelpName = "DIR" };

    public static Command Create(Shell shell) => new Command("crossplay", "Play populations that exist: all teams with all teams.")
    {
        Populations, Layouts, Opponents, Actions, Episodes, Steps, Seed, Id, Out, SizeView.Large, CommandExtensions.AllowOlder,
    }.Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        // Until it has an id, a repeated command begins what this one has not begun.
        var id = context.Get(Id) is { } chosen ? RunIds.CheckNew(chosen) : null;
        return await context.PausableAsync(() => Repeat(context, id), () => context.WithGrainsAsync(session => PlayAsync(context, session, held => id = held)));
    }

    private static async Task<int> PlayAsync(CommandContext context, IGrainSession session, Action<string> onHeld)
    {
        string[] names = [.. context.Get(Populations).Select(GrainKeys.CheckName)];
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length) throw new SrpoException(ErrorKind.Usage, "a population is named twice");
        var reader = new GrainReader(session.Grains, context.Older);
        var specs = new List<PopulationSpec>();
        foreach (var name in names) specs.Add((await reader.GetSpecAsync(name)).RequirePlugins());
        ActionChoice[] actions = context.Get(Actions) is { Length: > 0 } words ? [.. words.Distinct().Select(LayoutActions.Of)] : [specs[0].Training.EvaluationActions];
        var layouts = LayoutActions.Apply(
            await OpponentSets.ApplyAsync(session, specs, context.Get(Opponents) ?? [], TypedLayouts.Several(context.Get(Layouts) ?? [], specs[0].Environment, context.Shell.Directory)), actions);
        if (layouts.GroupBy(layout => layout.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new SrpoException(ErrorKind.Usage, $"--actions: '{twice.Key}' is a layout too; give the map another name");
        var size = await CheckAsync(context, session, specs, layouts);

        context.Data.EnsureWritable();
        using var held = context.Get(Id) is { } id ? RunLock.Take(context.Data, id) : RunLock.TakeFirstFree(context.Data, "crossplay", await RunCatalog.TakenAsync(context.Data, reader));
        onHeld(held.Id);
        context.Shell.GoOn.Command = Repeat(context, held.Id);
        var directory = context.Get(Out) is { } output ? context.Shell.Resolve(output) : context.Data.Run(held.Id);
        if (context.Data.HasRun(held.Id)) throw new SrpoException(ErrorKind.InUse, $"'{held.Id}' is a run, whose results would be overwritten; choose another id with --id");
        OutputDirectory.RequireOwn(directory, held.Id);
        OutputDirectory.RequireWritable(directory);
        Directory.CreateDirectory(directory);
        var run = new CrossPlayRun(held.Id, "srpo " + CommandHints.Typed(context.Shell), DateTimeOffset.Now, names, directory) { Layouts = layouts }.Begin(context.Data);

        var say = SizeView.SayOnce(context, size);
        await ProgressDisplay.RunAsync(context.Shell, async display =>
        {
            foreach (var layout in layouts)
            {
                var spec = new TournamentSpec(names, layout.Environment, context.Get(Episodes) ?? ExperimentKeys.Episodes.Default, context.Get(Steps) ?? specs[0].Training.EvaluationSteps, context.Get(Seed),
                    await OpponentsAsync(context, reader, layout), AllowOlder: context.Older is not null)
                { Actions = layout.Actions };
                await CrossPlay.RunAsync(context.ToRun(session, display), run.TournamentName(layout.Name), layout.Name, spec, Repeat(context, held.Id), onProgress: say);
            }
        });

        // Only now: a command that was refused has changed nothing of what the report shows.
        run.Save(context.Data);
        var results = await CrossPlayResults.CollectAsync(session, run, context.Older);
        var report = ReportWriter.WriteAll(directory, results);
        PrintRounds(context, CrossPlayResults.Labels(names), results.Matrices, specs);
        RunSummaryView.Print(context, report.Summary, Path.Combine(directory, "report.html"));
        return (int)ExitCode.Ok;
    }

    /// <summary>Refuses, before the first match on the first layout, what cannot be played on any of them, and says how much it is.</summary>
    private static async Task<RunSize> CheckAsync(CommandContext context, IGrainSession session, IReadOnlyList<PopulationSpec> specs, IReadOnlyList<EvaluationLayout> layouts)
    {
        var known = specs.ToDictionary(spec => spec.Population, StringComparer.Ordinal);
        foreach (var name in layouts.SelectMany(layout => layout.Opponents).Select(opponent => opponent.Population).Distinct())
        {
            if (!known.ContainsKey(name)) known[name] = (await session.Grains.GetGrain<ICoordinatorGrain>(name).GetSpecAsync()).RequirePlugins();
        }

        var teams = known.ToDictionary(pair => pair.Key, pair => EvaluatedTeams.Of(pair.Value), StringComparer.Ordinal);
        EvaluatedTeams[] players = [.. specs.Select(spec => teams[spec.Population])];
        var problems = EvaluationCheck.Problems(players, layouts, teams.GetValueOrDefault);
        if (problems.Count > 0) throw new SrpoException(ErrorKind.Usage, string.Join('\n', problems.Select(problem => $"{problem.Reason}; {problem.Remedy}")));
        SizeView.Warn(context, layouts.Select(layout => layout.Environment));
        var size = RunSize.Play(players, layouts, context.Get(Episodes) ?? ExperimentKeys.Episodes.Default, context.Get(Steps) ?? specs[0].Training.EvaluationSteps);
        SizeView.Check(context, size, context.Get(Out) is { } output ? context.Shell.Resolve(output) : null);
        return size;
    }

    /// <summary>The opponents of a layout; where the newest policy of one cannot be read and older ones are allowed, the one that can.</summary>
    private static async Task<PolicyReference[]> OpponentsAsync(CommandContext context, IStateReader reader, EvaluationLayout layout)
    {
        PolicyReference[] opponents = [.. layout.Opponents.Select(reference => reference.Policy(name => name))];
        if (context.Older is null) return opponents;
        for (var i = 0; i < opponents.Length; i++)
        {
            var policy = await reader.GetPolicyAfterAsync(opponents[i].Agent, opponents[i].Round);
            opponents[i] = opponents[i] with { Round = policy.Version };
        }

        return opponents;
    }

    /// <summary>Which round every population played from; the hashes of the weights are in the files.</summary>
    private static void PrintRounds(CommandContext context, IReadOnlyDictionary<string, string> labels, IEnumerable<CrossPlayMatrix> matrices, IReadOnlyList<PopulationSpec> specs)
    {
        if (context.Json) return;
        var played = matrices.SelectMany(matrix => matrix.Rows.Zip(matrix.Weights)).ToArray();
        foreach (var (name, label) in labels)
        {
            int[] rounds = [.. played.Where(run => run.First.Method == label).SelectMany(run => run.Second.Rounds).Distinct().Order()];
            if (specs.FirstOrDefault(spec => spec.Population == name)?.Imported is { } files) context.Out.WriteLine($"{name}: imported from {string.Join("; ", files.Select(Texts.Imported))}");
            else if (rounds.Length > 0) context.Out.WriteLine($"{name}: round {string.Join(", ", rounds)}");
        }
    }

    private static string Repeat(CommandContext context, string? id) => CommandHints.Repeat(context.Shell, context.Get(Id) is null && id is not null ? $" --id {id}" : "");
}

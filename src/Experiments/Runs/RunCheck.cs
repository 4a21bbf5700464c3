using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Learning.Devices;
using Srpo.Reporting.Text;

namespace Srpo.Experiments.Runs;

/// <summary>What is refused before anything is trained, besides what the experiment's own text says: it could not be brought to its end here.</summary>
public static class RunCheck
{
    /// <summary>Work that takes longer is begun only where the user says that he means it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>The option with which he says so.</summary>
    public const string LargeOption = "--large";

    /// <summary>Steps beyond which counters would overflow.</summary>
    private const double MostSteps = 1e18;

    /// <summary>Refuses a run whose populations and tournaments cannot have their names, or whose evaluation cannot be played. A run of an earlier build may be one.</summary>
    /// <param name="manifest">The run.</param>
    /// <exception cref="SrpoException">With every problem.</exception>
    public static void Playable(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var experiment = manifest.Experiment;
        var problems = new List<string>();
        foreach (var name in experiment.Populations.Select(population => manifest.PopulationName(population.Label)).Concat(experiment.Evaluation.Layouts.Select(layout => manifest.TournamentName(layout.Name))))
        {
            if (!PopulationSpec.IsValidName(name))
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"the name '{name}' has {name.Length} characters, 100 are the most; choose a shorter --id, or shorter names in the experiment"));
        }

        var teams = experiment.Populations.ToDictionary(population => population.Label, population => EvaluationCheck.Teams(experiment.Environment, population), StringComparer.Ordinal);
        var names = problems.Count;
        problems.AddRange(EvaluationCheck
            .Problems([.. experiment.Populations.Where(population => population.Evaluate).Select(population => teams[population.Label])], experiment.Evaluation.Layouts, teams.GetValueOrDefault)
            .Select(problem => $"evaluation.{problem.Field}: {problem.Reason}; {problem.Remedy}"));
        if (problems.Count > names) problems.Add($"what it may have trained is kept; `srpo crossplay {manifest.PopulationName(experiment.Populations[0].Label)}` plays it on other layouts");
        if (problems.Count > 0) throw new SrpoException(ErrorKind.Usage, $"the run '{manifest.Id}' could not be brought to its end:\n{string.Join('\n', problems)}");
    }

    /// <summary>Refuses devices that cannot be had on this machine. What they need is loaded.</summary>
    /// <param name="training">The settings of whoever is to be trained here.</param>
    /// <exception cref="SrpoException">With the device, and what helps.</exception>
    public static void Devices(IEnumerable<TrainingSettings> training)
    {
        foreach (var device in training.Select(settings => settings.Device).Distinct()) LearnerDevices.Get(device).Require();
    }

    /// <summary>Refuses work that is longer than anybody waits for, or that the memory of this machine does not hold.</summary>
    /// <param name="size">The work.</param>
    /// <param name="workers">Worker threads.</param>
    /// <param name="large">Whether the user means it: then only what cannot be counted is refused.</param>
    /// <exception cref="SrpoException">With the numbers, and what would be possible.</exception>
    public static void Affordable(RunSize size, int workers, bool large)
    {
        ArgumentNullException.ThrowIfNull(size);
        if (size.TrainingSteps > MostSteps || size.PlaySteps > MostSteps)
            throw new SrpoException(ErrorKind.Usage, $"{Work(size)} is beyond what can be counted; use fewer seeds, iterations, episodes or steps");
        if (large) return;
        if (size.Time(workers) > Longest)
        {
            throw new SrpoException(
                ErrorKind.Usage,
                $"{Work(size)} takes {Numbers.About(size.Time(workers))} on {Cores(workers)}, more than {Longest.TotalDays:0} days; use fewer seeds, iterations or episodes, or begin it all the same with {LargeOption}");
        }

        Memory(size, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    /// <summary>Refuses work whose checkpoints and results there is no room for.</summary>
    /// <param name="size">The work.</param>
    /// <param name="data">The directory that keeps it; it need not exist.</param>
    /// <param name="output">Directory of the outputs, absolute; null for one in the data directory.</param>
    /// <exception cref="SrpoException">With the numbers.</exception>
    public static void Room(RunSize size, DataDirectory data, string? output)
    {
        ArgumentNullException.ThrowIfNull(size);
        ArgumentNullException.ThrowIfNull(data);
        var (state, results) = (Existing(data.Root), Existing(output ?? data.Root));
        var (first, second) = (new DriveInfo(state), new DriveInfo(results));
        var sameDisk = output is null || (first.TotalSize, first.DriveFormat) == (second.TotalSize, second.DriveFormat);
        Space(state, data.Root, size.StateBytes + (sameDisk ? size.OutputBytes : 0), "--data");
        if (!sameDisk) Space(results, output!, size.OutputBytes, "--out");

        static void Space(string existing, string shown, double needed, string option)
        {
            var disk = new DriveInfo(existing);
            double free = disk.AvailableFreeSpace;

            // What has no size is no disk; whether it can be written is found out by writing.
            if (needed <= free || disk.TotalSize == 0) return;
            throw new SrpoException(
                ErrorKind.Environment,
                $"about {Numbers.Bytes(needed)} are needed in {shown}, and {Numbers.Bytes(free)} are free; make room, use another disk with {option} DIR, or begin it all the same with {LargeOption}");
        }
    }

    /// <summary>Refuses work that needs more memory than there is.</summary>
    internal static void Memory(RunSize size, double available)
    {
        // What training needs at the least is known better (TrainingMemory). The estimate counts what is not collected while there is room;
        // where there is little, half of it does.
        if (size.Teams > 0 || size.MemoryBytes / 2 <= available) return;
        throw new SrpoException(
            ErrorKind.Environment,
            $"{Work(size)} needs at least {Numbers.Bytes(size.MemoryBytes / 2)} of memory, and {Numbers.Bytes(available)} are there; use fewer seeds, smaller networks or shorter rollouts, or begin it all the same with {LargeOption}");
    }

    /// <summary>How much a run is, in a line of exact numbers and one of estimates.</summary>
    /// <param name="size">The run.</param>
    /// <param name="workers">Worker threads of this machine; null where others work, of whom nothing is known.</param>
    public static IReadOnlyList<string> Describe(RunSize size, int? workers)
    {
        ArgumentNullException.ThrowIfNull(size);
        var needs = $"{Numbers.Bytes(size.StateBytes + size.OutputBytes)} of disk";
        return
        [
            Work(size),
            workers is { } cores ? $"{Numbers.About(size.Time(cores))} on {Cores(cores)}, {needs}, {Numbers.Bytes(size.MemoryBytes)} of memory, roughly" : needs + ", roughly",
        ];
    }

    private static string Work(RunSize size)
    {
        var parts = new List<string>();
        if (size.Teams > 0) parts.Add($"training {Numbers.Count(size.Teams)} {(size.Teams == 1 ? "team" : "teams")} for {Numbers.Count(size.TrainingSteps)} env-steps");
        if (size.Pairs > 0) parts.Add($"playing {Numbers.Count(size.Runs)} x {Numbers.Count(size.Runs)} runs{(size.Layouts > 1 ? $" on {Numbers.Count(size.Layouts)} layouts" : "")} for {Numbers.Count(size.Episodes)} episodes of {Numbers.Count(size.PlaySteps)} env-steps");
        return string.Join(", ", parts);
    }

    private static string Cores(int workers) => workers == 1 ? "1 core" : string.Create(CultureInfo.InvariantCulture, $"{workers} cores");

    /// <summary>The directory itself, or the nearest above it that exists.</summary>
    private static string Existing(string directory)
    {
        while (!Directory.Exists(directory) && Path.GetDirectoryName(directory) is { } parent) directory = parent;
        return directory;
    }
}

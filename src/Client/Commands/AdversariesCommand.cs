using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Statistics;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Commands;

/// <summary>`srpo adversaries`: how far adversaries deviate from the partners whose place they take, and what it costs the agents.</summary>
internal static class AdversariesCommand
{
    private const int DefaultEpisodes = 400;

    private static readonly Argument<string[]> Populations = new("POPULATION") { Description = "Populations that train with adversaries, for example overcooked-1.srpo.", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string?> Layout = new("--layout") { Description = "A built-in layout, or a file. Default: the layout that a population was trained on.", HelpName = "LAYOUT" };

    private static readonly Option<int?> Episodes = CommandExtensions.WholeOption("--episodes", $"Episodes with every adversary, and as many without. Default: {DefaultEpisodes}.", 2, ExperimentKeys.Episodes.High);

    private static readonly Option<int?> Steps = CommandExtensions.WholeOption("--steps", "Steps per episode. Default: as in evaluation.", ExperimentKeys.Steps);

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the episodes' randomness.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static Command Create(Shell shell) => new Command("adversaries", "Measure adversaries: how far they deviate from the partners whose place they take, in nats a move, and what it costs the agents.")
    {
        Populations, Layout, Episodes, Steps, Seed, CommandExtensions.AllowOlder,
    }.Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        string[] names = [.. context.Get(Populations).Select(GrainKeys.CheckName)];
        var measured = new List<MeasuredPopulation>();
        await context.WithStateAsync(async state =>
        {
            foreach (var name in names) measured.Add(await ReadAsync(context, state, name));
            return (int)ExitCode.Ok;
        });
        var trials = measured.SelectMany(population => population.Adversaries).ToArray();
        Parallel.ForEach(
            trials, new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation },
            adversary => adversary.Outcome = adversary.Trial.Play(context.Cancellation));
        if (context.Json) PrintJson(context, measured);
        else Print(context, measured);
        return (int)ExitCode.Ok;
    }

    private static async Task<MeasuredPopulation> ReadAsync(CommandContext context, IStateReader state, string name)
    {
        var spec = (await state.GetSpecAsync(name)).RequirePlugins();
        var plan = TeamPlan.For(spec, EnvironmentFactory.Info(spec.Environment));
        ActorId[] adversaries = [.. plan.Actors.Where(actor => actor.Kind == ActorKind.Adversary)];
        if (adversaries.Length == 0) throw new SrpoException(ErrorKind.Usage, $"{name} was trained with the method {spec.Training.Method}, which has no adversaries; name a population of SRPO");
        if (ArchitectureRegistry.Source(spec.Environment.Name) is not null)
            throw new SrpoException(ErrorKind.Usage, $"{name}: its players in {spec.Environment.Name} are no networks, and are not measured; their KL in training stands in learning-actors.csv of the report");
        var environment = context.Get(Layout) is { } layout ? TypedLayouts.One(layout, spec.Environment, context.Shell.Directory) : spec.Environment;
        var info = EnvironmentFactory.Info(environment);
        if (info.Seats != plan.Seats) throw new SrpoException(ErrorKind.Usage, $"--layout {info.Variant} has {info.Seats} seats; {name} was trained with {plan.Seats}");
        FrozenPolicy[] opponents = [.. await Task.WhenAll(spec.Opponents.Select(async opponent => Fitting(await state.GetPolicyAfterAsync(opponent.Agent, opponent.Round), info)))];
        var found = new List<AdversaryRow>();
        for (var team = 0; team < spec.Teams; team++)
        {
            var agents = new List<PolicySnapshot>();
            foreach (var agent in plan.Actors.Where(actor => actor.Kind == ActorKind.Agent)) agents.Add(await state.GetPolicyAsync(ActorKind.Agent, GrainKeys.Seat(name, team, agent.Seat)));
            FrozenPolicy[] policies = [.. agents.Select(agent => Fitting(agent, info))];
            FrozenPolicy[] seats = [.. Enumerable.Range(0, plan.Agents).Select(seat => policies[policies.Length == 1 ? 0 : seat])];
            foreach (var adversary in adversaries)
            {
                var snapshot = await state.GetPolicyAsync(ActorKind.Adversary, GrainKeys.Seat(name, team, adversary.Seat));
                found.Add(new(snapshot.Key, team, snapshot.Version, [.. agents.Select(agent => new AgentRow(agent.Key, agent.Version))], new AdversaryTrial
                {
                    Environment = environment,
                    Agents = seats,
                    Opponents = opponents,
                    Adversary = Fitting(snapshot, info),
                    Agent = spec.Training.UsesOnePolicy() ? null : adversary.Seat,
                    Episodes = context.Get(Episodes) ?? DefaultEpisodes,
                    Steps = context.Get(Steps) ?? spec.Training.EvaluationSteps,
                    Seed = context.Get(Seed),
                    Team = team,
                }));
            }
        }

        return new(name, spec, info, found);
    }

    private static FrozenPolicy Fitting(PolicySnapshot policy, EnvironmentInfo info) => FrozenPolicies.Of(Seats.Fitting(policy, info));

    private static void Print(CommandContext context, IReadOnlyList<MeasuredPopulation> populations)
    {
        foreach (var population in populations)
        {
            var training = population.Spec.Training;
            Tables.PrintPairs(context.Shell,
            [
                ("population", population.Name),
                ("environment", $"{population.Environment.Name} {population.Environment.Variant}"),
                ("price", string.Create(CultureInfo.InvariantCulture, $"1/tau = {1 / training.Tau:0.####} a nat of {(training.Adversary.Kl == KlDirection.AdversaryToPolicy ? "KL to the partner" : "KL from the partner")}")),
            ]);
            Tables.Print(
                context.Shell,
                ["adversary", "round#", "with partners#", "with adversary#", "lost#", "s.e.#", "moves#", "KL to partner#", "KL from partner#"],
                population.Adversaries.Select(adversary => Row(adversary.Key, adversary.Rounds, adversary.Outcome!)));
            foreach (var (what, mean, interval) in population.Means())
                context.Out.WriteLine($"{what}: {Number(mean)}{(interval is { } between ? $" [{Number(between.Low)}, {Number(between.High)}]" : "")}, mean of {(population.Spec.Teams == 1 ? "one run" : $"{Texts.Count(population.Spec.Teams)} runs")}");
            context.Out.WriteLine();
        }
    }

    private static IReadOnlyList<string> Row(string key, string round, AdversaryOutcome outcome) =>
        [key, round, Number(outcome.Together), Number(outcome.Against), Number(outcome.Lost), Number(outcome.LostError), outcome.Moves.ToString("0.0", CultureInfo.InvariantCulture), Nats(outcome.ToPolicy), Nats(outcome.FromPolicy)];

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Nats(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static void PrintJson(CommandContext context, IReadOnlyList<MeasuredPopulation> populations) => context.PrintJson(populations.Select(population => new
    {
        Population = population.Name,
        Environment = population.Environment.Name,
        Layout = population.Environment.Variant,
        population.Spec.Training.Tau,
        population.Spec.Training.Adversary.Kl,
        Means = population.Means().Select(mean => new { mean.What, mean.Mean, mean.Interval }),
        Adversaries = population.Adversaries.Select(adversary => new { adversary.Key, adversary.Round, adversary.Agents, adversary.Outcome }),
    }));

    /// <summary>An adversary and what it was found to do.</summary>
    private sealed record AdversaryRow(string Key, int Team, int Round, IReadOnlyList<AgentRow> Agents, AdversaryTrial Trial)
    {
        /// <summary>Of itself and of the agents; one where all stand at the same.</summary>
        public string Rounds => string.Join(", ", Agents.Select(agent => agent.Round).Prepend(Round).Distinct().Select(round => round.ToString(CultureInfo.InvariantCulture)));

        public AdversaryOutcome? Outcome { get; set; }
    }

    private sealed record AgentRow(string Key, int Round);

    private sealed record MeasuredPopulation(string Name, PopulationSpec Spec, EnvironmentInfo Environment, IReadOnlyList<AdversaryRow> Adversaries)
    {
        /// <summary>Over runs, those of the seats of a run being one number; with the bootstrap's 95 % interval from two runs on.</summary>
        public IEnumerable<(string What, double Mean, Interval? Interval)> Means()
        {
            yield return Mean("lost", outcome => outcome.Lost);
            yield return Mean("nats a move, KL to partner", outcome => outcome.ToPolicy);
            yield return Mean("nats a move, KL from partner", outcome => outcome.FromPolicy);
        }

        private (string What, double Mean, Interval? Interval) Mean(string what, Func<AdversaryOutcome, double> measure)
        {
            double[] runs = [.. Adversaries.GroupBy(adversary => adversary.Team).Select(team => team.Average(adversary => measure(adversary.Outcome!)))];
            return (what, runs.Average(), RunBootstrap.SelfPlay(runs, BootstrapOptions.Default, 0)?.Mean);
        }
    }
}

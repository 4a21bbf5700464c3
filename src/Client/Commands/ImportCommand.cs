using System.CommandLine;
using System.Globalization;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Experiments.Imports;
using Srpo.Experiments.Packs;
using Srpo.Grains;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Commands;

/// <summary>`srpo import`: policies that other programs have trained, and scripted players, as a population that plays as any other.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string[]> Files = new("FILE") { Description = "A safetensors or ONNX (.onnx) file with the policy's network: one for all seats, or one for each seat of the team in order. Or scripted:NAME, a player that follows rules (`srpo show players`), for all seats.", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string?> Names = new("--names") { Description = "The names map, a JSON file. For safetensors it must be given: which tensors are the layers, in which order their axes are, and which nonlinearity is between them. For ONNX it may be: which output is used, and what it is.", HelpName = "MAP" };

    private static readonly Option<string> Environment = new("--environment") { Description = "What it plays: " + string.Join(", ", CommandExtensions.EnvironmentNames()) + ".", HelpName = "ENVIRONMENT", Required = true };

    private static readonly Option<string?> Layout = new("--layout") { Description = "The layout or game that it was trained on: a built-in one, or a file. Default: the first one.", HelpName = "LAYOUT" };

    private static readonly Option<string?> As = new("--as") { Description = "Name of the population to make. Without it nothing is stored: what was read is shown.", HelpName = "POPULATION" };

    private static readonly Option<string?> Opponents = new("--opponent") { Description = "POPULATION/TEAM whose agents take the seats of the opponents, in environments that have such seats.", HelpName = "TEAM" };

    private static readonly Option<string?> Check = new("--check") { Description = "Print the policy's probabilities of the actions for the observations in this file: .npy, or JSON as `srpo show observation --json` prints it.", HelpName = "FILE" };

    public static Command Create(Shell shell) => new Command("import", "Take policies that other programs have trained, PyTorch or JAX for example, and scripted players, so that they play as any agent.")
    {
        Files, Names, Environment, Layout, As, Opponents, Check,
    }.GoesWith(Opponents, As).Handle(shell, RunAsync);

    private static async Task<int> RunAsync(CommandContext context)
    {
        var name = context.Get(As) is { } typed ? GrainKeys.CheckName(typed) : null;
        var registration = CommandExtensions.FindEnvironment(context.Get(Environment)!);
        if (ArchitectureRegistry.Source(registration.Name) is not null && registration.IsStepped)
            throw new SrpoException(ErrorKind.Usage, $"--environment {registration.Name}: its players are made by a plug-in, and are no networks that could be imported");
        if (!registration.IsStepped) throw new SrpoException(ErrorKind.Usage, $"--environment {registration.Name}: language models play it, which are folders (`srpo language`); networks observe numbers");
        var environment = new EnvironmentSettings(registration.Name, registration.Variants[0]);
        if (context.Get(Layout) is { } layout) environment = TypedLayouts.One(layout, environment, context.Shell.Directory);
        var info = EnvironmentFactory.Info(environment);
        var policies = Load(context, environment, info);
        var answers = context.Get(Check) is { } check ? Answers(policies, ObservationFile.Read(context.Shell.Resolve(check), policies[0].Playing.Inputs), info) : null;
        var spec = name is null ? null : await SpecAsync(context, name, environment, info, policies);
        if (spec is not null) await StoreAsync(context, spec, policies, info);
        Print(context, name, info, policies, answers);
        return (int)ExitCode.Ok;
    }

    /// <summary>What is named: graphs, networks whose weights are read, or a scripted player.</summary>
    private static ForeignPolicy[] Load(CommandContext context, EnvironmentSettings environment, EnvironmentInfo info)
    {
        if (context.Get(Files).FirstOrDefault(ScriptedPlayers.IsNamed) is { } player)
        {
            if (context.Get(Files).Length > 1) throw new SrpoException(ErrorKind.Usage, $"{player} plays all seats of its population; import others as populations of their own, and name an agent for each seat where they play");
            return context.Get(Names) is null
                ? [ForeignScript.Load(player, environment)]
                : throw new SrpoException(ErrorKind.Usage, $"--names: {player} is no file, and says itself what it observes; leave it out");
        }

        string[] files = [.. context.Get(Files).Select(context.Shell.Resolve)];
        var names = context.Get(Names) is { } typed ? context.Shell.Resolve(typed) : null;
        var graphs = files.Count(ForeignGraph.IsNamed);
        if (graphs == files.Length)
        {
            var asked = names is null ? GraphMap.Default : GraphMap.Load(names);
            return [.. files.Select(file => ForeignGraph.Load(file, asked, info))];
        }

        if (graphs > 0) throw new SrpoException(ErrorKind.Usage, "some files are ONNX files and others are not; import them as populations of their own, and name an agent for each seat where they play");
        if (names is null) throw new SrpoException(ErrorKind.Usage, "--names MAP is missing: a safetensors file needs a names map, which says what its tensors are; ONNX files, which need none, end with .onnx");
        var map = NamesMap.Load(names);
        return [.. files.Select(file => ForeignNetwork.Load(file, map, info))];
    }

    /// <summary>The population: one team that has come to its end.</summary>
    private static async Task<PopulationSpec> SpecAsync(CommandContext context, string name, EnvironmentSettings environment, EnvironmentInfo info, IReadOnlyList<ForeignPolicy> policies)
    {
        var map = policies[0].Map;
        if (policies.OfType<ForeignNetwork>().Select(policy => policy.Shape).Distinct().Skip(1).Any()) throw new SrpoException(ErrorKind.Usage, "the files hold networks of different widths; a team's agents have networks of one shape: import them as populations of their own, and name an agent for each seat where they play");
        var opponents = context.Get(Opponents) is { } team ? await OpponentsAsync(context, team, info) : [];
        var seats = map.OwnFirst ? 1 : opponents.Count > 0 ? info.TeamSeats : info.Seats;
        if (policies.Count != 1 && policies.Count != seats)
            throw new SrpoException(ErrorKind.Usage, string.Create(CultureInfo.InvariantCulture, $"{policies.Count} files are named; name one for all seats{(seats == 1 ? "" : $", or {seats}, one for each seat")}{(info.Seats > info.TeamSeats && opponents.Count == 0 ? "; with --opponent only those of the team" : "")}"));
        var imported = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var spec = new PopulationSpec
        {
            Population = name,
            Environment = environment,
            Teams = 1,
            Opponents = opponents,
            Plugins = LoadedPlugins.NeededBy(environment.Name, player: (policies[0] as ForeignScript)?.Player.Name),
            Training = new TrainingSettings
            {
                Method = Imported.MethodId,
                Iterations = ImportedPopulation.Round,
                SharePolicy = map.OwnFirst,
                CurveInterval = 0,
                Network = policies[0].Network,
            },
            Imported = [.. policies.Select(policy => policy.Source(imported))],
        };
        var problems = spec.Validate().Concat(TeamPlan.Problems(spec, info)).ToArray();
        return problems.Length == 0 ? spec : throw new SrpoException(ErrorKind.Usage, string.Join('\n', problems.Select(problem => problem.ToString())));
    }

    private static async Task<IReadOnlyList<PolicyReference>> OpponentsAsync(CommandContext context, string team, EnvironmentInfo info)
    {
        if (info.Seats == info.TeamSeats) throw new SrpoException(ErrorKind.Usage, $"--opponent: {info.Name} {info.Variant} has no seats for opponents; leave it out");
        IReadOnlyList<PolicyReference> references = [];
        await context.WithStateAsync(async state =>
        {
            var seats = Enumerable.Range(info.TeamSeats, info.Seats - info.TeamSeats);
            var policies = new List<PolicyReference>();
            foreach (var seat in seats)
            {
                var policy = await state.GetPolicyAsync(string.Create(CultureInfo.InvariantCulture, $"{team}/{seat}"));
                policies.Add(new PolicyReference(policy.Key, policy.Version));
            }

            references = policies;
            return (int)ExitCode.Ok;
        });
        return references;
    }

    private static async Task StoreAsync(CommandContext context, PopulationSpec spec, IReadOnlyList<ForeignPolicy> policies, EnvironmentInfo info)
    {
        context.Data.EnsureWritable();
        using var held = RunLock.Take(context.Data, spec.Population);
        var agents = TeamPlan.For(spec, info).Actors.Count;
        var parameters = ForeignPolicy.Parameters(policies);
        var states = ImportedPopulation.States(spec, [.. Enumerable.Range(0, agents).Select(agent => parameters[policies.Count == 1 ? 0 : agent])]);
        context.RememberPlugins();
        await context.WithGrainsAsync(async session =>
        {
            await new StateSender(session.Grains, GrainKeys.Transfer(WorkKind.Population, spec.Population), text => context.Error.WriteLine("srpo: " + text), context.Cancellation).SendAsync(states);
            return (int)ExitCode.Ok;
        });
    }

    /// <summary>[policies][observations][actions]. What networks say is theirs, whatever is legal; scripted players go by their seat and by what is legal.</summary>
    private static double[][][] Answers(IReadOnlyList<ForeignPolicy> policies, IReadOnlyList<ObservationRow> observations, EnvironmentInfo info)
    {
        try
        {
            return [.. policies.Select(policy => observations.Select((row, i) => policy is ForeignScript ? Answer(policy, row, i, info) : policy.Playing.Probabilities(row.Numbers)).ToArray())];
        }
        catch (ArgumentException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"--check: {error.Message}", error);
        }
    }

    private static double[] Answer(ForeignPolicy policy, ObservationRow row, int number, EnvironmentInfo info)
    {
        if (row.Seat is not { } seat || seat >= info.Seats || (info.MasksActions && row.Legal is null) || row.Legal?.Length is { } length && (length != info.Actions || !row.Legal.Contains((byte)1)))
        {
            throw new SrpoException(
                ErrorKind.Usage,
                $"--check: {policy.File} goes by its seat and by the legal actions, which the file does not say for {info.Name} {info.Variant}; give what `srpo show observation {info.Name} --layout {info.Variant} --json` prints");
        }

        try
        {
            return policy.Playing.Probabilities(row.Numbers, seat, row.Legal ?? []);
        }
        catch (SrpoException error)
        {
            throw new SrpoException(ErrorKind.Usage, string.Create(CultureInfo.InvariantCulture, $"--check: at observation {number}: {error.Message}"), error);
        }
    }

    private static void Print(CommandContext context, string? name, EnvironmentInfo info, IReadOnlyList<ForeignPolicy> policies, double[][][]? answers)
    {
        if (context.Json)
        {
            context.PrintJson(new
            {
                Population = name,
                Environment = info.Name,
                Layout = info.Variant,
                Policies = policies.Select((policy, i) => new
                {
                    policy.File,
                    policy.Sha256,
                    policy.Weights,
                    policy.Playing.Inputs,
                    (policy as ForeignNetwork)?.Shape.Hidden,
                    policy.Playing.Actions,
                    Parameters = policy.ParameterCount,
                    Graph = (policy as ForeignGraph)?.Report,
                    Scripted = (policy as ForeignScript)?.Player,
                    policy.Tensors,
                    Probabilities = answers?[i],
                }),
            });
            return;
        }

        for (var i = 0; i < policies.Count; i++)
        {
            var policy = policies[i];
            if (policy is ForeignScript script) Print(context, info, script);
            else Tables.PrintPairs(context.Shell,
            [
                ("file", policy.File),
                ("SHA-256", policy.Sha256),
                ("weights", NetworkTensors.Shown(policy.Weights)),
                ("environment", $"{info.Name} {info.Variant}"),
                ("network", Network(policy)),
            ]);
            if (policy.Tensors.Count > 0) Tables.Print(context.Shell, ["tensor", "shape", "read as"], policy.Tensors.Select(tensor => (IReadOnlyList<string>)[tensor.Tensor, tensor.Shape, tensor.ReadAs.Length > 0 ? tensor.ReadAs : policy is ForeignGraph ? "not used" : "not named by the map, left out"]));
            if (answers is not null) PrintAnswers(context, info, answers[i]);
        }

        context.Out.WriteLine(name is null ? "nothing was stored; --as POPULATION takes it" : $"{name}: imported; `{CommandHints.For(context.Shell, $"replay {name}/0")}` shows how it plays");
    }

    private static void Print(CommandContext context, EnvironmentInfo info, ForeignScript script) => Tables.PrintPairs(
        context.Shell,
        [
            ("player", script.File),
            ("what it does", script.Description),
            ("plug-in", script.Player.Plugin?.ToString()),
            ("rules", string.Create(CultureInfo.InvariantCulture, $"{script.Player.Rules}, hash {NetworkTensors.Shown(script.Sha256)}")),
            ("environment", $"{info.Name} {info.Variant}"),
        ]);

    private static string Network(ForeignPolicy policy)
    {
        var parameters = $"{Texts.Count(policy.ParameterCount)} parameters";
        return policy switch
        {
            ForeignNetwork { Shape: var shape } =>
                string.Join(" - ", new[] { shape.Inputs }.Concat(shape.Hidden).Append(shape.Outputs)) + $", {shape.Activation.ToString().ToLowerInvariant()}{(shape.LayerNorm ? ", layer normalisation" : "")}, {parameters}",
            ForeignGraph { Report: var report } =>
                string.Create(CultureInfo.InvariantCulture, $"ONNX graph of {report.Nodes} operators, opset {report.Opset}{(report.Producer.Length > 0 ? $", by {report.Producer}" : "")}, {parameters}; runs on {report.Runtime}"),
            _ => parameters,
        };
    }

    private static void PrintAnswers(CommandContext context, EnvironmentInfo info, double[][] answers) => Tables.Print(
        context.Shell,
        ["observation#", .. Enumerable.Range(0, info.Actions).Select(action => string.Create(CultureInfo.InvariantCulture, $"action {action}#"))],
        answers.Select((probabilities, row) => (IReadOnlyList<string>)[row.ToString(CultureInfo.InvariantCulture), .. probabilities.Select(probability => probability.ToString("0.000000", CultureInfo.InvariantCulture))]));
}

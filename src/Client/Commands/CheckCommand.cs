using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Conformance;
using Srpo.Conformance.Environments;
using Srpo.Conformance.Methods;
using Srpo.Conformance.Players;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;
using Srpo.Experiments.Data;
using Srpo.Learning.Methods;

namespace Srpo.Client.Commands;

/// <summary>`srpo check`: environments, methods and scripted players, those of plug-ins above all, held to what must hold for every one.</summary>
internal static class CheckCommand
{
    private static readonly Option<int?> Seed = CommandExtensions.WholeOption("--seed", "Seed of the games and teams. Default: 1.", 1, int.MaxValue);

    public static Command Create(Shell shell)
    {
        var file = new Argument<string>("FILE") { Description = "The plug-in's .dll, or python:MODULE.FACTORY." };
        var environment = new Argument<string>("ENVIRONMENT") { Description = "Name of an environment." };
        var variant = new Argument<string?>("LAYOUT") { Description = "One of its layouts, or a file. Default: all that are built in.", Arity = ArgumentArity.ZeroOrOne };
        var method = new Argument<string>("METHOD") { Description = "A method." };
        var player = new Argument<string>("PLAYER") { Description = "A scripted player, with or without scripted: before its name." };
        return new Command("check", "Play environments, train methods and have scripted players play, and report what does not hold that must hold for every one, with seed and step.")
        {
            new Command("plugin", "Everything that a plug-in brings.") { file, Seed }.OnThisMachine()
                .Handle(shell, context => Task.FromResult(Run(context, OfPlugin(context, context.Get(file))))),
            new Command("environment", "An environment, in all its layouts or in one.") { environment, variant, Seed }.OnThisMachine()
                .Handle(shell, context => Task.FromResult(Run(context, OfEnvironment(context, context.Get(environment), context.Find(variant))))),
            new Command("method", "A method, on the environments that it can train on.") { method, Seed }.OnThisMachine()
                .Handle(shell, context => Task.FromResult(Run(context, OfMethod(context, context.Get(method))))),
            new Command("player", "A scripted player, on the environment that it is for.") { player, Seed }.OnThisMachine()
                .Handle(shell, context => Task.FromResult(Run(context, OfPlayer(context, context.Get(player))))),
        };
    }

    private static IEnumerable<CheckResult> OfPlugin(CommandContext context, string file)
    {
        var plugin = TrustedPlugins.LoadNamed(file, context.Shell.Directory);
        EnvironmentSettings[] own = [.. plugin.Environments.Select(EnvironmentFactory.Find).Where(known => known.IsStepped).Select(known => new EnvironmentSettings(known.Name, known.Variants[0]))];
        return plugin.Environments.SelectMany(name => EnvironmentFactory.Find(name).IsStepped ? EnvironmentConformance.Run(name, SeedOf(context), context.Cancellation) : [Elsewhere(name)])
            .Concat(plugin.Methods.SelectMany(id => MethodConformance.Run(id, SeedOf(context), own, context.Cancellation)))
            .Concat(plugin.Players.SelectMany(name => PlayerConformance.Run(name, SeedOf(context), own, context.Cancellation)));
    }

    private static IEnumerable<CheckResult> OfPlayer(CommandContext context, string name) =>
        PlayerConformance.Run(ScriptedPlayers.IsNamed(name) ? name[ScriptedReference.Prefix.Length..] : name, SeedOf(context), cancellation: context.Cancellation);

    private static IEnumerable<CheckResult> OfEnvironment(CommandContext context, string name, string? variant)
    {
        var known = CommandExtensions.FindEnvironment(name);
        if (!known.IsStepped) return [Elsewhere(known.Name)];
        return variant is null
            ? EnvironmentConformance.Run(known.Name, SeedOf(context), context.Cancellation)
            : EnvironmentConformance.Run(CommandExtensions.SettingsOf(context.Shell, known, variant), SeedOf(context), context.Cancellation);
    }

    private static IEnumerable<CheckResult> OfMethod(CommandContext context, string id) =>
        MethodRegistry.Find(id) is null
            ? throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("method", id, [.. MethodRegistry.Ids]))
            : MethodConformance.Run(id, SeedOf(context), cancellation: context.Cancellation);

    private static ulong SeedOf(CommandContext context) => (ulong)(context.Get(Seed) ?? 1);

    private static CheckResult Elsewhere(string name) => new(name, "all", CheckVerdict.NotApplicable, "it is not played step by step; it brings its own players");

    private static int Run(CommandContext context, IEnumerable<CheckResult> results)
    {
        var seen = new List<CheckResult>();
        foreach (var subject in results.Chunk(result => result.Subject))
        {
            seen.AddRange(subject);
            if (!context.Json) Print(context, subject);
        }

        var failed = seen.Count(result => result.Verdict == CheckVerdict.Failed);
        var passed = Count(seen, CheckVerdict.Passed);
        if (context.Json) context.PrintJson(new { Passed = failed == 0 && passed > 0, Results = seen });
        else if (failed + passed == 0) context.Out.WriteLine("nothing was checked: no check applies");
        else context.Out.WriteLine(failed == 0 ? $"no fault found in {passed} checks" : $"{failed} of {failed + passed} checks failed");
        return (int)(failed == 0 && passed > 0 ? ExitCode.Ok : ExitCode.CheckFailed);
    }

    private static void Print(CommandContext context, IReadOnlyList<CheckResult> subject)
    {
        var idle = subject.Where(result => result.Verdict == CheckVerdict.NotApplicable).ToArray();
        context.Out.WriteLine($"{subject[0].Subject}: {Count(subject, CheckVerdict.Passed)} passed, {Count(subject, CheckVerdict.Failed)} failed, {idle.Length} not applicable");
        foreach (var result in subject.Where(result => result.Verdict == CheckVerdict.Failed)) context.Out.WriteLine($"  FAILED {result.Check}: {result.Found}");
        foreach (var reason in idle.GroupBy(result => result.Message, StringComparer.Ordinal)) context.Out.WriteLine($"  not applicable: {string.Join(", ", reason.Select(result => result.Check))} ({reason.Key})");
    }

    private static int Count(IEnumerable<CheckResult> results, CheckVerdict verdict) => results.Count(result => result.Verdict == verdict);

    /// <summary>Neighbours with one key together, as they come.</summary>
    private static IEnumerable<IReadOnlyList<T>> Chunk<T>(this IEnumerable<T> all, Func<T, string> key)
    {
        var chunk = new List<T>();
        foreach (var item in all)
        {
            if (chunk.Count > 0 && key(chunk[0]) != key(item))
            {
                yield return chunk;
                chunk = [];
            }

            chunk.Add(item);
        }

        if (chunk.Count > 0) yield return chunk;
    }
}

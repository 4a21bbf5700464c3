using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Orleans.Storage;
using Srpo.Core.Results;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Xunit.Abstractions;

namespace Srpo.Grains.Tests;

/// <summary>
/// Random messages to every method of every grain: whatever comes, a grain answers or refuses with a reason, and goes on
/// answering. SRPO_FUZZ_COUNT sets the number of messages, SRPO_FUZZ_SEED the first one.
/// </summary>
public sealed class GrainFuzzTests(ITestOutputHelper output)
{
    private const int DefaultCount = 5000;
    private const int ParallelCalls = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly (Type Type, MethodInfo Method)[] Targets =
    [
        .. typeof(GrainKeys).Assembly.GetTypes().Concat(typeof(ITeamActor).Assembly.GetTypes())
            .Where(type => type.IsInterface && type != typeof(IActorGrain) && type != typeof(ITeamActor) && type.IsAssignableTo(typeof(IGrain)))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .SelectMany(type => type.GetInterfaces().Append(type)
                .Where(declaring => declaring.Assembly == type.Assembly)
                .SelectMany(declaring => declaring.GetMethods())
                .OrderBy(method => method.Name, StringComparer.Ordinal)
                .Select(method => (type, method))),
    ];

    [Fact]
    public async Task Whatever_is_sent_is_answered_or_refused_with_a_reason()
    {
        var count = Number("SRPO_FUZZ_COUNT", DefaultCount);
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        var templates = await TemplatesAsync(host);
        var faults = new ConcurrentDictionary<string, string>();
        var next = Number("SRPO_FUZZ_SEED", 1);
        var end = next + count;
        await Task.WhenAll(Enumerable.Range(0, ParallelCalls).Select(async _ =>
        {
            while (true)
            {
                var seed = Interlocked.Increment(ref next) - 1;
                if (seed >= end) return;
                var outcome = await Task.Run(() => SendAsync(host.Grains, new MessageGenerator(seed, templates), seed, faults));
                lock (outcomes) outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
        }));

        foreach (var (outcome, number) in outcomes.OrderByDescending(pair => pair.Value)) output.WriteLine($"{number,7} {outcome}");
        Assert.True(faults.IsEmpty, string.Join("\n\n", faults.Values));
        foreach (var name in new[] { "fuzz-a", "fuzz-b", "fuzz-c" })
        {
            if (await Record.ExceptionAsync(() => host.Coordinator(name).StopAsync()) is { } error) Assert.IsAssignableFrom<SrpoGrainException>(error);
        }

        // It is as good as new.
        await host.TrainAsync(Populations.Spec("after", iterations: 2));
    }

    /// <summary>Messages that are accepted as they are.</summary>
    private static async Task<Dictionary<Type, object>> TemplatesAsync(LocalHost host)
    {
        var spec = Populations.Spec("fuzz-a", iterations: 2);
        await host.TrainAsync(spec);
        var agent = host.Grains.GetGrain<IAgentGrain>("fuzz-a/0/0");
        var (state, policy) = (await agent.AsReference<ITeamAgent>().GetStateAsync(), await agent.GetPolicyAsync());
        return new Dictionary<Type, object>
        {
            [typeof(ActorState)] = state with { Version = state.Version + 1 },
            [typeof(UpdateMetrics)] = new UpdateMetrics(3, 1, 0, 1, 0, 0, 0, 1),
            [typeof(PolicySnapshot)] = policy,
            [typeof(PlayRequest)] = new PlayRequest(1, 0, spec.Training.Lanes, [state.Parameters, state.Parameters], []),
            [typeof(TrainRequest)] = new TrainRequest("fuzz-a", 0, 1, 2, spec, long.MaxValue),
            [typeof(RestoreRequest)] = new RestoreRequest("fuzz-a", 0, 0, spec, long.MaxValue),
            [typeof(TournamentSpec)] = new TournamentSpec(["fuzz-a"], spec.Environment, 2, 16, 1),
            [typeof(StatePiece)] = await host.Grains.GetGrain<ITransferGrain>("population/fuzz-a").ReadAsync(2, 0),
            [typeof(ReplayRequest)] = new ReplayRequest(spec.Environment, 4, 1, 0, [policy, policy]),
        };
    }

    private static async Task<string> SendAsync(IGrainFactory grains, MessageGenerator generator, int seed, ConcurrentDictionary<string, string> faults)
    {
        var (type, method) = generator.Pick(Targets);
        var population = generator.Pick(["fuzz-a", "fuzz-b", "fuzz-c"]);
        var arguments = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType.IsAssignableTo(typeof(IGrainObserver))
            ? null
            : generator.Argument(parameter.ParameterType, population));
        var where = $"message {seed} to {type.Name}.{method.Name}";
        try
        {
            object grain = typeof(IGrainWithIntegerKey).IsAssignableFrom(type)
                ? grains.GetGrain(type, generator.Pick([0L, 0L, -1L, long.MaxValue]))
                : grains.GetGrain(type, generator.Key(type));
            await ((Task)method.Invoke(grain, arguments)!).WaitAsync(Patience);
            return $"{type.Name}.{method.Name} answered";
        }
        catch (Exception error)
        {
            var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            if (!IsRefusal(cause, out var reason)) faults.TryAdd($"{type.Name}.{method.Name} {reason}", $"{where} with {string.Join(", ", arguments.Select(Short))}: {cause}");
            return $"{type.Name}.{method.Name} {reason}";
        }
    }

    /// <summary>Refusals have our types and a message; placement refuses the key of a silo that is not there, and the runtime an empty key.</summary>
    private static bool IsRefusal(Exception error, out string reason)
    {
        reason = error.GetType().Name;
        var known = error is SrpoGrainException or InconsistentStateException or OperationCanceledException or SiloUnavailableException
            || (error is ArgumentException && error.StackTrace?.Contains("GetGrain", StringComparison.Ordinal) == true);
        return known && error.Message.Length is > 10 and < 20_000;
    }

    private static string Short(object? value)
    {
        var text = value?.ToString() ?? "null";
        return text.Length < 300 ? text : text[..300] + "...";
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Commands.Populations;

/// <summary>`srpo population status`.</summary>
internal static class StatusCommand
{
    /// <summary>Teams whose checkpoints are looked at together.</summary>
    private const int Readers = 16;

    /// <summary>Agents and adversaries that are looked at unasked: in a cluster each is woken, and its parameters with it.</summary>
    private const int MostUnasked = 1000;

    private const int WarningsShown = 5;

    public static Command Create(Shell shell)
    {
        var name = PopulationCommand.NameArgument();
        var checkpoints = new Option<bool>("--checkpoints") { Description = $"Read the checkpoints of all agents and adversaries; without it those of populations of up to {MostUnasked.ToString()}." };
        return new Command("status", "Show where a population and its teams stand, and which checkpoints can be read.") { name, checkpoints }.Handle(shell, context =>
            context.WithStateAsync(async state =>
            {
                var status = await state.GetStatusAsync(GrainKeys.CheckName(context.Get(name)));
                PopulationViews.Print(context, await LookAsync(state, status, context.Get(checkpoints), context.Cancellation));
                return (int)ExitCode.Ok;
            }));
    }

    /// <summary>The status with what can be read: a coordinator knows what was stored, not what became of it.</summary>
    private static async Task<PopulationStatus> LookAsync(IStateReader state, PopulationStatus status, bool all, CancellationToken cancellation)
    {
        var spec = await state.GetSpecAsync(status.Population);
        if (LoadedPlugins.Missing(spec.Plugins) is not null) return status;
        var environment = EnvironmentFactory.Info(spec.Environment);
        if (TeamPlan.Problems(spec, environment).Count > 0) return status;
        var actors = TeamPlan.For(spec, environment).Actors;
        if (!all && (long)actors.Count * status.Teams.Length > MostUnasked) return status;
        var teams = status.Teams.ToArray();
        var troubles = new string?[teams.Length];
        await Parallel.ForAsync(0, teams.Length, new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellation }, async (team, _) =>
        {
            HashSet<int>? common = null;
            string? trouble = null;
            foreach (var actor in actors)
            {
                try
                {
                    var report = await state.QueryActorAsync(actor.Kind, GrainKeys.Seat(status.Population, team, actor.Seat));
                    if (common is null) common = [.. report.CheckpointVersions];
                    else common.IntersectWith(report.CheckpointVersions);
                    trouble ??= report.Older;
                }
                catch (CorruptStateException error)
                {
                    common = [];
                    trouble ??= error.Message;
                }
                catch (UnknownGrainException) when (teams[team].CheckpointRound == 0)
                {
                    // The team has stored nothing yet.
                }
                catch (UnknownGrainException error)
                {
                    common = [];
                    trouble ??= error.Message;
                }
            }

            if (common is null) return;
            teams[team] = teams[team] with { ReadableRound = common.Count == 0 ? 0 : common.Max() };
            troubles[team] = trouble is null ? null : FormattableString.Invariant($"team {team} can be read back from round {teams[team].ReadableRound}: {trouble}");
        });
        string[] found = [.. troubles.OfType<string>()];
        if (found.Length == 0) return status with { Teams = teams };
        string?[] warnings = [status.Warning, .. found.Take(WarningsShown), found.Length > WarningsShown ? $"and {found.Length - WarningsShown} teams more" : null];
        return status with { Teams = teams, Warning = string.Join(Environment.NewLine, warnings.OfType<string>()) };
    }
}

using Srpo.Client.Cli;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Output;

/// <summary>Silos as text or JSON.</summary>
internal static class ClusterViews
{
    /// <summary>All silos: one table of load and rates, one of grains.</summary>
    public static void Print(CommandContext context, IReadOnlyList<SiloReport> silos)
    {
        if (context.Json)
        {
            context.PrintJson(silos);
            return;
        }

        Tables.Print(
            context.Shell,
            ["silo", "status", "cores#", "cpu#", "memory#", "jobs#", "waiting#", "teams#", "rounds/s#", "env-steps/s#"],
            silos.Select(silo => (IReadOnlyList<string>)
            [
                silo.Silo,
                silo.Status,
                Whole(silo.Cores),
                Texts.Percent(silo.CpuLoad),
                $"{Texts.Count(silo.MemoryBytes)}B",
                Whole(silo.JobsRunning),
                Whole(silo.JobsWaiting),
                Whole(silo.Teams.Length),
                Texts.Number(silo.RoundsPerSecond),
                Texts.Count(silo.EnvironmentStepsPerSecond),
            ]));
        string[] kinds = [.. silos.SelectMany(silo => silo.Grains).Select(count => count.Kind).Distinct().Order(StringComparer.Ordinal)];
        if (kinds.Length == 0) return;
        Tables.Print(
            context.Shell,
            ["grains on silo", .. kinds.Select(kind => kind + "#")],
            silos.Select(silo => (IReadOnlyList<string>)
            [
                silo.Silo,
                .. kinds.Select(kind => Whole(silo.Grains.FirstOrDefault(count => count.Kind == kind)?.Count ?? 0)),
            ]));
    }

    private static string Whole(int value) => value.ToString();
}

using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

/// <summary>Small matrices by hand.</summary>
internal static class MatrixOf
{
    /// <summary>What populations are called that are named after methods.</summary>
    public static PopulationNames Names { get; } = new(
    [
        new("ippo", "IPPO", PopulationRole.Baseline), new("srpo", "SRPO", PopulationRole.Subject), new("fcp", "FCP", PopulationRole.Other),
        new("self-play", "Self-play", PopulationRole.Other),
    ]);

    /// <summary>A square matrix; a cell's costs are given with it.</summary>
    public static CrossPlayMatrix Cells(string layout, AgentLabel[] agents, Func<int, int, (double Return, double Cost0, double Cost1)> cell)
    {
        var builder = new CrossPlayMatrixBuilder(layout, agents);
        for (var row = 0; row < agents.Length; row++)
        {
            for (var column = 0; column < agents.Length; column++)
            {
                var (value, cost0, cost1) = cell(row, column);
                builder[row, column] = new(value, 1, new(value / 2, value / 2), new(cost0, cost1), 100);
            }
        }

        return builder.Build();
    }

    /// <summary>Blocks of constant self-play and cross-play per method, <paramref name="runs"/> runs each.</summary>
    public static CrossPlayMatrix Blocks(
        string layout, int runs, params (string Method, double Self, double Cross, double Cost0, double Cost1)[] methods)
    {
        AgentLabel[] agents = [.. methods.SelectMany(method => Enumerable.Range(0, runs).Select(run => new AgentLabel(method.Method, run)))];
        return Cells(layout, agents, (row, column) =>
        {
            var method = methods[row / runs];
            return (row == column ? method.Self : row / runs == column / runs ? method.Cross : 1, method.Cost0, method.Cost1);
        });
    }

    public static AgentLabel[] Agents(string method, int runs) => [.. Enumerable.Range(0, runs).Select(run => new AgentLabel(method, run))];

    public static RunResults Results(params CrossPlayMatrix[] matrices) =>
        new(SyntheticRun.Info("test", 3), [.. matrices], []);
}

using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments;

/// <summary>
/// The partners of fictitious co-play (Strouse et al. 2021): all teams of a self-play population, each as it was after a quarter
/// and half of its training and at the end, so that beginners are among them.
/// </summary>
public static class PartnerPool
{
    /// <summary>Rounds, besides the last, after which the population keeps its policies.</summary>
    /// <param name="iterations">Rounds of its training.</param>
    public static IReadOnlyList<int> Snapshots(int iterations) =>
        [.. new[] { iterations / 4, iterations / 2 }.Where(round => round >= 1 && round < iterations).Distinct()];

    /// <summary>The pool of a population of the same experiment, team by team, beginners first.</summary>
    internal static IReadOnlyList<PolicyReference> Policies(ExperimentPopulation population, Func<string, string> nameOf) =>
        Policies(nameOf(population.Label), population.Seeds, [.. Snapshots(population.Training.Iterations), population.Training.Iterations]);

    /// <summary>The pool of a population that exists: the policies that it has kept.</summary>
    /// <param name="state">Who is asked.</param>
    /// <param name="population">Its name.</param>
    /// <exception cref="SrpoException">There is none, it makes no partners, or is not finished.</exception>
    public static async Task<(PopulationSpec Spec, IReadOnlyList<PolicyReference> Policies)> OfAsync(IStateReader state, string population)
    {
        ArgumentNullException.ThrowIfNull(state);
        var spec = (await state.GetSpecAsync(population)).RequirePlugins();
        if (!MethodRegistry.Of(spec.Training).MakesPartners)
        {
            var makers = string.Join(" or ", MethodRegistry.All.Where(method => method.MakesPartners).Select(method => method.Id));
            throw new SrpoException(ErrorKind.Usage, $"--partners {population}: is trained with method {spec.Training.Method}; name a population with method {makers}");
        }

        if ((await state.GetStatusAsync(population)).Phase != PopulationPhase.Finished)
            throw new SrpoException(ErrorKind.Usage, $"--partners {population}: is not finished; `srpo population resume {population}` trains it to its end, or the run that it belongs to does");
        return (spec, Policies(population, spec.Teams, [.. spec.Snapshots, spec.Training.Iterations]));
    }

    /// <summary>Names of the populations that can be partners: those that make some, and have finished.</summary>
    /// <param name="state">Who is asked.</param>
    public static async Task<IReadOnlyList<string>> FinishedAsync(IStateReader state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var found = new List<string>();
        foreach (var population in await state.GetPopulationsAsync())
        {
            try
            {
                if (MethodRegistry.Of((await state.GetSpecAsync(population)).Training).MakesPartners && (await state.GetStatusAsync(population)).Phase == PopulationPhase.Finished)
                    found.Add(population);
            }
            catch (SrpoGrainException)
            {
                // One that is damaged or was deleted meanwhile can be none.
            }
        }

        return found;
    }

    private static IReadOnlyList<PolicyReference> Policies(string population, int teams, IReadOnlyList<int> rounds) =>
        [.. Enumerable.Range(0, teams).SelectMany(team => rounds.Select(round => new PolicyReference(GrainKeys.Seat(population, team, 0), round)))];
}

using Srpo.Core.Settings;

namespace Srpo.Grains.Interfaces;

/// <summary>What can be asked of populations, tournaments, agents and environments without changing anything, whoever answers: the grains, or what they stored.</summary>
public interface IStateReader
{
    /// <summary>Names of all populations, sorted.</summary>
    Task<string[]> GetPopulationsAsync();

    /// <summary>Ids of all tournaments, sorted.</summary>
    Task<string[]> GetTournamentsAsync();

    /// <summary>What is played in a tournament.</summary>
    /// <param name="tournament">Its id.</param>
    /// <exception cref="UnknownGrainException">No such tournament.</exception>
    Task<TournamentSpec> GetTournamentSpecAsync(string tournament);

    /// <summary>Where a population stands.</summary>
    /// <param name="population">Its name.</param>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    Task<PopulationStatus> GetStatusAsync(string population);

    /// <summary>The spec that a population was started with.</summary>
    /// <param name="population">Its name.</param>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    Task<PopulationSpec> GetSpecAsync(string population);

    /// <summary>What the learning curves of a population's teams have beyond what the caller knows.</summary>
    /// <inheritdoc cref="ICoordinatorGrain.GetCurvesAfterAsync"/>
    /// <param name="population">Its name.</param>
    /// <param name="known">[Teams] Points of every team that the caller has; empty for none.</param>
    Task<TeamCurve[]> GetCurvesAfterAsync(string population, int[] known);

    /// <summary>Where a population stands and what its curves have beyond what the caller knows, for those who follow it.</summary>
    /// <param name="population">Its name.</param>
    /// <param name="known">[Teams] Points of every team that the caller has; empty for none.</param>
    /// <param name="before">What the caller was told the last time: curves are not asked for where no team has moved since; null the first time.</param>
    /// <exception cref="UnknownGrainException">No such population.</exception>
    async Task<PopulationNews> GetNewsAsync(string population, int[] known, PopulationNews? before)
    {
        var spec = before?.Spec ?? await GetSpecAsync(population);
        var status = await GetStatusAsync(population);
        return new PopulationNews(spec, status, before is not null && before.HaveNotMoved(status) ? [] : await GetCurvesAfterAsync(population, known));
    }

    /// <summary>What an agent or adversary says of itself.</summary>
    /// <param name="kind">Which of them.</param>
    /// <param name="key">Its key, population/team/seat.</param>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    /// <exception cref="CorruptStateException">Something is stored, but nothing of it can be read.</exception>
    Task<ActorReport> QueryActorAsync(ActorKind kind, string key);

    /// <summary>The parameters of an agent or adversary as a file, see <see cref="ActorExport"/>.</summary>
    /// <inheritdoc cref="QueryActorAsync"/>
    /// <exception cref="CorruptStateException">Nothing can be read, or a newer checkpoint cannot and older ones are not allowed.</exception>
    Task<ActorExport> ExportActorAsync(ActorKind kind, string key);

    /// <summary>The policy of an agent at its present version.</summary>
    /// <param name="agent">Its key, population/team/seat.</param>
    /// <exception cref="UnknownGrainException">Nothing was ever prepared or stored under this key.</exception>
    /// <exception cref="CorruptStateException">Nothing can be read, or a newer checkpoint cannot and older ones are not allowed.</exception>
    Task<PolicySnapshot> GetPolicyAsync(string agent) => GetPolicyAsync(ActorKind.Agent, agent);

    /// <summary>The policy of an agent or adversary at its present version.</summary>
    /// <inheritdoc cref="ExportActorAsync"/>
    Task<PolicySnapshot> GetPolicyAsync(ActorKind kind, string key);

    /// <summary>The policy of an agent as it was after a round: the present one, or a snapshot that the spec asked for.</summary>
    /// <param name="agent">Its key, population/team/seat.</param>
    /// <param name="round">The round, at least 0.</param>
    /// <exception cref="UnknownGrainException">Nothing was ever stored under this key.</exception>
    /// <exception cref="CorruptStateException">The policy of that round cannot be read.</exception>
    /// <exception cref="SrpoGrainException">The policy of that round was not kept.</exception>
    Task<PolicySnapshot> GetPolicyAfterAsync(string agent, int round);

    /// <summary>What an environment instance says of itself.</summary>
    /// <param name="key">Its key, population/team/instance.</param>
    /// <exception cref="UnknownGrainException">No such instance.</exception>
    Task<EnvironmentReport> QueryEnvironmentAsync(string key);

    /// <summary>Where a tournament stands.</summary>
    /// <param name="tournament">Its id.</param>
    /// <exception cref="UnknownGrainException">No such tournament.</exception>
    Task<TournamentStatus> GetTournamentAsync(string tournament);

    /// <summary>What a tournament has played up to now.</summary>
    /// <param name="tournament">Its id.</param>
    /// <exception cref="UnknownGrainException">No such tournament.</exception>
    Task<TournamentMatrix> GetMatrixAsync(string tournament);
}

/// <summary>What is new of a population.</summary>
/// <param name="Spec">What it was started with.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Curves">What its curves have beyond what is known, an entry per team; empty where no team has moved.</param>
public sealed record PopulationNews(PopulationSpec Spec, PopulationStatus Status, TeamCurve[] Curves)
{
    /// <summary>Whether no team has moved since, so that there is no new point.</summary>
    /// <param name="now">Where the population stands.</param>
    public bool HaveNotMoved(PopulationStatus now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return Status.Teams.AsSpan().SequenceEqual(now.Teams);
    }
}

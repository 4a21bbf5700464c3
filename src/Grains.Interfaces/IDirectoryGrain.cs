using Orleans.CodeGeneration;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// Knows the names of all populations and tournaments, and which of them are under way, so that somebody goes on with those when
/// the silo of their grain dies. Key: <see cref="GrainKeys.Directory"/>.
/// </summary>
[Alias("srpo.IDirectoryGrain"), Version(2)]
public interface IDirectoryGrain : IGrainWithStringKey
{
    /// <summary>A population or tournament begins; repeating it changes nothing.</summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="name">Its name, which stays known.</param>
    /// <param name="goesOn">Whether it goes on without the user: it is under way until <see cref="EndAsync"/>.</param>
    [Alias("Begin")]
    Task BeginAsync(WorkKind kind, string name, bool goesOn);

    /// <summary>One is not to go on any more; its name stays. Repeating it changes nothing.</summary>
    [Alias("End")]
    Task EndAsync(WorkKind kind, string name);

    /// <summary>One was deleted: its name is free. Repeating it changes nothing.</summary>
    [Alias("Remove")]
    Task RemoveAsync(WorkKind kind, string name);

    /// <summary>All names, sorted.</summary>
    [Alias("GetNames")]
    [return: Immutable]
    Task<string[]> GetNamesAsync(WorkKind kind);

    /// <summary>The names of those that are under way and go on without the user, sorted.</summary>
    [Alias("GetUnderWay")]
    [return: Immutable]
    Task<string[]> GetUnderWayAsync(WorkKind kind);
}

/// <summary>Long work that has a name. The numbers are part of messages: never renumber.</summary>
public enum WorkKind
{
    /// <summary>Training of a population.</summary>
    Population = 0,

    /// <summary>A tournament.</summary>
    Tournament = 1,
}

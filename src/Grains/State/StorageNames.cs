namespace Srpo.Grains;

/// <summary>Names under which grain storage must be registered.</summary>
public static class StorageNames
{
    /// <summary>Coordinators and the directory.</summary>
    public const string Populations = "populations";

    /// <summary>Checkpoints of agents and adversaries.</summary>
    public const string Actors = "actors";

    /// <summary>Tournaments.</summary>
    public const string Tournaments = "tournaments";
}

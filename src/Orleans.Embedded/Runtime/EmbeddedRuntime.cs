namespace Srpo.OrleansEmbedded;

/// <summary>
/// Says which runtime a program has. This type does not exist in Orleans: programs that run on either ask for it with a
/// compile-time condition in the host, never in a grain.
/// </summary>
public static class EmbeddedRuntime
{
    /// <summary>The short name.</summary>
    public const string Name = "embedded";

    /// <summary>What a program should say about its runtime when it starts.</summary>
    public const string Banner =
        "Grains run on Srpo.Orleans.Embedded, a single-process stand-in for Microsoft Orleans. This is not a cluster: nothing listens and nobody can join.";

    /// <summary>What a program should say when somebody asks it to join a cluster.</summary>
    public const string NoCluster =
        "this build runs on the single-process stand-in because the package feed lacked Microsoft.Orleans; restore with a feed that has it to join a cluster";
}

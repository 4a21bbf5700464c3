namespace Srpo.Silo;

/// <summary>What a silo built without Orleans says of itself.</summary>
internal static class StandIn
{
    /// <summary>Runs the silo all the same, without clients: to try settings, logs and health endpoints.</summary>
    public const string StandaloneOption = "--standalone";

    /// <summary>Whether this program was built on the single-process stand-in for Orleans.</summary>
    public static bool IsActive { get; } = typeof(IGrain).Assembly.GetName().Name!.Contains("Embedded", StringComparison.Ordinal);

    /// <summary>Whether the program ends here: on the stand-in a silo can neither join a cluster nor take clients.</summary>
    public static bool Refuses(string[] arguments, TextWriter output)
    {
        if (!IsActive) return false;
        var standalone = arguments.Contains(StandaloneOption, StringComparer.Ordinal);
        output.WriteLine("This silo was built without Orleans, on the stand-in for one process. It cannot join a cluster, and no client can reach it:");
        output.WriteLine("`srpo --cluster` does not work with it. On one machine, use `srpo` without --cluster; it needs no silo.");
        output.WriteLine("For a cluster, configure a package feed that has Microsoft.Orleans 10.2.2, run scripts/detect-packages.sh --force, and build again.");
        if (!standalone) output.WriteLine($"{StandaloneOption} runs it all the same, to try settings, logs and health endpoints.");
        return !standalone;
    }
}

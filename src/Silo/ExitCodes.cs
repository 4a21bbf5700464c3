namespace Srpo.Silo;

/// <summary>Exit codes; the same numbers as those of the command line, docs/commands/exit-codes.md.</summary>
internal static class ExitCodes
{
    /// <summary>Shut down as asked.</summary>
    public const int Ok = 0;

    /// <summary>A setting is not valid.</summary>
    public const int Usage = 2;

    /// <summary>Installation, ports, disk or permissions are in the way.</summary>
    public const int Environment = 5;

    /// <summary>A fault of the program.</summary>
    public const int Internal = 70;
}

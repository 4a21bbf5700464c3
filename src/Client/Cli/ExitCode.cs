namespace Srpo.Client.Cli;

/// <summary>Exit codes of the program; docs/commands/exit-codes.md explains them, and a test keeps the two in step.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>A check found a difference, or training ended with an error of its own.</summary>
    CheckFailed = 1,

    /// <summary>The command line, an experiment or a key is not valid.</summary>
    Usage = 2,

    /// <summary>The run, population, agent or tournament does not exist.</summary>
    NotFound = 3,

    /// <summary>Stored data is damaged.</summary>
    Damaged = 4,

    /// <summary>Disk, permissions, network or installation are in the way.</summary>
    Environment = 5,

    /// <summary>Somebody else uses it: two runs with one id, or an output that would be overwritten.</summary>
    InUse = 6,

    /// <summary>A fault of the program.</summary>
    Internal = 70,

    /// <summary>Ended before the end by Ctrl-C, a pause or a stop; can be resumed.</summary>
    Interrupted = 130,
}

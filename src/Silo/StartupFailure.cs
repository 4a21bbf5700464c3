using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Srpo.Core.Errors;
using Srpo.Grains.Security;

namespace Srpo.Silo;

/// <summary>A start that failed: shown whole, and ended with a code that is not 0.</summary>
internal static class StartupFailure
{
    public static int Report(Exception error, TextWriter output)
    {
        if (error is SiloSettingsException or TlsSettingsException or SrpoException { Kind: ErrorKind.Usage })
        {
            output.WriteLine("srpo silo: " + error.Message);
            return ExitCodes.Usage;
        }

        // What the configuration says of a value of another type; it names the setting.
        if (error is InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException })
        {
            output.WriteLine("srpo silo: " + SrpoException.MessageOf(error));
            return ExitCodes.Usage;
        }

        if (error is StartupException or SrpoException { Kind: ErrorKind.Environment } || SrpoException.IsOutOfMemory(error))
        {
            output.WriteLine("srpo silo: could not start: " + SrpoException.MessageOf(error));
            return ExitCodes.Environment;
        }

        output.WriteLine("srpo silo: could not start or run: " + error);
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is IOException or UnauthorizedAccessException or SocketException or AddressInUseException) return ExitCodes.Environment;
        }

        return ExitCodes.Internal;
    }
}

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

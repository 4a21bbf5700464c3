using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Srpo.Grains.Security;

namespace Srpo.Silo;

/// <summary>A start that failed: shown whole, and ended with a code that is not 0.</summary>
internal static class StartupFailure
{
    public static int Report(Exception error, TextWriter output)
    {
        if (error is SiloSettingsException or TlsSettingsException)
        {
            output.WriteLine("srpo silo: " + error.Message);
            return ExitCodes.Usage;
        }

        // What the configuration says of a value of another type; it names the setting.
        if (error is InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException })
        {
            output.WriteLine("srpo silo: " + error.Message);
            return ExitCodes.Usage;
        }

        if (error is StartupException)
        {
            output.WriteLine("srpo silo: could not start: " + error.Message);
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

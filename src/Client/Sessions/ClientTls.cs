using Microsoft.Extensions.Configuration;
using Srpo.Core.Errors;
using Srpo.Grains.Security;

namespace Srpo.Client.Sessions;

/// <summary>
/// TLS of the connection to a cluster. The settings have the names of those of a silo: Srpo__Tls__Enabled and so on in the
/// environment, or the section "Srpo:Tls" of the JSON file that SRPO_SETTINGS names; the environment wins.
/// </summary>
internal static class ClientTls
{
    /// <summary>Environment variable with the path of a JSON file of settings.</summary>
    private const string FileVariable = "SRPO_SETTINGS";

    /// <summary>Secures the connections of a client, if the settings ask for it.</summary>
    /// <exception cref="SrpoException">A setting cannot be used.</exception>
    public static IClientBuilder UseClientTls(this IClientBuilder client)
    {
        try
        {
            return client.UseSrpoTls(Settings());
        }
        catch (TlsSettingsException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }

    /// <summary>What to look at when no silo answers.</summary>
    public static string Hint() => Settings().Enabled
        ? "; TLS is on for this client: the log of the silo says if it refused the certificate, and Srpo:Tls:Authorities and ServerName must fit that of the silo"
        : "";

    private static TlsSettings Settings()
    {
        var builder = new ConfigurationBuilder();
        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
        {
            if (!File.Exists(file)) throw new SrpoException(ErrorKind.Usage, $"${FileVariable} names '{file}', which does not exist");
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        }

        try
        {
            return builder.AddEnvironmentVariables().Build().GetSection(TlsSettings.Section).Get<TlsSettings>() ?? new TlsSettings();
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or FormatException)
        {
            throw new SrpoException(ErrorKind.Usage, $"the settings of TLS cannot be read: {SrpoException.MessageOf(error)}", error);
        }
    }
}

using Srpo.Dashboard.Security;

namespace Srpo.Silo;

/// <summary>Token and limits of the HTTP endpoints, section "Srpo:Http". Their address is Srpo:HealthUrl.</summary>
internal sealed class HttpSettings
{
    public const string Section = SiloSettings.Section + ":Http";

    /// <summary>Token that /metrics, /log-level and /dashboard ask for; needed where others than this machine can connect. At least 32 characters.</summary>
    public string? Token { get; set; }

    /// <summary>File whose first line is the token.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Longest body of a request, bytes, 1024 to 1048576. <value>16384 by default.</value></summary>
    public int MaxBodyBytes { get; set; } = 16384;

    /// <summary>Longest request line and, apart from it, longest headers together, bytes, 1024 to 65536. <value>8192 by default.</value></summary>
    public int MaxHeaderBytes { get; set; } = 8192;

    /// <summary>Connections at the same time, 1 to 10000; further ones are closed. <value>100 by default.</value></summary>
    public int MaxConnections { get; set; } = 100;

    /// <summary>Seconds that a client may take to send its headers, 1 to 300. <value>10 by default.</value></summary>
    public int HeaderSeconds { get; set; } = 10;

    /// <summary>Seconds after which an idle connection is closed, 1 to 3600. <value>60 by default.</value></summary>
    public int IdleSeconds { get; set; } = 60;

    /// <summary>Throws if a setting cannot be used.</summary>
    /// <exception cref="SiloSettingsException">Names the setting, its value and what would be right.</exception>
    public void Validate()
    {
        Range(nameof(MaxBodyBytes), MaxBodyBytes, 1024, 1 << 20);
        Range(nameof(MaxHeaderBytes), MaxHeaderBytes, 1024, 65536);
        Range(nameof(MaxConnections), MaxConnections, 1, 10000);
        Range(nameof(HeaderSeconds), HeaderSeconds, 1, 300);
        Range(nameof(IdleSeconds), IdleSeconds, 1, 3600);
    }

    /// <summary>The token of the settings; null if there is none.</summary>
    /// <exception cref="SiloSettingsException">It cannot be used; the message does not show it.</exception>
    public AccessToken? LoadToken()
    {
        var (name, token) = ("Http:Token", Token);
        if (!string.IsNullOrEmpty(TokenFile))
        {
            if (!string.IsNullOrEmpty(token)) throw new SiloSettingsException("Http:TokenFile", TokenFile, "give it or Http:Token, not both");
            name = "Http:TokenFile";
            try
            {
                token = File.ReadLines(TokenFile).FirstOrDefault()?.Trim() ?? "";
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new SiloSettingsException(name, TokenFile, error.Message);
            }
        }
        else if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        return AccessToken.IsUsable(token)
            ? new AccessToken(token)
            : throw new SiloSettingsException(name, Redaction.Hidden, $"use {AccessToken.MinLength} to {AccessToken.MaxLength} visible ASCII characters, for example from `openssl rand -hex 32`");
    }

    private static void Range(string name, int value, int low, int high)
    {
        if (value < low || value > high) throw new SiloSettingsException("Http:" + name, value, $"use a whole number from {low} to {high}");
    }
}

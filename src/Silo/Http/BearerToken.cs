using System.Security.Cryptography;
using System.Text;

namespace Srpo.Silo;

/// <summary>The token that HTTP requests must show. Only its hash is kept.</summary>
internal sealed class BearerToken
{
    /// <summary>Shorter tokens could be guessed.</summary>
    public const int MinLength = 32;

    private const string Scheme = "Bearer ";
    private const int MaxLength = 4096;

    private readonly byte[] _hash;

    private BearerToken(string token) => _hash = Hash(token);

    /// <summary>The token of the settings; null if there is none.</summary>
    /// <exception cref="SiloSettingsException">It cannot be used; the message does not show it.</exception>
    public static BearerToken? Load(HttpSettings settings)
    {
        var (name, token) = ("Http:Token", settings.Token);
        if (!string.IsNullOrEmpty(settings.TokenFile))
        {
            if (!string.IsNullOrEmpty(token)) throw new SiloSettingsException("Http:TokenFile", settings.TokenFile, "give it or Http:Token, not both");
            name = "Http:TokenFile";
            try
            {
                token = File.ReadLines(settings.TokenFile).FirstOrDefault()?.Trim() ?? "";
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new SiloSettingsException(name, settings.TokenFile, error.Message);
            }
        }
        else if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        if (token.Length is < MinLength or > MaxLength || !token.All(c => char.IsAscii(c) && !char.IsControl(c) && c != ' '))
            throw new SiloSettingsException(name, Redaction.Hidden, $"use {MinLength} to {MaxLength} visible ASCII characters, for example from `openssl rand -hex 32`");
        return new BearerToken(token);
    }

    /// <summary>
    /// Whether an Authorization header shows the token. Hashes are compared, in constant time: neither the time nor the length
    /// says how much of a guess was right.
    /// </summary>
    public bool Accepts(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && authorization.Length <= Scheme.Length + MaxLength
        && CryptographicOperations.FixedTimeEquals(Hash(authorization[Scheme.Length..]), _hash);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

using System.Security.Cryptography;
using System.Text;

namespace Srpo.Dashboard.Security;

/// <summary>The token that requests must show, in a header or, from browsers, by a cookie that was given for it. Only its hash is kept. Thread-safe.</summary>
public sealed class AccessToken
{
    /// <summary>Shorter tokens could be guessed.</summary>
    public const int MinLength = 32;

    /// <summary>Longer ones would be of no use.</summary>
    public const int MaxLength = 4096;

    private const string Scheme = "Bearer ";

    private readonly byte[] _hash;

    /// <summary>A token.</summary>
    /// <param name="token"><see cref="MinLength"/> to <see cref="MaxLength"/> visible ASCII characters.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public AccessToken(string token)
    {
        if (!IsUsable(token)) throw new ArgumentException($"a token has {MinLength} to {MaxLength} visible ASCII characters", nameof(token));
        _hash = Hash(token);
        CookieValue = Convert.ToHexString(HMACSHA256.HashData(_hash, "srpo pages"u8));
    }

    /// <summary>What the cookie says that stands for the token; the token does not follow from it.</summary>
    internal string CookieValue { get; }

    /// <summary>Whether a text can be a token.</summary>
    /// <param name="token">The text.</param>
    public static bool IsUsable(string? token) =>
        token is { Length: >= MinLength and <= MaxLength } && token.All(c => char.IsAscii(c) && !char.IsControl(c) && c != ' ');

    /// <summary>A token that nobody can guess: 256 random bits.</summary>
    public static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a text is the token. Hashes are compared, in constant time: neither the time nor the length says how much of a guess was right.</summary>
    /// <param name="token">The text.</param>
    public bool Is(string? token) => token is { Length: <= MaxLength } && CryptographicOperations.FixedTimeEquals(Hash(token), _hash);

    /// <summary>Whether an Authorization header shows the token.</summary>
    /// <param name="authorization">The header.</param>
    public bool Accepts(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && Is(authorization[Scheme.Length..]);

    /// <summary>Whether a cookie was given for the token.</summary>
    /// <param name="cookie">Its value.</param>
    internal bool AcceptsCookie(string? cookie) => cookie is not null && CryptographicOperations.FixedTimeEquals(Hash(cookie), Hash(CookieValue));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

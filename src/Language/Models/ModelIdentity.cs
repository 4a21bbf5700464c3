using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Language.Models;

/// <summary>
/// What names all of a model's folder that decides what the model says: SHA-256, lower-case hexadecimal, of a line for each of these files that is there, in this order, the file's name, a
/// space and the SHA-256 of its bytes: config.json, generation_config.json, tokenizer.json, tokenizer_config.json, special_tokens_map.json, chat_template.jinja, chat_template.json; and a last
/// line "weights " and <see cref="ModelFolder.ContentHash"/>.
/// </summary>
public static class ModelIdentity
{
    private static readonly string[] Files =
        [ModelConfigFile.Name, GenerationConfig.Name, "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "chat_template.json"];

    private static readonly ConcurrentDictionary<string, (string Stamp, string Hash)> Known = new(StringComparer.Ordinal);

    /// <summary>The hash of a folder. Where its files are as long and as old as when this process last read them, it is known.</summary>
    /// <param name="path">The folder, absolute.</param>
    /// <exception cref="SrpoException">It is no model's folder.</exception>
    public static string Of(string path)
    {
        if (Known.TryGetValue(path, out var known) && known.Stamp == Stamp(path)) return known.Hash;
        using var folder = ModelFolder.Open(path, verify: false);
        return Of(folder);
    }

    /// <summary>The hash of a folder that is open.</summary>
    /// <param name="folder">The folder.</param>
    public static string Of(ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var stamp = Stamp(folder.Path);
        if (Known.TryGetValue(folder.Path, out var known) && known.Stamp == stamp) return known.Hash;
        var text = new StringBuilder();
        foreach (var name in Files)
        {
            var file = Path.Combine(folder.Path, name);
            if (FileStatus.Of(file).Kind == FileKind.Missing) continue;
            text.Append(name).Append(' ').Append(Convert.ToHexStringLower(SHA256.HashData(UserFile.Read(file, name)))).Append('\n');
        }

        text.Append("weights ").Append(folder.ContentHash).Append('\n');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        Known[folder.Path] = (stamp, hash);
        return hash;
    }

    /// <summary>Lengths and times of all files that count.</summary>
    private static string Stamp(string path)
    {
        var text = new StringBuilder();
        try
        {
            foreach (var file in new DirectoryInfo(path).EnumerateFiles().Where(file => Files.Contains(file.Name) || file.Name.Contains(".safetensors", StringComparison.Ordinal)).OrderBy(file => file.Name, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever opens the folder says what is wrong.
            return Guid.NewGuid().ToString();
        }

        return text.ToString();
    }
}

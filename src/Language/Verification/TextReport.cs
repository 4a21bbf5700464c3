using System.Text.Encodings.Web;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Core.Text;

namespace Srpo.Language.Verification;

/// <summary>A case in which a text or its tokens are not those of the reference.</summary>
/// <param name="Case">Which case, as the file counts them from 0, for example <c>cases[3]</c>.</param>
/// <param name="Quantity">What differs: tokens, decoded text, text.</param>
/// <param name="Input">What went in.</param>
/// <param name="Wanted">What the reference has.</param>
/// <param name="Found">What came out here.</param>
public sealed record TextDifference(string Case, string Quantity, string Input, string Wanted, string Found);

/// <summary>What a comparison of a tokenizer or a chat template with a reference found.</summary>
/// <param name="Folder">The model's folder.</param>
/// <param name="Reference">The file with the cases.</param>
/// <param name="Names">The parts of the file that are of this folder.</param>
/// <param name="Cases">How many cases were compared.</param>
/// <param name="Differences">Those that differ, in the file's order.</param>
public sealed record TextReport(string Folder, string Reference, IReadOnlyList<string> Names, int Cases, IReadOnlyList<TextDifference> Differences)
{
    /// <summary>Whether something was compared, and nothing differs.</summary>
    public bool Agrees => Cases > 0 && Differences.Count == 0;

    /// <summary>Reads a file of cases.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="example">What it looks like, for messages.</param>
    /// <param name="read">Reads it; errors of fields are given line and column.</param>
    /// <exception cref="SrpoException">It is missing or no such file.</exception>
    internal static T Read<T>(string path, string example, Func<JsonObjectValue, T> read)
    {
        var text = UserFile.ReadText(path, "file of cases");
        try
        {
            return JsonFields.Read(text, "file of cases", example, read, path);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Damaged, error.Message, error);
        }
    }

    /// <summary>The names in a file that are of a folder: the one that was asked for, else those that the folder goes by, else the only one.</summary>
    /// <param name="known">The file's names, each with what the file says of where it is from.</param>
    /// <param name="wanted">The name that was asked for; null for none.</param>
    /// <param name="isOf">Whether a name is surely of the folder.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="what">What the names are of, for messages.</param>
    /// <exception cref="SrpoException">There is no such name, or nothing says which it is.</exception>
    internal static IReadOnlyList<string> NamesOf(IReadOnlyDictionary<string, string> known, string? wanted, Func<string, bool> isOf, string folder, string what)
    {
        if (wanted is not null) return known.ContainsKey(wanted) ? [wanted] : throw new SrpoException(ErrorKind.Usage, $"--name: {NearestName.Unknown(what, wanted, [.. known.Keys])}");
        var sure = known.Keys.Where(isOf).ToArray();
        if (sure.Length > 0) return sure;
        var parts = folder.Split('/', '\\').Where(part => part.Length > 3 && part is not "models").ToArray();
        // The last part of the path that the file knows: a folder may lie below one that is called as another.
        foreach (var part in parts.Reverse())
        {
            var named = known.Where(item => item.Key == part).Concat(known.Where(item => Mentions(item.Value, part) || Mentions(item.Key, part) || part.StartsWith(item.Key + "-", StringComparison.OrdinalIgnoreCase))).Select(item => item.Key).Distinct().ToArray();
            if (named.Length > 0) return named[0] == part ? [part] : named;
        }

        return known.Count == 1 ? [.. known.Keys] : throw new SrpoException(ErrorKind.Usage, $"the file has cases of {string.Join(", ", known.Keys)}, and {folder} goes by none of these names; say which it is with --name");
    }

    /// <summary>A text in quotes, with escapes for what cannot be seen.</summary>
    internal static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static bool Mentions(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}

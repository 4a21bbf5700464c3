using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Language.Models;

namespace Srpo.Language.Tokenizers;

/// <summary>How a vocabulary is made of texts.</summary>
public enum VocabularyKind
{
    /// <summary>The words that are most frequent, each as one token.</summary>
    Words = 0,

    /// <summary>Byte-pair encoding: the neighbours that are most frequent are joined, again and again.</summary>
    Pairs = 1,
}

/// <summary>
/// Makes the tokenizer of a model that is trained here: all bytes, what is frequent in its texts, and special tokens. A word takes the space before it, and that before a number; digits are
/// apart from everything else. Equal texts give equal files.
/// </summary>
/// <param name="kind">How the vocabulary is made.</param>
/// <param name="size">Most tokens, special ones included; more than 256 and those.</param>
/// <param name="digits">Most digits of a token, from 1.</param>
/// <param name="special">Texts of the special tokens, which have the last numbers, in order.</param>
public sealed class TokenizerTraining(VocabularyKind kind, int size, int digits, IReadOnlyList<string> special)
{
    private const int Bytes = 256;

    private readonly Dictionary<string, long> _words = new(StringComparer.Ordinal);
    private readonly SplitPattern _split = SplitPattern.Create(Pattern(digits));

    /// <summary>Counts the words of a text.</summary>
    public void Add(string text) => _split.Split(text, word =>
    {
        var key = Written(word);
        _words[key] = _words.GetValueOrDefault(key) + 1;
    });

    /// <summary>The tokenizer, as tokenizer.json has it, of the texts so far.</summary>
    /// <exception cref="SrpoException">The vocabulary is smaller than bytes and special tokens.</exception>
    public byte[] Write()
    {
        var room = size - Bytes - special.Count;
        if (room < 0) throw new SrpoException(ErrorKind.Usage, $"a vocabulary of {size} tokens does not hold {Bytes} bytes and {special.Count} special tokens; use at least {Bytes + special.Count}");
        var tokens = Enumerable.Range(0, Bytes).Select(value => ByteAlphabet.Char((byte)value).ToString()).ToList();
        var merges = kind == VocabularyKind.Pairs ? Pairs(room) : [];
        tokens.AddRange(kind == VocabularyKind.Pairs ? merges.Select(pair => pair.Left + pair.Right) : Words(room));
        return ModelFiles.Write(writer =>
        {
            writer.WriteString("version", "1.0");
            writer.WriteNull("truncation");
            writer.WriteNull("padding");
            writer.WriteStartArray("added_tokens");
            for (var i = 0; i < special.Count; i++) WriteSpecial(writer, tokens.Count + i, special[i]);
            writer.WriteEndArray();
            writer.WriteNull("normalizer");
            WritePreTokenizer(writer);
            writer.WriteNull("post_processor");
            writer.WriteStartObject("decoder");
            WriteByteLevel(writer);
            writer.WriteEndObject();
            writer.WriteStartObject("model");
            writer.WriteString("type", "BPE");
            writer.WriteNull("dropout");
            writer.WriteNull("unk_token");
            writer.WriteNull("continuing_subword_prefix");
            writer.WriteNull("end_of_word_suffix");
            writer.WriteBoolean("fuse_unk", false);
            writer.WriteBoolean("byte_fallback", false);
            writer.WriteBoolean("ignore_merges", kind == VocabularyKind.Words);
            writer.WriteStartObject("vocab");
            for (var id = 0; id < tokens.Count; id++) writer.WriteNumber(tokens[id], id);
            writer.WriteEndObject();
            writer.WriteStartArray("merges");
            foreach (var (left, right) in merges)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(left);
                writer.WriteStringValue(right);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>What words are: some digits; letters with a space before them, and one behind where a number follows; signs with the white space around them; white space.</summary>
    private static string Pattern(int digits) => (digits == 1 ? @"\p{N}" : FormattableString.Invariant($@"\p{{N}}{{1,{digits}}}")) + @"| ?\p{L}+(?: (?=\p{N}))?|\s*[^\s\p{L}\p{N}]+ ?|\s+";

    /// <summary>A word in the alphabet of bytes.</summary>
    private static string Written(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        return string.Create(bytes.Length, bytes, static (text, from) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = ByteAlphabet.Char(from[i]);
        });
    }

    /// <summary>The most frequent words of several bytes; of equals those that come first by their characters.</summary>
    private IEnumerable<string> Words(int most) =>
        _words.Where(word => word.Key.Length > 1).OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(most).Select(word => word.Key);

    /// <summary>Joins the most frequent neighbours until there are enough, or none is there twice; of equals those that come first by their characters.</summary>
    private List<(string Left, string Right)> Pairs(int most)
    {
        var words = _words.OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => (Parts: word.Key.Select(c => c.ToString()).ToList(), word.Value)).ToList();
        var (merges, made) = (new List<(string Left, string Right)>(), new HashSet<string>(StringComparer.Ordinal));
        while (merges.Count < most)
        {
            var counts = new Dictionary<(string Left, string Right), long>();
            foreach (var (parts, count) in words)
            {
                for (var i = 0; i + 1 < parts.Count; i++) counts[(parts[i], parts[i + 1])] = counts.GetValueOrDefault((parts[i], parts[i + 1])) + count;
            }

            // A token of another pair's text would have two numbers.
            var best = counts.Where(pair => pair.Value > 1 && !made.Contains(pair.Key.Left + pair.Key.Right)).OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal).ThenBy(pair => pair.Key.Right, StringComparer.Ordinal).Select(pair => pair.Key).FirstOrDefault();
            if (best.Left is null) break;
            merges.Add(best);
            made.Add(best.Left + best.Right);
            foreach (var (parts, _) in words)
            {
                for (var i = 0; i + 1 < parts.Count; i++)
                {
                    if (parts[i] != best.Left || parts[i + 1] != best.Right) continue;
                    parts[i] += parts[i + 1];
                    parts.RemoveAt(i + 1);
                }
            }
        }

        return merges;
    }

    private static void WriteSpecial(Utf8JsonWriter writer, int id, string content)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", id);
        writer.WriteString("content", content);
        foreach (var field in new[] { "single_word", "lstrip", "rstrip", "normalized" }) writer.WriteBoolean(field, false);
        writer.WriteBoolean("special", true);
        writer.WriteEndObject();
    }

    private void WritePreTokenizer(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("pre_tokenizer");
        writer.WriteString("type", "Sequence");
        writer.WriteStartArray("pretokenizers");
        writer.WriteStartObject();
        writer.WriteString("type", "Split");
        writer.WriteStartObject("pattern");
        writer.WriteString("Regex", Pattern(digits));
        writer.WriteEndObject();
        writer.WriteString("behavior", "Isolated");
        writer.WriteBoolean("invert", false);
        writer.WriteEndObject();
        writer.WriteStartObject();
        WriteByteLevel(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "ByteLevel");
        foreach (var field in new[] { "add_prefix_space", "trim_offsets", "use_regex" }) writer.WriteBoolean(field, false);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Json;

namespace Srpo.Language.Tokenizers;

/// <summary>
/// The two long parts of tokenizer.json, some hundred thousand entries, read without making a value of each; what is left of the text has them empty, and
/// everything else at its place.
/// </summary>
internal static class TokenizerVocabulary
{
    /// <summary>Largest number of a token.</summary>
    public const int MaxId = (1 << 24) - 1;

    /// <summary>About the bytes of an entry, for room to begin with.</summary>
    private const int BytesOfAnEntry = 64;

    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads vocabulary and merges.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="content">Its bytes; they are changed.</param>
    /// <returns>The text without the two, the tokens with their numbers, and for <see cref="PairMerges.Key"/> of two tokens the rank of their rule and what they become.</returns>
    /// <exception cref="SrpoException">It is not JSON, or an entry is no entry.</exception>
    public static (string Remainder, Dictionary<string, int> Vocabulary, Dictionary<ulong, (int Rank, int Id)> Rules) Read(string file, byte[] content)
    {
        var start = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var text = content.AsMemory(start);
        var vocabulary = new Dictionary<string, int>(text.Length / BytesOfAnEntry, StringComparer.Ordinal);
        var rules = new Dictionary<ulong, (int Rank, int Id)>(text.Length / BytesOfAnEntry);
        var reader = new Utf8JsonReader(text.Span, Options);
        var (merges, blanks) = (default(Range?), new List<Range>());
        var offset = 0;
        try
        {
            var inModel = false;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.CurrentDepth == 1) inModel = reader.ValueTextEquals("model");
                if (!inModel || reader.CurrentDepth != 2) continue;
                var isVocabulary = reader.ValueTextEquals("vocab");
                if (!isVocabulary && !reader.ValueTextEquals("merges")) continue;
                reader.Read();
                var from = (int)reader.TokenStartIndex;
                if (isVocabulary && reader.TokenType == JsonTokenType.StartObject) ReadVocabulary(ref reader, vocabulary);
                else if (!isVocabulary && reader.TokenType == JsonTokenType.StartArray) reader.Skip();
                else continue;
                blanks.Add((from + 1)..(int)reader.TokenStartIndex);
                if (!isVocabulary) merges = from..(int)reader.BytesConsumed;
            }

            // They need the vocabulary, which may stand behind them. Without one there is more to say than that they do not fit.
            if (merges is { } range && vocabulary.Count > 0)
            {
                offset = range.Start.Value;
                reader = new Utf8JsonReader(text.Span[range], Options);
                ReadMerges(ref reader, vocabulary, rules);
            }
        }
        catch (JsonException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{file} is not valid JSON: {JsonProblem.Of(error)}; copy it anew from where the weights are from", error);
        }
        catch (InvalidOperationException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{file} is not valid JSON: a text is not valid Unicode{Place(text.Span, offset + (int)reader.TokenStartIndex)}", error);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{file}: {error.Message}{Place(text.Span, offset + (int)reader.TokenStartIndex)}", error);
        }

        foreach (var blank in blanks) Clear(text.Span[blank]);
        return (Encoding.UTF8.GetString(text.Span), vocabulary, rules);
    }

    /// <summary>Leaves a text its lines alone.</summary>
    private static void Clear(Span<byte> text)
    {
        foreach (ref var value in text)
        {
            if (value != '\n') value = (byte)' ';
        }
    }

    private static void ReadVocabulary(ref Utf8JsonReader reader, Dictionary<string, int> vocabulary)
    {
        var numbers = new HashSet<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id is < 0 or > MaxId)
                throw new FormatException($"model.vocab: '{token}' has no number between 0 and {MaxId}");
            if (!numbers.Add(id)) throw new FormatException($"model.vocab: '{token}' has the number {id}, which another token has");
            if (!vocabulary.TryAdd(token, id)) throw new FormatException($"model.vocab: '{token}' is there twice");
        }
    }

    private static void ReadMerges(ref Utf8JsonReader reader, Dictionary<string, int> vocabulary, Dictionary<ulong, (int Rank, int Id)> rules)
    {
        var tokens = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        // Both tokens one behind the other, and their text as one string where they are written so.
        var (joined, written) = (new char[256], new char[256]);
        reader.Read();
        for (var rank = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; rank++)
        {
            int left, length;
            if (reader.TokenType == JsonTokenType.String)
            {
                length = Copy(ref reader, ref written, 0);
                left = written.AsSpan(0, length).IndexOf(' ');
                if (left <= 0 || left + 1 >= length || written.AsSpan(left + 1, length - left - 1).Contains(' ')) throw NoMerge(rank);
                if (joined.Length < length) joined = new char[length];
                written.AsSpan(0, left).CopyTo(joined);
                written.AsSpan(left + 1, --length - left).CopyTo(joined.AsSpan(left));
            }
            else
            {
                if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String) throw NoMerge(rank);
                left = Copy(ref reader, ref joined, 0);
                if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw NoMerge(rank);
                length = Copy(ref reader, ref joined, left);
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw NoMerge(rank);
            }

            var first = joined.AsSpan(0, left);
            var second = joined.AsSpan(left, length - left);
            var whole = joined.AsSpan(0, length);
            if (!tokens.TryGetValue(first, out var firstId)) throw Unknown(rank, first, second, first);
            if (!tokens.TryGetValue(second, out var secondId)) throw Unknown(rank, first, second, second);
            if (!tokens.TryGetValue(whole, out var wholeId)) throw Unknown(rank, first, second, whole);
            rules[PairMerges.Key(firstId, secondId)] = (rank, wholeId);
        }
    }

    /// <summary>Copies a text behind what is there; returns where it ends.</summary>
    private static int Copy(ref Utf8JsonReader reader, ref char[] into, int at)
    {
        var most = reader.ValueSpan.Length;
        if (at + most > into.Length) Array.Resize(ref into, 2 * (at + most));
        return at + reader.CopyString(into.AsSpan(at));
    }

    private static FormatException NoMerge(int rank) => new($"model.merges[{rank}]: must be two tokens, as \"a b\" or [\"a\", \"b\"]");

    private static FormatException Unknown(int rank, ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> token) =>
        new($"model.merges[{rank}]: joins '{first}' and '{second}', but '{token}' is not in model.vocab; are both of one model?");

    private static string Place(ReadOnlySpan<byte> text, int offset)
    {
        var lineStart = text[..offset].LastIndexOf((byte)'\n') + 1;
        return string.Create(CultureInfo.InvariantCulture, $" (line {text[..offset].Count((byte)'\n') + 1}, column {Encoding.UTF8.GetCharCount(text[lineStart..offset]) + 1})");
    }
}

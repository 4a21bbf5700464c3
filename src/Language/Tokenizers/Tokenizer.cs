using System.Buffers;
using System.Text;
using Srpo.Core.Errors;

namespace Srpo.Language.Tokenizers;

/// <summary>
/// The tokenizer of a language model, from the files of the model's own folder: byte-level byte-pair encoding with added tokens, as Qwen 2 and 3, Llama 3 and
/// GPT-2 have it, with the numbers that the Rust engine gives. For any number of threads.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokens _inText;
    private readonly AddedTokens _inNormalized;
    private readonly Dictionary<int, AddedToken> _addedById;
    private readonly Dictionary<string, int> _addedByContent;

    /// <summary>The bytes of all tokens one after the other; token i has those from start i to start i + 1.</summary>
    private readonly byte[] _bytes;

    private readonly int[] _starts;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _addedById = parts.Added.ToDictionary(token => token.Id);
        _addedByContent = parts.Added.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        _inText = new AddedTokens(parts.Added.Where(token => !token.IsNormalized).Select(token => (token.Content, token)));
        _inNormalized = new AddedTokens(parts.Added.Where(token => token.IsNormalized).Select(token => (Normalize(token.Content), token)));
        (_bytes, _starts) = ByteTable(parts);
    }

    /// <summary>One more than the largest number of a token: the least size of a model's vocabulary. Some numbers below it may be no token.</summary>
    public int VocabularySize => _starts.Length - 1;

    /// <summary>Added and special tokens, in order of their numbers.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => _parts.Added;

    /// <summary>The folder's special tokens by their names, for example <c>bos_token</c>, <c>eos_token</c>, <c>pad_token</c>: their texts. Those that it does not name are missing.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens => _parts.SpecialTokens;

    /// <summary>The number of the token that begins a text; null where the folder names none.</summary>
    public int? BeginId => Special("bos_token");

    /// <summary>The number of the token that ends a text or a turn; null where the folder names none.</summary>
    public int? EndId => Special("eos_token");

    /// <summary>The number of the token that fills batches; null where the folder names none.</summary>
    public int? PaddingId => Special("pad_token");

    /// <summary>The folder's chat template as text; null where it has none.</summary>
    public string? ChatTemplate => _parts.ChatTemplate;

    /// <summary>Reads the tokenizer of a model.</summary>
    /// <param name="folder">The model's folder, absolute: tokenizer.json, and beside it tokenizer_config.json, special_tokens_map.json, chat_template.jinja or chat_template.json where they are.</param>
    /// <exception cref="SrpoException">A file is missing, damaged, or asks for something that is not known; the message names file, field and place.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new Tokenizer(TokenizerFolder.Read(folder));
    }

    /// <summary>The tokens of a text. The text of a special token within it is that token. Half of a surrogate pair counts as U+FFFD.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecial">Whether tokens are added that the model expects around a text, as Llama's at its beginning. Chat templates write their own.</param>
    /// <returns>Numbers of tokens, from 0 to <see cref="VocabularySize"/> - 1.</returns>
    public int[] Encode(string text, bool addSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 3 + 4);
        if (addSpecial) ids.AddRange(_parts.Before);
        text = WithPairedSurrogates(text);
        foreach (var part in _inText.Parts(text))
        {
            if (part.Token is { } token) ids.Add(token.Id);
            else EncodePlain(Normalize(text[part.Start..part.End]), ids);
        }

        if (addSpecial) ids.AddRange(_parts.After);
        return [.. ids];
    }

    /// <summary>The text of tokens. Bytes that are no UTF-8 are U+FFFD; numbers that are no token, as those a model has beyond its vocabulary, are nothing.</summary>
    /// <param name="ids">Numbers of tokens.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        var length = 0;
        foreach (var id in ids) length += BytesOf(id, skipSpecial).Length;
        var (bytes, end) = (new byte[length], 0);
        foreach (var id in ids)
        {
            var token = BytesOf(id, skipSpecial);
            token.CopyTo(bytes.AsSpan(end));
            end += token.Length;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Text as it grows, token by token.</summary>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    public TextStream Stream(bool skipSpecial = false) => new(this, skipSpecial);

    /// <summary>The number of the token with a text, added tokens first; null where there is none.</summary>
    /// <param name="token">An added token's text, or a token of the vocabulary as the vocabulary writes it.</param>
    public int? IdOf(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _addedByContent.TryGetValue(token, out var id) || _parts.Vocabulary.TryGetValue(token, out id) ? id : null;
    }

    /// <summary>Whether a number is a special token.</summary>
    public bool IsSpecial(int id) => _addedById.TryGetValue(id, out var token) && token.IsSpecial;

    /// <summary>Refuses a tokenizer that cannot be of a model: it has numbers for which the model has no row, or tokens by which the model begins, ends or fills are none of its added tokens.</summary>
    /// <param name="vocabularySize">vocab_size of the model's config.json.</param>
    /// <param name="named">Numbers of tokens that the model's configuration names, with the name of the field, for example ("eos_token_id", 151645).</param>
    /// <exception cref="SrpoException">They do not fit; the message names the field and both sides.</exception>
    public void RequireFits(int vocabularySize, IEnumerable<(string Field, int Id)> named)
    {
        ArgumentNullException.ThrowIfNull(named);
        if (VocabularySize > vocabularySize)
        {
            throw new SrpoException(ErrorKind.Usage,
                $"{_parts.File} has tokens up to number {VocabularySize - 1}, config.json has vocab_size {vocabularySize}: the tokenizer is of another model; take tokenizer.json from where the weights are from");
        }

        foreach (var (field, id) in named)
        {
            if (_addedById.ContainsKey(id)) continue;
            throw new SrpoException(ErrorKind.Usage,
                $"{field} is {id}, and {_parts.File} has {(id >= 0 && id < VocabularySize && BytesOf(id, false).Length > 0 ? $"the plain text '{Decode([id])}' there" : "no such token")}: the tokenizer is of another model; take tokenizer.json from where the weights are from");
        }
    }

    /// <summary>The bytes of a token; none for a number that is no token.</summary>
    internal ReadOnlySpan<byte> BytesOf(int id, bool skipSpecial) =>
        id < 0 || id >= VocabularySize || skipSpecial && IsSpecial(id) ? [] : _bytes.AsSpan(_starts[id].._starts[id + 1]);

    private static (byte[] Bytes, int[] Starts) ByteTable(TokenizerParts parts)
    {
        var size = Math.Max(parts.Vocabulary.Count == 0 ? 0 : parts.Vocabulary.Values.Max() + 1, parts.Added.Count == 0 ? 0 : parts.Added[^1].Id + 1);
        var tokens = new string?[size];
        foreach (var (token, id) in parts.Vocabulary) tokens[id] = token;
        foreach (var token in parts.Added) tokens[token.Id] = token.Content;
        var (bytes, starts) = (new ArrayBufferWriter<byte>(size * 8 + 1), new int[size + 1]);
        for (var id = 0; id < size; id++)
        {
            if (tokens[id] is { } token) ByteAlphabet.Write(token, bytes);
            starts[id + 1] = bytes.WrittenCount;
        }

        return (bytes.WrittenSpan.ToArray(), starts);
    }

    private static string WithPairedSurrogates(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else return string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
        }

        return text;
    }

    private int? Special(string name) => SpecialTokens.TryGetValue(name, out var content) ? IdOf(content) : null;

    private string Normalize(string text) => _parts.ComposesText ? CanonicalForms.Compose(text) : text;

    private void EncodePlain(string text, List<int> ids)
    {
        foreach (var part in _inNormalized.Parts(text))
        {
            if (part.Token is { } token) ids.Add(token.Id);
            else Cut(text.AsSpan(part.Start, part.End - part.Start), 0, ids);
        }
    }

    /// <summary>Cuts a piece of text by the cutters from one on, and encodes what they leave.</summary>
    private void Cut(ReadOnlySpan<char> piece, int cutter, List<int> ids)
    {
        if (cutter == _parts.Cutters.Count)
        {
            _parts.Merges.Encode(piece, ids);
            return;
        }

        var (pattern, addsSpace) = _parts.Cutters[cutter];
        if (addsSpace && piece is not [' ', ..]) piece = $" {piece}";
        if (pattern is null) Cut(piece, cutter + 1, ids);
        else pattern.Split(piece, word => Cut(word, cutter + 1, ids));
    }
}

/// <summary>Text as it grows, token by token: a token may end within a character, which then comes with a later one.</summary>
public sealed class TextStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    internal TextStream(Tokenizer tokenizer, bool skipSpecial) => (_tokenizer, _skipSpecial) = (tokenizer, skipSpecial);

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The characters that it completes; empty where it completes none. All that was returned, with <see cref="End"/>, is what <see cref="Tokenizer.Decode"/> says of all tokens.</returns>
    public string Append(int id) => Text(_tokenizer.BytesOf(id, _skipSpecial), flush: false);

    /// <summary>Ends the text.</summary>
    /// <returns>U+FFFD where it ends within a character, else nothing. The stream is as new.</returns>
    public string End() => Text([], flush: true);

    private string Text(ReadOnlySpan<byte> bytes, bool flush)
    {
        var chars = new char[_decoder.GetCharCount(bytes, flush)];
        return new string(chars, 0, _decoder.GetChars(bytes, chars, flush));
    }
}

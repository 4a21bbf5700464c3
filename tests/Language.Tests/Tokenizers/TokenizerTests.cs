using System.Text;
using System.Text.Json.Nodes;
using Srpo.Core.Errors;
using Srpo.Language.Tokenizers;
using Srpo.Language.Verification;

namespace Srpo.Language.Tests.Tokenizers;

/// <summary>Texts become the tokens that the Rust engine gives, and tokens their text; what a folder lacks or asks for too much is said.</summary>
public sealed class TokenizerTests : IDisposable
{
    private const string Qwen = "qwen2-tiny";
    private const string Llama = "llama3-tiny";

    private readonly string _folder = Directory.CreateTempSubdirectory("srpo-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Qwen)]
    [InlineData("qwen3-tiny")]
    [InlineData(Llama)]
    public void Tokens_and_texts_of_tiny_models_are_those_of_the_reference(string model)
    {
        var report = TokenizerCheck.Run(Reference.PathOf("models", model), Reference.PathOf("tokenizer-reference.json"));
        Assert.Equal([model], report.Names);
        Assert.Empty(report.Differences);
        Assert.Equal(173, report.Cases);
    }

    [OracleTheory]
    [InlineData("qwen3", "qwen3")]
    [InlineData("llama3_1", "llama3")]
    public void Tokens_and_texts_of_real_vocabularies_are_those_of_the_reference(string package, string name)
    {
        var report = TokenizerCheck.Run(Oracle.Folder(package), Reference.PathOf("tokenizer-reference.json"));
        Assert.Equal([name], report.Names);
        Assert.Empty(report.Differences);
        Assert.Equal(174, report.Cases);
    }

    [Fact]
    public void A_check_sees_what_differs_and_which_part_of_a_file_is_meant()
    {
        var cases = Path.Combine(_folder, "cases.json");
        File.WriteAllText(cases, """{"tokenizers": {"a": {"cases": [{"text": "hi", "ids": [1, 2], "decoded": "hi"}]}, "b": {"cases": []}}}""");
        Copy(Qwen);
        Assert.Contains("say which it is with --name", Assert.Throws<SrpoException>(() => TokenizerCheck.Run(_folder, cases)).Message, StringComparison.Ordinal);
        var report = TokenizerCheck.Run(_folder, cases, "a");
        Assert.False(report.Agrees);
        Assert.Equal(["tokens", "decoded text"], report.Differences.Select(difference => difference.Quantity));
        Assert.Equal("tokenizers.a.cases[0]", report.Differences[0].Case);
        File.WriteAllText(cases, """{"cases": [{"text": "hi", "ids": [1, "x"]}]}""");
        var error = Assert.Throws<SrpoException>(() => TokenizerCheck.Run(_folder, cases));
        Assert.Contains("cases[0].ids[1]: must be a whole number", error.Message, StringComparison.Ordinal);
        Assert.Contains("(line 1, column 38)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_grows_token_by_token_is_the_text_of_all_tokens()
    {
        var tokenizer = Tokenizer.Load(Reference.PathOf("models", Qwen));
        foreach (var text in new[] { "a😀é\u4E2D\uD83D\uDE00 𝟘!", "<|im_start|>user\nx<|im_end|>", "" })
        {
            var ids = tokenizer.Encode(text);
            foreach (var skipSpecial in new[] { false, true })
            {
                var stream = tokenizer.Stream(skipSpecial);
                var parts = ids.Select(stream.Append).ToList();
                Assert.Equal(tokenizer.Decode(ids, skipSpecial), string.Concat(parts) + stream.End());
                Assert.DoesNotContain(parts, part => part.Contains('\uFFFD'));
            }
        }

        // A text that ends within a character, and one with a byte that begins none.
        var broken = tokenizer.Encode("é")[..1];
        var cut = tokenizer.Stream();
        Assert.Equal("", cut.Append(broken[0]));
        Assert.Equal("\uFFFD", cut.End());
        Assert.Equal("\uFFFD", tokenizer.Decode(broken));
    }

    /// <summary>Rules that no training gives are among them: those whose result is joined before what it was joined of.</summary>
    [Fact]
    public void Words_have_the_tokens_that_the_definition_gives()
    {
        var random = new Random(7);
        var joined = 0;
        for (var round = 0; round < 1500; round++)
        {
            var tokens = random.Next(2, 12);
            var ranks = Enumerable.Range(0, random.Next(1, tokens * tokens)).ToArray();
            random.Shuffle(ranks);
            var rules = new Dictionary<ulong, (int Rank, int Id)>();
            foreach (var rank in ranks) rules[PairMerges.Key(random.Next(tokens), random.Next(tokens))] = (rank, random.Next(tokens));
            var ids = Enumerable.Range(0, random.Next(round % 3 == 0 ? 4 : 150)).Select(i => random.Next(round % 5 == 0 ? 1 : tokens)).ToArray();
            var wanted = ByDefinition(rules, ids);
            Assert.Equal(wanted, PairMerges.Merge(rules, [.. ids]));
            joined += ids.Length - wanted.Length;
        }

        Assert.True(joined > 10_000, $"{joined} tokens were joined");

        static int[] ByDefinition(Dictionary<ulong, (int Rank, int Id)> rules, int[] ids)
        {
            var left = ids.ToList();
            while (true)
            {
                var found = Enumerable.Range(0, Math.Max(0, left.Count - 1)).Where(i => rules.ContainsKey(PairMerges.Key(left[i], left[i + 1]))).ToArray();
                if (found.Length == 0) return [.. left];
                var first = found.MinBy(i => rules[PairMerges.Key(left[i], left[i + 1])].Rank);
                left[first] = rules[PairMerges.Key(left[first], left[first + 1])].Id;
                left.RemoveAt(first + 1);
            }
        }
    }

    /// <summary>A word of equal characters asks for little else than a token with itself, and with its neighbour in number.</summary>
    [Fact]
    public void Pairs_of_equal_tokens_are_spread_over_a_table()
    {
        var keys = Enumerable.Range(0, 10_000).SelectMany(id => (ulong[])[PairMerges.Key(id, id), PairMerges.Key(id, id + 1), PairMerges.Key(id + 1, id)]).ToArray();
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.True(keys.GroupBy(key => (uint)key.GetHashCode() % 30_011).Max(place => place.Count()) < 12);
    }

    /// <summary>Eights as far as they go, then what is left of it in halves.</summary>
    [Fact]
    public void A_million_equal_characters_are_one_word()
    {
        Copy(Qwen);
        string[] powers = ["aaaaaaaa", "aaaa", "aa"];
        Change("tokenizer.json", root =>
        {
            var model = root["model"]!;
            for (var i = 0; i < powers.Length; i++) model["vocab"]![powers[i]] = 1000 + i;
            foreach (var half in new[] { "a", "aa", "aaaa" }) model["merges"]!.AsArray().Add(new JsonArray(half, half));
        });
        var tokenizer = Tokenizer.Load(_folder);
        foreach (var length in Enumerable.Range(1, 200).Append(1_000_007))
        {
            int[] wanted = [.. Enumerable.Repeat(1000, length / 8), .. new[] { (4, 1001), (2, 1002), (1, 64) }.Where(part => (length & part.Item1) > 0).Select(part => part.Item2)];
            var ids = tokenizer.Encode(new string('a', length));
            Assert.Equal(wanted, ids);
            if (length > 200) Assert.Equal(length, tokenizer.Decode(ids).Length);
        }
    }

    [Fact]
    public void Special_tokens_have_names_numbers_and_can_be_left_out()
    {
        var qwen = Tokenizer.Load(Reference.PathOf("models", Qwen));
        Assert.Equal((384, (int?)null, (int?)370, (int?)368), (qwen.VocabularySize, qwen.BeginId, qwen.EndId, qwen.PaddingId));
        Assert.Equal("<|im_end|>", qwen.SpecialTokens["eos_token"]);
        Assert.True(qwen.IsSpecial(370));
        // <think> is added and no special token.
        Assert.False(qwen.IsSpecial(372));
        Assert.Equal("user<think>", qwen.Decode(qwen.Encode("<|im_start|>user<think><|im_end|>"), skipSpecial: true));
        Assert.Equal(371, qwen.IdOf("<|im_start|>"));
        Assert.Null(qwen.IdOf("<|no such token|>"));
        // Numbers beyond the vocabulary, which a model may have rows for, are no text.
        Assert.Equal("a", qwen.Decode([-1, .. qwen.Encode("a"), 384, int.MaxValue]));

        var llama = Tokenizer.Load(Reference.PathOf("models", Llama));
        Assert.Equal(llama.Encode("Hello").Prepend(368), llama.Encode("Hello", addSpecial: true));
        Assert.Equal(qwen.Encode("Hello"), qwen.Encode("Hello", addSpecial: true));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_counts_as_the_replacement_character()
    {
        var tokenizer = Tokenizer.Load(Reference.PathOf("models", Qwen));
        foreach (var (text, counted) in new[] { ("a\uD83Db", "a\uFFFDb"), ("\uDE00", "\uFFFD"), ("x\uD83D", "x\uFFFD"), ("\uD83D\uD83D\uDE00", "\uFFFD\U0001F600") })
            Assert.Equal(tokenizer.Encode(counted), tokenizer.Encode(text));
    }

    [Fact]
    public async Task Many_threads_may_use_one()
    {
        var tokenizer = Tokenizer.Load(Reference.PathOf("models", Llama));
        var texts = Enumerable.Range(0, 400).Select(i => $"word{i % 37} and {i * 7919} more \u00E9\u0301 {(char)(0x4E00 + i)}").ToArray();
        var alone = texts.Select(text => tokenizer.Encode(text)).ToArray();
        var fresh = Tokenizer.Load(Reference.PathOf("models", Llama));
        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => texts.Select(text => fresh.Encode(text)).ToArray())));
        Assert.All(together, ids => Assert.Equal(alone, ids));
    }

    [Fact]
    public void A_tokenizer_of_another_model_is_refused()
    {
        var tokenizer = Tokenizer.Load(Reference.PathOf("models", Qwen));
        tokenizer.RequireFits(400, [("eos_token_id", 370)]);
        Assert.Contains("has tokens up to number 383, config.json has vocab_size 300", Assert.Throws<SrpoException>(() => tokenizer.RequireFits(300, [])).Message, StringComparison.Ordinal);
        var plain = Assert.Throws<SrpoException>(() => tokenizer.RequireFits(400, [("eos_token_id", 64)])).Message;
        Assert.Contains("eos_token_id is 64, and ", plain, StringComparison.Ordinal);
        Assert.Contains("has the plain text 'a' there", plain, StringComparison.Ordinal);
        Assert.Contains("has no such token", Assert.Throws<SrpoException>(() => tokenizer.RequireFits(200_000, [("eos_token_id", 151645)])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.type", "\"Unigram\"", "model.type: 'Unigram' is not known; known is BPE")]
    [InlineData("model.vocab", "[[\"a\", 0]]", "model.vocab: must be an object")]
    [InlineData("model.merges", null, "model.merges: is missing; without it")]
    [InlineData("model.merges", "[[\"a\"]]", "model.merges[0]: must be two tokens")]
    [InlineData("model.merges", "[\"i n\", \"i  n\"]", "model.merges[1]: must be two tokens")]
    [InlineData("model.merges", "[\"i n\", [\"q\", \"\u20AC\"]]", "is not in model.vocab; are both of one model?")]
    [InlineData("model.dropout", "0.1", "model.dropout: 0.1 would make tokens random")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix: '</w>' is not known")]
    [InlineData("model.vocab.!", "-1", "'!' has no number between 0 and")]
    [InlineData("normalizer", "{\"type\": \"NFKC\"}", "normalizer.type: 'NFKC' is not known; known are NFC and Sequence")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\"}", "pre_tokenizer.type: 'Metaspace' is not known; known are ByteLevel")]
    [InlineData("pre_tokenizer", "{\"type\": \"Digits\"}", "pre_tokenizer: has no ByteLevel")]
    [InlineData("pre_tokenizer", "null", "pre_tokenizer: has no ByteLevel")]
    [InlineData("pre_tokenizer.pretokenizers", "[{\"type\": \"ByteLevel\"}, {\"type\": \"Digits\"}]", "pre_tokenizer.pretokenizers[1]: follows ByteLevel")]
    [InlineData("pre_tokenizer.pretokenizers", "[{\"type\": \"Split\", \"pattern\": {\"Regex\": \"\\\\w+\"}, \"behavior\": \"Isolated\"}]", "pre_tokenizer.pretokenizers[0].pattern: the pattern has \\w (character 1)")]
    [InlineData("pre_tokenizer.pretokenizers", "[{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(a\"}, \"behavior\": \"Isolated\"}]", "pattern: the pattern cannot be read")]
    [InlineData("pre_tokenizer.pretokenizers", "[{\"type\": \"Split\", \"pattern\": {\"String\": \"a\"}, \"behavior\": \"Contiguous\"}]", "behavior: 'Contiguous' is not known; known are Isolated and Removed")]
    [InlineData("post_processor", "{\"type\": \"BertProcessing\"}", "post_processor.type: 'BertProcessing' is not known")]
    [InlineData("decoder", "{\"type\": \"WordPiece\"}", "decoder.type: 'WordPiece' is not known; known is ByteLevel")]
    [InlineData("added_tokens", "[{\"id\": 500, \"content\": \"<x>\"}, {\"id\": 500, \"content\": \"<y>\"}]", "added_tokens[1].id: 500 is '<x>' already")]
    [InlineData("added_tokens", "[{\"id\": 500}]", "added_tokens[0]: lacks content")]
    public void What_is_not_known_or_missing_is_named(string field, string? value, string message)
    {
        Copy(Qwen);
        Change("tokenizer.json", root => Put(root, field, value));
        var error = Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(_folder, "tokenizer.json"), error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Usage, error.Kind);
    }

    [Fact]
    public void What_would_take_for_ever_is_refused()
    {
        Copy(Qwen);
        Change("tokenizer.json", root => Put(root, "pre_tokenizer.pretokenizers", """[{"type": "Split", "pattern": {"Regex": "(\\p{L}+)+,"}, "behavior": "Isolated"}, {"type": "ByteLevel", "use_regex": false, "add_prefix_space": false}]"""));
        var tokenizer = Tokenizer.Load(_folder);
        Assert.Equal("aaa, a", tokenizer.Decode(tokenizer.Encode("aaa, a")));
        var error = Assert.Throws<SrpoException>(() => tokenizer.Encode(new string('a', 100)));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.Contains(@"pattern (\p{L}+)+, takes longer than 2 s for one word of a text of 100 characters", error.Message, StringComparison.Ordinal);

        Change("tokenizer.json", root => Put(root, "pre_tokenizer.pretokenizers", $"[{string.Concat(Enumerable.Repeat("{\"type\": \"Digits\"}, ", 40))}{{\"type\": \"ByteLevel\"}}]"));
        Assert.Contains("pre_tokenizer: has 41 steps; at most 32 are read", Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_without_a_token_is_named()
    {
        Copy(Qwen);
        Change("tokenizer.json", root =>
        {
            root["model"]!["merges"] = new JsonArray();
            root["model"]!["vocab"]!.AsObject().Remove("a");
        });
        Assert.Contains("model.vocab: has no token for the byte 0x61, written 'a'", Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_cut_missing_or_of_two_models_are_told_apart()
    {
        Assert.Contains("there is no folder", Assert.Throws<SrpoException>(() => Tokenizer.Load(Path.Combine(_folder, "none"))).Message, StringComparison.Ordinal);
        var missing = Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
        Assert.Contains("copy it from where the weights are from", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "merges.txt"), "");
        Assert.Contains("older merges.txt", Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);

        Copy(Qwen);
        var file = Path.Combine(_folder, "tokenizer.json");
        var text = File.ReadAllText(file);
        File.WriteAllText(file, text[..(text.Length / 2)]);
        Assert.Matches(@"is not valid JSON: .* \(line \d+, column \d+\)", Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder)).Message);
        File.WriteAllText(file, text);

        Change("tokenizer_config.json", root => root["eos_token"] = "<|eot_id|>");
        Assert.Contains("eos_token: '<|eot_id|>' is no token of tokenizer.json; are both of one model?", Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
        Copy(Qwen);
        Change("tokenizer_config.json", root => root["added_tokens_decoder"]!["368"]!["content"] = "<other>");
        Assert.Contains("added_tokens_decoder.368: is '<other>', and '<|endoftext|>' in tokenizer.json", Assert.Throws<SrpoException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Chat_templates_come_from_any_of_three_files()
    {
        Copy(Qwen);
        Assert.Null(Tokenizer.Load(_folder).ChatTemplate);
        File.WriteAllText(Path.Combine(_folder, "chat_template.json"), """{"chat_template": "from json"}""");
        Assert.Equal("from json", Tokenizer.Load(_folder).ChatTemplate);
        Change("tokenizer_config.json", root => root["chat_template"] = JsonNode.Parse("""[{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "plain"}]"""));
        Assert.Equal("plain", Tokenizer.Load(_folder).ChatTemplate);
        File.WriteAllText(Path.Combine(_folder, "chat_template.jinja"), "from jinja");
        Assert.Equal("from jinja", Tokenizer.Load(_folder).ChatTemplate);
    }

    [Fact]
    public void Merges_may_stand_before_the_vocabulary_and_in_both_forms()
    {
        var plain = Tokenizer.Load(Reference.PathOf("models", Qwen));
        Copy(Qwen);
        Change("tokenizer.json", root =>
        {
            var model = root["model"]!.AsObject();
            var (vocab, merges) = (model["vocab"], model["merges"]!.AsArray());
            model.Remove("vocab");
            model.Remove("merges");
            // One as a pair, the next as a text.
            model["merges"] = new JsonArray([.. merges.Select((pair, i) => i % 2 == 0 ? pair!.DeepClone() : JsonValue.Create($"{pair![0]} {pair[1]}"))]);
            model["vocab"] = vocab;
        });
        var changed = Tokenizer.Load(_folder);
        const string Text = "The station indulges in   thinning; 123 <|im_end|> über";
        Assert.Equal(plain.Encode(Text), changed.Encode(Text));
    }

    [Theory]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u212B\u2126", "\u00C5\u03A9")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\uD558\u11AB", "\uD55C")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b")]
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")]
    [InlineData("plain, \u4E2D\u6587 \uD83D\uDE00", "plain, \u4E2D\u6587 \uD83D\uDE00")]
    public void Normal_form_C_needs_nothing_of_the_system(string text, string composed) => Assert.Equal(composed, CanonicalForms.Compose(text));

    /// <summary>Strings of all planes and kinds, and tokenizers whose added tokens have every option, against the Rust engine.</summary>
    [OracleFact]
    public void Eight_thousand_strings_are_encoded_as_the_Rust_engine_does()
    {
        Copy(Qwen);
        Change("tokenizer.json", root =>
        {
            foreach (var (id, content, options) in new[] { (384, "left", "lstrip"), (385, "right", "rstrip"), (386, "word", "single_word"), (387, "\u00E9t\u00E9", "normalized"), (388, "two words", "normalized") })
                root["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = id, ["content"] = content, ["single_word"] = options == "single_word", ["lstrip"] = options == "lstrip", ["rstrip"] = options == "rstrip", ["normalized"] = options == "normalized", ["special"] = false });
        });
        string[] folders = [Oracle.Folder("qwen3"), Oracle.Folder("llama3_1"), Reference.PathOf("models", Llama), _folder];
        var texts = new FuzzedTexts(15);
        var cases = Enumerable.Range(0, 8000).Select(i => (Folder: folders[i % folders.Length], Text: texts.Next())).ToArray();
        var wanted = Oracle.Encode(cases);
        var tokenizers = folders.ToDictionary(folder => folder, Tokenizer.Load);
        for (var i = 0; i < cases.Length; i++)
        {
            var tokenizer = tokenizers[cases[i].Folder];
            Assert.True(wanted[i].Ids.SequenceEqual(tokenizer.Encode(cases[i].Text)), $"{i} {cases[i].Folder}: {System.Text.Json.JsonSerializer.Serialize(cases[i].Text)}");
            Assert.Equal(wanted[i].Decoded, tokenizer.Decode(wanted[i].Ids));
        }
    }

    private static void Put(JsonNode root, string field, string? value)
    {
        var parts = field.Split('.');
        var owner = parts[..^1].Aggregate(root, (node, part) => node[part]!);
        if (value is null) owner.AsObject().Remove(parts[^1]);
        else owner[parts[^1]] = JsonNode.Parse(value);
    }

    private void Copy(string model)
    {
        foreach (var name in new[] { "tokenizer.json", "tokenizer_config.json" }) File.Copy(Reference.PathOf("models", model, name), Path.Combine(_folder, name), overwrite: true);
    }

    private void Change(string name, Action<JsonNode> change)
    {
        var path = Path.Combine(_folder, name);
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        change(root);
        File.WriteAllText(path, root.ToJsonString());
    }

    /// <summary>Strings that tokenizers go wrong on.</summary>
    private sealed class FuzzedTexts(int seed)
    {
        private static readonly string[] Words =
        [
            "the", "of", "Natalia", "48", "3.5", "$12", "it's", "WE'RE", "don'T", "'S", "'\u017F", "####", "<<48/2=24>>", "foo_bar(x)", "==", "\\frac{1}{2}", "\u00FCber", "na\u00EFve", "\u0130I", "\uFB01", "left", " right ", "word", "words", "e\u0301te\u0301", "two words",
        ];

        private static readonly string[] Specials = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<think>", "</think>", "<|eot_id|>", "<|begin_of_text|>", "<|start_header_id|>", "<tool_call>", "<|im_st", "art|>"];
        private static readonly string[] Emoji = ["\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F3F3\uFE0F\u200D\U0001F308", "\U0001F44D\U0001F3FD", "\U0001F1E9\U0001F1EA", "\u2764\uFE0F", "\U0001F600", "#\uFE0F\u20E3"];
        private static readonly string[] Spaces = [" ", "  ", "\t", "\n", "\r\n", "\n\n", " \n ", "\u00A0", "\u3000", "\u2028", "\u0085", "\u200B", "\u180E", "\u001C", "\v", "\f", "\u1680"];
        private static readonly string[] Bases = ["e", "a", "A", "k", "\u1100", "\uAC00", "\u09C7", "\u1025", "\u304B", "\u0DD9"];
        private static readonly int[] Zeros = [0x30, 0x660, 0x966, 0xE50, 0xFF10, 0x1D7CE, 0x1D7D8, 0x104A0, 0x11066, 0x1E950, 0x2460, 0x2160];

        private static readonly (int Low, int High)[] Marks =
        [
            (0x300, 0x36F), (0x483, 0x487), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x93C, 0x94D), (0x3099, 0x309A), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0x1D165, 0x1D169), (0xFE00, 0xFE0F), (0x1161, 0x1175), (0x11A8, 0x11C2), (0xE0100, 0xE010F),
        ];

        private static readonly (int Low, int High)[] Planes =
        [
            (0, 0x1F), (0x20, 0x7E), (0x80, 0x2FF), (0x300, 0x1FFF), (0x2000, 0x2FFF), (0x3000, 0xD7A3), (0xE000, 0xFFFF), (0xF900, 0xFB4F), (0x1100, 0x11FF), (0x1D100, 0x1D1FF), (0x10000, 0x1FFFF), (0x20000, 0x323AF), (0x2F800, 0x2FA1F), (0x323B0, 0x10FFFF),
        ];

        private readonly Random _random = new(seed);

        public string Next()
        {
            var text = new StringBuilder();
            // Some are of two kinds of pieces alone.
            var kinds = _random.Next(4) == 0 ? [_random.Next(10), _random.Next(10)] : Enumerable.Range(0, 10).ToArray();
            for (var i = _random.Next(24); i >= 0; i--) text.Append(Piece(Of(kinds)));
            return text.ToString();
        }

        private T Of<T>(T[] items) => items[_random.Next(items.Length)];

        private string Point((int Low, int High) range) => char.ConvertFromUtf32(_random.Next(range.Low, range.High + 1));

        private string Piece(int kind) => kind switch
        {
            0 => Of(Words),
            1 => Of(Words) + " ",
            2 or 3 => Point(Of(Planes)),
            4 => Of(Bases) + Point(Of(Marks)),
            5 => Point(Of(Marks)) + Point(Of(Marks)),
            6 => Of(Emoji),
            7 => Of(Zeros) is var zero ? string.Concat(Enumerable.Range(0, _random.Next(1, 8)).Select(_ => char.ConvertFromUtf32(zero + _random.Next(10)))) : "",
            8 => _random.Next(3) == 0 ? new string(' ', _random.Next(40)) : Of(Spaces),
            _ => Of(Specials),
        };
    }
}

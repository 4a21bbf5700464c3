using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Language.Tokenizers;

namespace Srpo.Language.Templates;

/// <summary>A message of a chat.</summary>
/// <param name="Role">Who says it: most templates know system, user and assistant.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatMessage(string Role, string Content);

/// <summary>What is wrong with a template, or with what it is given.</summary>
/// <param name="reason">What, without the place.</param>
/// <param name="place">Where in the template.</param>
public sealed class TemplateException(string reason, TemplatePlace place) : FormatException(string.Create(CultureInfo.InvariantCulture, $"{reason} (line {place.Line}, column {place.Column})"))
{
    /// <summary>Where in the template.</summary>
    public TemplatePlace Place { get; } = place;
}

/// <summary>
/// How a model wants a chat to be written: the chat template of its folder, in the language Jinja, rendered as the library does that models are published for.
/// For any number of threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly string _name;
    private readonly IReadOnlyList<Statement> _body;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;

    private ChatTemplate(string name, IReadOnlyList<Statement> body, IReadOnlyDictionary<string, string> specialTokens) => (_name, _body, _specialTokens) = (name, body, specialTokens);

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="name">What it is called in messages, for example its file.</param>
    /// <param name="specialTokens">Texts of special tokens that it may ask for, by names such as <c>bos_token</c>; null for none.</param>
    /// <exception cref="SrpoException">It has syntax, a filter or a test that is not known; the message says which, with line and column.</exception>
    public static ChatTemplate Parse(string source, string name, IReadOnlyDictionary<string, string>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return new ChatTemplate(name, TemplateParser.Parse(source), specialTokens ?? new Dictionary<string, string>());
        }
        catch (TemplateException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{name}: {error.Message}", error);
        }
    }

    /// <summary>The template of a model's folder.</summary>
    /// <param name="folder">The folder, absolute.</param>
    /// <param name="tokenizer">Its tokenizer, whose special tokens the template may ask for.</param>
    /// <exception cref="SrpoException">The folder has none, or it cannot be read.</exception>
    public static ChatTemplate Of(string folder, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.ChatTemplate is { } source
            ? Parse(source, $"the chat template of {folder}", tokenizer.SpecialTokens)
            : throw new SrpoException(ErrorKind.NotFound, $"{folder} has no chat template: neither chat_template.jinja nor a chat_template in tokenizer_config.json; take those of the model's chat version");
    }

    /// <summary>Writes a chat.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="addGenerationPrompt">Whether the beginning of the model's next message follows.</param>
    /// <param name="variables">What else the template may ask for, for example <c>enable_thinking</c>: null, texts, numbers, truth values, lists and dictionaries of them. They come before special tokens of the same name.</param>
    /// <param name="now">The time for templates that write the date. Null for none: most then write a fixed one, and a chat is the same text on every day.</param>
    /// <returns>The text, special tokens written out: encode it without adding any.</returns>
    /// <exception cref="SrpoException">The template refuses the chat, or cannot be rendered with it; the message has the template's words, line and column.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, IReadOnlyDictionary<string, object?>? variables = null, DateTimeOffset? now = null)
    {
        var all = new Dictionary<string, object?>(variables ?? new Dictionary<string, object?>(), StringComparer.Ordinal) { ["messages"] = messages, ["add_generation_prompt"] = addGenerationPrompt };
        return Render(all, now);
    }

    /// <summary>Writes what variables hold, <c>messages</c> and <c>add_generation_prompt</c> among them; messages may then have more than a role and content, as tool_calls.</summary>
    /// <param name="variables">What the template is given: null, texts, numbers, truth values, JSON values, lists and dictionaries of them.</param>
    /// <param name="now">The time for templates that write the date; null for none.</param>
    /// <returns>The text.</returns>
    /// <exception cref="SrpoException">The template refuses the chat, or cannot be rendered with it.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables, DateTimeOffset? now = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        // The library always gives these two.
        var all = new Dictionary<string, object?>(StringComparer.Ordinal) { ["tools"] = null, ["documents"] = null };
        foreach (var (token, text) in _specialTokens) all[token] = text;
        foreach (var (variable, value) in variables) all[variable] = TemplateValues.From(value);
        try
        {
            return TemplateInterpreter.Render(_body, all, now);
        }
        catch (TemplateException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"{_name} cannot write this chat: {error.Message}", error);
        }
        catch (TemplateRefusal refusal)
        {
            throw new SrpoException(ErrorKind.Usage, $"{_name} refuses this chat: {refusal.Message}", refusal);
        }
    }
}

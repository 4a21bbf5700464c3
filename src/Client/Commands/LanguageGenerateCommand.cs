using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Language.Models;
using Srpo.Language.Sampling;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;
using Srpo.Learning.Torch;

namespace Srpo.Client.Commands;

/// <summary>`srpo language generate`: how a model goes on with a text.</summary>
internal static class LanguageGenerateCommand
{
    public static Command Create(Shell shell)
    {
        var model = new Argument<string>("MODEL") { Description = "The model's folder." };
        var prompt = new Argument<string>("PROMPT") { Description = "The text; - reads it from standard input." };
        return new Command("generate", "Go on with a text.") { model, prompt }.WithGeneration()
            .OnThisMachine().Handle(shell, context => Task.FromResult(Run(context, context.Get(model), context.Get(prompt))));
    }

    private static int Run(CommandContext context, string path, string prompt)
    {
        using var session = GenerationSession.Open(context, path);
        if (prompt == "-") prompt = context.Shell.In.ReadToEnd();
        var tokens = session.Tokenizer.Encode(prompt, addSpecial: true);
        if (tokens.Length == 0) throw new SrpoException(ErrorKind.Usage, "PROMPT: an empty text has no token to go on from; give some text");
        if (!context.Json) context.Out.Write(prompt);
        var answer = session.Answer(tokens, 0, context.Json ? _ => { } : text => Show(context, text));
        if (context.Json)
        {
            context.PrintJson(new { Model = path, session.Seed, PromptTokens = tokens, answer.Tokens, answer.Text, answer.Seconds });
            return (int)ExitCode.Ok;
        }

        context.Out.WriteLine();
        context.Error.WriteLine($"{tokens.Length} + {answer.Tokens.Count} tokens, {answer.Tokens.Count / answer.Seconds:0.0} per second");
        return (int)ExitCode.Ok;
    }

    internal static void Show(CommandContext context, string text)
    {
        context.Out.Write(text);
        context.Out.Flush();
    }
}

/// <summary>`srpo language chat`: a conversation with a model.</summary>
internal static class LanguageChatCommand
{
    private static readonly Option<string?> SystemText = new("--system") { Description = "What the model is told before the conversation.", HelpName = "TEXT" };

    public static Command Create(Shell shell)
    {
        var model = new Argument<string>("MODEL") { Description = "The model's folder, with a chat template." };
        return new Command("chat", "Talk with a model, line by line. /new begins anew, an empty line or the end of the input ends.") { model, SystemText }.WithGeneration()
            .OnThisMachine().Without(GlobalOptions.Json, "it is a conversation; srpo language generate has it").Handle(shell, context => Task.FromResult(Run(context, context.Get(model))));
    }

    private static int Run(CommandContext context, string path)
    {
        using var session = GenerationSession.Open(context, path);
        var template = ChatTemplate.Of(context.Shell.Resolve(path), session.Tokenizer);
        var messages = new List<ChatMessage>();
        for (var turn = 0; ; turn++)
        {
            if (messages.Count == 0 && context.Get(SystemText) is { } system) messages.Add(new ChatMessage("system", system));
            LanguageGenerateCommand.Show(context, "> ");
            if (context.Shell.In.ReadLine() is not { Length: > 0 } line)
            {
                context.Out.WriteLine();
                return (int)ExitCode.Ok;
            }

            if (line == "/new")
            {
                messages.Clear();
                continue;
            }

            messages.Add(new ChatMessage("user", line));
            var tokens = session.Tokenizer.Encode(template.Render(messages, addGenerationPrompt: true));
            if (tokens.Length >= session.Context)
            {
                messages.RemoveAt(messages.Count - 1);
                context.Error.WriteLine($"the conversation has {tokens.Length} tokens, and the context {session.Context}: /new begins anew, --context N makes room");
                continue;
            }

            messages.Add(new ChatMessage("assistant", session.Answer(tokens, turn, text => LanguageGenerateCommand.Show(context, text)).Text));
            context.Out.WriteLine();
        }
    }
}

/// <summary>What a model said.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Text">Their text, without special tokens.</param>
/// <param name="Seconds">How long it took, reading included.</param>
internal sealed record GeneratedAnswer(IReadOnlyList<int> Tokens, string Text, double Seconds);

/// <summary>A model with its tokenizer, and how tokens are drawn.</summary>
internal sealed class GenerationSession : IDisposable
{
    private const int DefaultContext = 4096;

    private readonly ICausalModel _model;
    private readonly ICausalModel? _adapted;
    private readonly CachedContext _context;
    private readonly TokenSampler _sampler;
    private readonly HashSet<int> _ends;
    private readonly int _most;
    private readonly CancellationToken _cancellation;

    private GenerationSession(ICausalModel model, ICausalModel? adapted, Tokenizer tokenizer, CachedContext context, TokenSampler sampler, HashSet<int> ends, int most, ulong seed, CancellationToken cancellation) =>
        (_model, _adapted, Tokenizer, _context, _sampler, _ends, _most, Seed, _cancellation) = (model, adapted, tokenizer, context, sampler, ends, most, seed, cancellation);

    public Tokenizer Tokenizer { get; }

    public ulong Seed { get; }

    /// <summary>Most tokens.</summary>
    public int Context => _context.Capacity;

    public static GenerationSession Open(CommandContext context, string path)
    {
        LibTorch.Load();
        var (folder, config, generation) = ModelFolder.ReadConfigs(context.Shell.Resolve(path));
        var sampling = LanguageOptions.Sampling(context, generation);
        var sampler = Sampler(sampling, config.VocabSize);
        var tokenizer = Tokenizer.Load(folder);
        var ends = generation.EosTokenIds.Concat(config.EosTokenIds).ToHashSet();
        tokenizer.RequireFits(config.VocabSize, ends.Select(id => ("eos_token_id", id)));
        var size = context.Get(LanguageOptions.Context) ?? Math.Min(config.MaxPositions, DefaultContext);
        ICausalModel model = LanguageOptions.Open(context, path);
        ICausalModel? adapted = null;
        try
        {
            if (context.Get(LanguageOptions.Adapter) is { } adapter) adapted = Adapted(model, context.Shell.Resolve(adapter));
            return new GenerationSession(model, adapted, tokenizer, new CachedContext(adapted ?? model, size), sampler, ends, context.Get(LanguageOptions.MaxTokens) ?? 256, context.Get(LanguageOptions.Seed), context.Cancellation);
        }
        catch
        {
            adapted?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with tokens.</summary>
    /// <param name="tokens">The text so far.</param>
    /// <param name="turn">Number of the answer: each has draws of its own.</param>
    /// <param name="show">Given every piece of text when it is there.</param>
    public GeneratedAnswer Answer(IReadOnlyList<int> tokens, int turn, Action<string> show)
    {
        var (watch, made, text) = (Stopwatch.StartNew(), new List<int>(), new StringBuilder());
        var (pieces, draws) = (Tokenizer.Stream(skipSpecial: true), new StreamId(Seed, 0, (uint)turn, StreamPurpose.Tooling));
        foreach (var token in _context.Continue(tokens, _most, _sampler, i => draws.Block(0, (uint)i), _ends, _cancellation))
        {
            made.Add(token);
            Tell(pieces.Append(token));
        }

        Tell(pieces.End());
        return new GeneratedAnswer(made, text.ToString(), watch.Elapsed.TotalSeconds);

        void Tell(string piece)
        {
            text.Append(piece);
            if (piece.Length > 0) show(piece);
        }
    }

    public void Dispose()
    {
        _context.Dispose();
        _adapted?.Dispose();
        _model.Dispose();
    }

    private static TokenSampler Sampler(SamplingSettings sampling, int vocabulary)
    {
        try
        {
            return new TokenSampler(sampling, vocabulary);
        }
        catch (SettingsException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }

    private static ICausalModel Adapted(ICausalModel model, string path)
    {
        using var folder = AdapterFolder.Open(path, model.Config);
        var adapted = model.WithAdapter(folder.Config, values: false, seed: 0);
        adapted.Restore(LearnedState.Of(adapted.Learned, folder));
        return adapted;
    }
}

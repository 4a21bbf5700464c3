using System.Collections.Concurrent;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Language.Templates;
using Srpo.Language.Tokenizers;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Language.Models;

/// <summary>
/// The language models of this process: where their folders are, and the weights in memory, once for all that stand on them. Weights that nobody uses are kept for a while, since the next
/// round of training wants them again. Thread-safe.
/// </summary>
public static class SharedModels
{
    /// <summary>What the names of models begin with that are trained first.</summary>
    public const string TrainedPrefix = ArchitectureRegistry.TrainedModel;

    /// <summary>How long weights are kept that nobody uses.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string Folder, LanguagePrecision Precision, string Device), SharedModel> Open = [];
    private static readonly ConcurrentDictionary<string, (DateTime Written, ModelConfig Config)> Configs = new(StringComparer.Ordinal);
    private static readonly List<string> Directories = [];
    private static readonly Timer Sweeper = new(_ => Sweep(Rest));
    private static ICausalModelBackend? _backend;
    private static ITrainedModels? _trained;

    /// <summary>What models are computed with.</summary>
    /// <exception cref="SrpoException">The program brings nothing.</exception>
    public static ICausalModelBackend Backend => _backend ?? throw new SrpoException(ErrorKind.Environment, "this program brings no bindings of libtorch, which language models need");

    /// <summary>Models that are trained here; null where there are none.</summary>
    public static ITrainedModels? Trained => _trained;

    /// <summary>Takes what models are computed with. Loads nothing. The first that is given counts.</summary>
    public static void Use(ICausalModelBackend backend) => Interlocked.CompareExchange(ref _backend, backend, null);

    /// <summary>Takes the models that are trained here. The first that are given count.</summary>
    public static void Use(ITrainedModels trained) => Interlocked.CompareExchange(ref _trained, trained, null);

    /// <summary>Has models that are trained here looked for in a directory, besides those that were named before.</summary>
    /// <param name="directory">The directory.</param>
    public static void LookIn(string directory)
    {
        directory = Path.GetFullPath(directory);
        lock (Gate)
        {
            if (!Directories.Contains(directory, StringComparer.Ordinal)) Directories.Add(directory);
        }
    }

    /// <summary>The name of a model that is trained here; null for a folder.</summary>
    /// <param name="model">The model as settings name it.</param>
    public static string? TrainedName(string model) => model.StartsWith(TrainedPrefix, StringComparison.Ordinal) ? model[TrainedPrefix.Length..] : null;

    /// <summary>The folder of a model.</summary>
    /// <param name="model">The model as settings name it.</param>
    /// <exception cref="SrpoException">It is trained first, and is not there yet.</exception>
    public static string FolderOf(string model)
    {
        if (TrainedName(model) is not { } name) return Path.GetFullPath(model);
        var trained = RequireTrained(name);
        string[] directories;
        lock (Gate) directories = [.. Directories];
        var folders = directories.Select(directory => trained.FolderOf(name, directory)).ToArray();
        return folders.FirstOrDefault(Directory.Exists)
            ?? throw new SrpoException(ErrorKind.NotFound, $"the model {model} is not here yet{(folders.Length > 0 ? $": there is no {string.Join(", nor ", folders)}" : "")}; the run that needs it trains it first");
    }

    /// <summary>The models that are trained here, of which a name must be one.</summary>
    /// <exception cref="SrpoException">There is none of that name.</exception>
    public static ITrainedModels RequireTrained(string name)
    {
        if (_trained is not { } trained) throw new SrpoException(ErrorKind.Usage, $"this program trains no language models; name a model's folder in place of {TrainedPrefix}{name}");
        return trained.Names.Contains(name, StringComparer.Ordinal) ? trained : throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("trained model", name, [.. trained.Names]));
    }

    /// <summary>Whether the folder of a model is there.</summary>
    /// <param name="model">The model as settings name it.</param>
    public static bool IsThere(string model)
    {
        try
        {
            return Directory.Exists(FolderOf(model));
        }
        catch (SrpoException)
        {
            return false;
        }
    }

    /// <summary>What a model is made of. Quick: its weights are not looked at.</summary>
    /// <param name="model">The model as settings name it.</param>
    /// <exception cref="SrpoException">It is not there, or its files are wrong.</exception>
    public static ModelConfig ConfigOf(string model)
    {
        var file = Path.Combine(FolderOf(model), ModelConfigFile.Name);
        var written = File.GetLastWriteTimeUtc(file);
        if (Configs.TryGetValue(file, out var known) && known.Written == written) return known.Config;
        var config = ModelFolder.ReadConfigs(Path.GetDirectoryName(file)!).Config;
        Configs[file] = (written, config);
        return config;
    }

    /// <summary>The parameters of a policy of a form, and of its critic.</summary>
    /// <param name="form">The form.</param>
    /// <exception cref="SrpoException">The model is not there, or its files are wrong.</exception>
    public static (ParameterLayout Policy, ParameterLayout Critic) Layouts(AdapterForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var config = ConfigOf(form.Model);
        var policy = form.Rank > 0
            ? new ParameterLayout(Lora(form).Tensors(config).Select(tensor => (tensor.Name, tensor.Shape)))
            : Backend.Weights(config);
        return (policy, new ParameterLayout([
            .. policy.Parts.Select(part => (part.Name, part.Shape)), ("value_head.weight", (IReadOnlyList<int>)[config.HiddenSize]), ("value_head.bias", [1]),
        ]));
    }

    /// <summary>The adapter of a form with a rank above 0.</summary>
    public static LoraConfig Lora(AdapterForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new() { Rank = form.Rank, Alpha = form.Alpha };
    }

    /// <summary>A model, its weights in memory. Whoever has it lets go of it by disposing of it.</summary>
    /// <param name="form">Model, hash of its files (empty where it does not matter), precision and device.</param>
    /// <exception cref="SrpoException">It is not there, has other files than it had, or cannot be opened.</exception>
    public static ModelLease Acquire(AdapterForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var key = (FolderOf(form.Model), form.Precision, PlaceOf(form.Device));

        // Those who ask at the same time wait for the first.
        lock (Gate)
        {
            if (!Open.TryGetValue(key, out var model)) Open.Add(key, model = Load(key));
            if (form.Weights.Length > 0 && form.Weights != model.Weights)
            {
                // Files that were changed while the program runs are read again.
                if (model.Holders == 0 && ModelIdentity.Of(key.Item1) != model.Weights)
                {
                    Open.Remove(key);
                    model.Dispose();
                    Open.Add(key, model = Load(key));
                }

                if (form.Weights != model.Weights) throw Changed(key.Item1, model.Weights, form.Weights);
            }

            model.Holders++;
            return new ModelLease(model);
        }
    }

    /// <summary>Refuses a folder whose files are other ones than a population was trained with.</summary>
    /// <param name="model">The model as settings name it.</param>
    /// <param name="weights">The hash of what it was trained with; empty where it was not.</param>
    /// <returns>The hash of the folder.</returns>
    /// <exception cref="SrpoException">They are, or the folder is not there.</exception>
    public static string RequireSame(string model, string weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var folder = FolderOf(model);
        var hash = ModelIdentity.Of(folder);
        return weights.Length == 0 || weights == hash ? hash : throw Changed(folder, hash, weights);
    }

    internal static void Release(SharedModel model)
    {
        lock (Gate)
        {
            if (--model.Holders > 0) return;
            model.IdleSince = Environment.TickCount64;
            Sweeper.Change(Rest, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Lets go of weights that nobody has used for so long.</summary>
    internal static void Sweep(TimeSpan rest)
    {
        lock (Gate)
        {
            var now = Environment.TickCount64;
            foreach (var (key, model) in Open.ToArray())
            {
                if (model.Holders > 0) continue;
                if (now - model.IdleSince < rest.TotalMilliseconds)
                {
                    Sweeper.Change(Rest, Timeout.InfiniteTimeSpan);
                    continue;
                }

                Open.Remove(key);
                model.Dispose();
            }
        }
    }

    /// <summary>The place of a device of libtorch, as backends call it.</summary>
    private static string PlaceOf(string device)
    {
        if (DeviceName.TryParseTorch(device) is not { } name)
            throw new SrpoException(ErrorKind.Usage, $"language models do not run on the device '{device}'; use torch, torch:cpu, torch:cuda or torch:cuda:N");
        var place = name.Place ?? (Backend.Gpus > 0 ? "cuda" : "cpu");
        return name.Index is { } index ? FormattableString.Invariant($"{place}:{index}") : place;
    }

    private static SharedModel Load((string Folder, LanguagePrecision Precision, string Device) key)
    {
        using var folder = ModelFolder.Open(key.Folder, verify: false);
        var tokenizer = Tokenizer.Load(key.Folder);
        var template = ChatTemplate.Of(key.Folder, tokenizer);
        var ends = folder.Generation.EosTokenIds.Concat(folder.Config.EosTokenIds).ToHashSet();
        tokenizer.RequireFits(folder.Config.VocabSize, ends.Select(id => ("eos_token_id", id)));
        if (ends.Count == 0) throw new SrpoException(ErrorKind.Usage, $"{key.Folder}: {GenerationConfig.Name} and {ModelConfigFile.Name} name no eos_token_id: a response would never end; add it");
        var model = Backend.Open(folder, key.Precision == LanguagePrecision.BFloat16 ? ModelPrecision.BFloat16 : ModelPrecision.Float32, key.Device);
        try
        {
            return new SharedModel(model, tokenizer, template, ends, ModelIdentity.Of(folder));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static SrpoException Changed(string folder, string found, string wanted) => new(
        ErrorKind.Usage,
        $"the model in {folder} is another one than the population was trained with: its files have the hash {found}, those of the training had {wanted}; put the files back as they were, or train a new population");
}

/// <summary>A model whose weights are in memory, with all that talks to it.</summary>
public sealed class SharedModel : IDisposable
{
    /// <summary>Templates that know it leave out what models think to themselves; others know nothing of it.</summary>
    private static readonly Dictionary<string, object?> Variables = new() { ["enable_thinking"] = false };

    private readonly ICausalModel _model;
    private readonly ChatTemplate _template;

    internal SharedModel(ICausalModel model, Tokenizer tokenizer, ChatTemplate template, IReadOnlySet<int> ends, string weights) =>
        (_model, Tokenizer, _template, Ends, Weights) = (model, tokenizer, template, ends, weights);

    /// <summary>What it is made of.</summary>
    public ModelConfig Config => _model.Config;

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Tokens that end a response, at least one.</summary>
    public IReadOnlySet<int> Ends { get; }

    /// <summary>The hash of its files, see <see cref="ModelIdentity"/>.</summary>
    public string Weights { get; }

    internal int Holders { get; set; }

    internal long IdleSince { get; set; }

    /// <summary>A chat as tokens, as the model is asked to go on with it. Models that can think to themselves first are asked not to.</summary>
    /// <param name="messages">The chat.</param>
    public int[] Prompt(IReadOnlyList<ChatMessage> messages) => Prompt(_template, Tokenizer, messages);

    internal static int[] Prompt(ChatTemplate template, Tokenizer tokenizer, IReadOnlyList<ChatMessage> messages) =>
        tokenizer.Encode(template.Render(messages, addGenerationPrompt: true, Variables));

    /// <summary>The text of a response, without what ended it.</summary>
    /// <param name="tokens">Its tokens.</param>
    public string Text(IReadOnlyList<int> tokens) => Tokenizer.Decode([.. tokens], skipSpecial: true);

    /// <summary>A model that learns, on these weights.</summary>
    /// <param name="form">Its form.</param>
    /// <param name="values">Whether it gets a value head.</param>
    internal ICausalModel Learner(AdapterForm form, bool values)
    {
        lock (_model) return form.Rank > 0 ? _model.WithAdapter(SharedModels.Lora(form), values, 0) : _model.WithOwnWeights(values);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}

/// <summary>The right to use a model.</summary>
public sealed class ModelLease : IDisposable
{
    private int _released;

    internal ModelLease(SharedModel model) => Model = model;

    /// <summary>The model.</summary>
    public SharedModel Model { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0) SharedModels.Release(Model);
    }
}

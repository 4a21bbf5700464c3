using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Language.Models;

/// <summary>
/// A model as a folder, as Hugging Face lays it out: config.json, generation_config.json, and model.safetensors or several such files with their index. All tensors
/// that the architecture needs are there with the right shapes once it is open. The weights are mapped into memory, not read: any number of models of a folder,
/// in any number of processes, share the pages that the system keeps of it. Any number of threads may read at the same time.
/// </summary>
public sealed class ModelFolder : IDisposable
{
    private const int HashPart = 1 << 26;
    private const string Weights = "model";

    private readonly SafetensorsShards _shards;
    private readonly Dictionary<string, (SafetensorsReader File, SafetensorsEntry Entry)> _byName;
    private readonly Lazy<string> _hash;

    private ModelFolder(string path, ModelConfig config, GenerationConfig generation, SafetensorsShards shards, IReadOnlyList<(SafetensorsReader File, SafetensorsEntry Entry)> tensors)
    {
        (Path, Config, Generation, _shards) = (path, config, generation, shards);
        Tensors = [.. tensors.Select(tensor => tensor.Entry)];
        _byName = tensors.ToDictionary(tensor => tensor.Entry.Name, StringComparer.Ordinal);
        _hash = new Lazy<string>(() => Hash(tensors));
    }

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>What the model is made of.</summary>
    public ModelConfig Config { get; }

    /// <summary>How it is meant to be sampled from.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>Its tensors, in the order of <see cref="ModelTensors.Of"/>, each with the type it is stored in: F32, F16 or BF16.</summary>
    public IReadOnlyList<SafetensorsEntry> Tensors { get; }

    /// <summary>Files that hold the weights, open.</summary>
    public IReadOnlyList<SafetensorsReader> Files => _shards.Files;

    /// <summary>Number of parameters.</summary>
    public long ParameterCount => Tensors.Sum(tensor => tensor.Count);

    /// <summary>
    /// What names the weights, whatever files they are in: SHA-256, lower-case hexadecimal, of names, types and shapes of the tensors and of the hashes of their data in
    /// parts of 64 MiB. All data is read when it is first asked for, on all cores.
    /// </summary>
    public string ContentHash => _hash.Value;

    /// <summary>Opens a folder. A symbolic link to one is one.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="verify">
    /// Whether the hashes that files carry are checked at once, which reads all of their data; those that this program wrote carry one, those of Hugging Face
    /// none. Who reads the data anyway may ask for <see cref="Verify"/> beside that.
    /// </param>
    /// <exception cref="SrpoException">A file is missing or damaged, a field is wrong, or the tensors are not those of the architecture; the message names file, field and remedy.</exception>
    public static ModelFolder Open(string path, bool verify = true)
    {
        var (folder, config, generation) = ReadConfigs(path);
        var shards = SafetensorsShards.Open(folder, Weights);
        try
        {
            var opened = new ModelFolder(folder, config, generation, shards, Checked(folder, config, shards));
            if (verify) opened.Verify();
            return opened;
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <summary>What a folder's files say of a model, without its weights.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="SrpoException">As <see cref="Open"/>.</exception>
    public static (string Path, ModelConfig Config, GenerationConfig Generation) ReadConfigs(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        switch (FileStatus.Of(path).Kind)
        {
            case FileKind.Directory:
                break;
            case FileKind.Missing:
                throw new SrpoException(ErrorKind.NotFound, $"there is no folder {path}; a model is a folder with {ModelConfigFile.Name}, {Weights}.safetensors and tokenizer.json, and nothing is downloaded");
            case var kind:
                throw new SrpoException(ErrorKind.Usage, $"{path} is {UserFile.Word(kind)}; name the folder with {ModelConfigFile.Name} and {Weights}.safetensors");
        }

        var file = System.IO.Path.Combine(path, ModelConfigFile.Name);
        if (FileStatus.Of(file).Kind == FileKind.Missing)
        {
            var adapter = FileStatus.Of(System.IO.Path.Combine(path, LoraConfig.Name)).Kind == FileKind.Regular;
            throw new SrpoException(ErrorKind.NotFound, $"there is no {file}; {(adapter ? "the folder holds an adapter: name the folder of the model that it belongs to" : $"name a folder with {ModelConfigFile.Name} and {Weights}.safetensors")}");
        }

        var config = ModelConfigFile.Read(file);
        var generation = System.IO.Path.Combine(path, GenerationConfig.Name);
        return (path, config, FileStatus.Of(generation).Kind == FileKind.Missing ? GenerationConfig.Of(config) : GenerationConfig.Read(generation, config));
    }

    /// <summary>Copies numbers of a tensor as singles, which is exact for all three types.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <param name="values">Receives as many numbers as it has room for.</param>
    /// <param name="first">Where they begin in the tensor.</param>
    /// <exception cref="ArgumentException">There is no such tensor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has not that many numbers.</exception>
    public void CopyTo(string name, Span<float> values, long first = 0)
    {
        var (file, entry) = Find(name);
        file.CopyTo(entry, values, first);
    }

    /// <summary>A tensor as it is stored.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <exception cref="ArgumentException">There is no such tensor.</exception>
    public StoredTensor Raw(string name)
    {
        var (file, entry) = Find(name);
        return new StoredTensor(entry, file.Pointer(entry));
    }

    /// <summary>Reads all data of files that carry a hash and compares, files beside each other.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many of the files carry one.</returns>
    /// <exception cref="SrpoException">Bits were altered; the message names the file.</exception>
    public int Verify(CancellationToken cancellation = default) => _shards.VerifyHashes(cancellation);

    /// <summary>Closes the files: pointers to tensors must not be used any more.</summary>
    public void Dispose() => _shards.Dispose();

    /// <summary>Checks that a folder can be written, before any work is spent.</summary>
    /// <param name="path">The folder, absolute.</param>
    /// <exception cref="SrpoException">There is something at its place, or no folder for it to lie in.</exception>
    public static void CheckNew(string path) => NewFolder.Check(path, "model");

    /// <summary>
    /// Writes a folder: it is there when it is complete. The weights are in one file, in the order of <see cref="ModelTensors.Of"/>, with a hash.
    /// </summary>
    /// <param name="path">The folder, absolute, which must not exist; the one that it lies in must.</param>
    /// <param name="config">What the model is made of. Its stored type is set.</param>
    /// <param name="generation">How it is meant to be sampled from; null for what goes without saying.</param>
    /// <param name="type">What the numbers are stored in: F32, F16 or BF16.</param>
    /// <param name="weights">Writes all numbers, tensor after tensor.</param>
    /// <param name="others">Further files: their names and contents, for example those of a tokenizer.</param>
    /// <exception cref="SrpoException">It exists, or cannot be written; nothing is left behind then.</exception>
    public static void Write(
        string path, ModelConfig config, GenerationConfig? generation, TensorType type, Action<SafetensorsWriter> weights, IReadOnlyDictionary<string, byte[]>? others = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        NewFolder.Write(path, "model", folder =>
        {
            using var writer = SafetensorsWriter.Create(
                System.IO.Path.Combine(folder, Weights + ".safetensors"),
                [.. ModelTensors.Of(config).Select(tensor => new SafetensorsEntry(tensor.Name, type, tensor.Shape))],
                new Dictionary<string, string> { ["format"] = "pt" });
            weights(writer);
            writer.Complete();
            AtomicFile.Write(System.IO.Path.Combine(folder, ModelConfigFile.Name), ModelConfigFile.Write(config with { StoredType = type }));
            AtomicFile.Write(System.IO.Path.Combine(folder, GenerationConfig.Name), (generation ?? GenerationConfig.Of(config)).Write());
            foreach (var (name, content) in others ?? new Dictionary<string, byte[]>()) AtomicFile.Write(System.IO.Path.Combine(folder, name), content);
        });
    }

    private (SafetensorsReader File, SafetensorsEntry Entry) Find(string name) =>
        _byName.TryGetValue(name, out var found) ? found : throw new ArgumentException($"the model has no tensor '{name}'", nameof(name));

    /// <summary>The tensors of the architecture in order, once they are known to be those that the files hold.</summary>
    private static List<(SafetensorsReader File, SafetensorsEntry Entry)> Checked(string folder, ModelConfig config, SafetensorsShards shards)
    {
        var needed = ModelTensors.Of(config);
        var found = new List<(SafetensorsReader File, SafetensorsEntry Entry)>();
        var missing = new List<string>();
        var wrong = new List<string>();
        foreach (var tensor in needed)
        {
            if (shards.Find(tensor.Name) is not { } stored)
            {
                missing.Add(tensor.Name);
                continue;
            }

            var file = System.IO.Path.GetFileName(stored.File.Path);
            if (!stored.Entry.Type.IsReadable())
                wrong.Add($"{file}: {tensor.Name}.dtype: {stored.Entry.Type} cannot be used; use {string.Join(", ", TensorTypes.Readable)}");
            else if (!stored.Entry.Shape.SequenceEqual(tensor.Shape))
                wrong.Add($"{file}: {tensor.Name}.shape: {SafetensorsEntry.Shown(stored.Entry.Shape)}, where {ModelConfigFile.Name} needs {SafetensorsEntry.Shown(tensor.Shape)}");
            found.Add(stored);
        }

        var names = needed.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var others = shards.Names.Where(name => !names.Contains(name) && !IsNoWeight(name, config)).Order(StringComparer.Ordinal).ToArray();
        var problems = new List<string>();
        if (missing.Count > 0) problems.Add($"tensors are missing: {ModelFiles.Listed(missing)}");
        if (wrong.Count > 0) problems.Add($"tensors are not as they should be: {ModelFiles.Listed(wrong)}");
        if (others.Length > 0) problems.Add($"tensors are there that {config.ModelType} has not: {ModelFiles.Listed(others)}");
        if (problems.Count == 0) return found;
        var weights = shards.Files is [var single] ? single.Path : System.IO.Path.Combine(folder, Weights + ".safetensors.index.json");
        throw new SrpoException(
            ErrorKind.Damaged,
            $"'{weights}': {string.Join("; ", problems)}. {(missing.Contains(ModelTensors.Head) && missing.Count == 1 ? $"Where the head is tied to the embedding, tie_word_embeddings is true in {ModelConfigFile.Name}." : $"Use the {ModelConfigFile.Name} that belongs to these weights, or copy or download the folder again.")}");
    }

    /// <summary>What files may hold beside the weights: a head that is tied all the same, and frequencies that older programs stored.</summary>
    private static bool IsNoWeight(string name, ModelConfig config) =>
        (name == ModelTensors.Head && config.TieWordEmbeddings) || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    private static string Hash(IReadOnlyList<(SafetensorsReader File, SafetensorsEntry Entry)> tensors)
    {
        var parts = new List<(int Tensor, long Offset, byte[] Hash)>();
        for (var tensor = 0; tensor < tensors.Count; tensor++)
        {
            for (long offset = 0; offset < tensors[tensor].Entry.Bytes; offset += HashPart) parts.Add((tensor, offset, new byte[SHA256.HashSizeInBytes]));
        }

        Parallel.ForEach(parts, part =>
        {
            var (file, entry) = tensors[part.Tensor];
            SHA256.HashData(file.Bytes(entry, part.Offset, (int)Math.Min(HashPart, entry.Bytes - part.Offset)), part.Hash);
        });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var next = 0;
        for (var tensor = 0; tensor < tensors.Count; tensor++)
        {
            var entry = tensors[tensor].Entry;
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{entry.Name} {entry.Type} {SafetensorsEntry.Shown(entry.Shape)}\n")));
            for (; next < parts.Count && parts[next].Tensor == tensor; next++) hash.AppendData(parts[next].Hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A tensor in a file that is mapped into memory, as it is stored there, until its folder is closed.</summary>
/// <param name="Entry">Name, type and shape.</param>
/// <param name="Pointer">Its first byte; numbers need not be aligned, and nothing may be written there.</param>
public readonly record struct StoredTensor(SafetensorsEntry Entry, nint Pointer)
{
    /// <summary>Some of its bytes, little-endian numbers in row-major order.</summary>
    /// <param name="offset">Where they begin.</param>
    /// <param name="length">How many; a tensor may have more than a span holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">It has not that many.</exception>
    public unsafe ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Entry.Bytes - length);
        return new ReadOnlySpan<byte>((byte*)Pointer + offset, length);
    }
}

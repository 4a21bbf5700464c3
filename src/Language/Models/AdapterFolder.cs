using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Language.Models;

/// <summary>A low-rank adapter as a folder, as peft lays it out: adapter_config.json and adapter_model.safetensors.</summary>
public sealed class AdapterFolder : IDisposable
{
    private const string Weights = "adapter_model.safetensors";
    private readonly SafetensorsReader _file;

    private AdapterFolder(string path, LoraConfig config, SafetensorsReader file, IReadOnlyList<SafetensorsEntry> tensors) => (Path, Config, _file, Tensors) = (path, config, file, tensors);

    /// <summary>The folder, absolute.</summary>
    public string Path { get; }

    /// <summary>What the adapter is.</summary>
    public LoraConfig Config { get; }

    /// <summary>Its tensors, in the order of <see cref="LoraConfig.Tensors"/>, each with the type it is stored in.</summary>
    public IReadOnlyList<SafetensorsEntry> Tensors { get; }

    /// <summary>Number of parameters.</summary>
    public long ParameterCount => Tensors.Sum(tensor => tensor.Count);

    /// <summary>Opens a folder, and checks that its tensors are those that the model needs, and the hash where the file carries one.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="model">The model that it belongs to.</param>
    /// <exception cref="SrpoException">A file is missing or damaged, or the adapter is not for this model; the message names file, field and remedy.</exception>
    public static AdapterFolder Open(string path, ModelConfig model)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        path = System.IO.Path.GetFullPath(path);
        var config = ReadConfig(path);
        var needed = Needed(path, config, model);
        var file = System.IO.Path.Combine(path, Weights);
        if (FileStatus.Of(file).Kind is var kind && kind != FileKind.Regular)
        {
            throw new SrpoException(
                ErrorKind.Damaged,
                kind == FileKind.Missing ? $"{file} is missing, where the adapter's weights belong; copy or download the folder again, or save the adapter as safetensors" : $"{file} is {UserFile.Word(kind)}, where the adapter's weights belong; copy or download the folder again");
        }

        var reader = SafetensorsReader.Open(file);
        try
        {
            var opened = new AdapterFolder(path, config, reader, Checked(needed, reader));
            reader.VerifyHash();
            return opened;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>What a folder's adapter_config.json says.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="SrpoException">It is missing or not valid.</exception>
    public static LoraConfig ReadConfig(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (FileStatus.Of(path).Kind is var kind && kind != FileKind.Directory)
        {
            throw kind == FileKind.Missing
                ? new SrpoException(ErrorKind.NotFound, $"there is no folder {path}; an adapter is a folder with {LoraConfig.Name} and {Weights}")
                : new SrpoException(ErrorKind.Usage, $"{path} is {UserFile.Word(kind)}; name the folder with {LoraConfig.Name} and {Weights}");
        }

        return LoraConfig.Read(System.IO.Path.Combine(path, LoraConfig.Name));
    }

    /// <summary>Copies numbers of a tensor as singles.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <param name="values">Receives as many numbers as it has room for.</param>
    /// <param name="first">Where they begin in the tensor.</param>
    /// <exception cref="ArgumentException">There is no such tensor.</exception>
    public void CopyTo(string name, Span<float> values, long first = 0) =>
        _file.CopyTo(_file.Find(name) ?? throw new ArgumentException($"the adapter has no tensor '{name}'", nameof(name)), values, first);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Writes a folder that peft reads: it is there when it is complete.</summary>
    /// <param name="path">The folder, absolute, which must not exist; the one that it lies in must.</param>
    /// <param name="config">What the adapter is.</param>
    /// <param name="model">The model that it belongs to.</param>
    /// <param name="type">What the numbers are stored in: F32, F16 or BF16.</param>
    /// <param name="weights">Writes all numbers, tensor after tensor in the order of <see cref="LoraConfig.Tensors"/>.</param>
    /// <exception cref="SrpoException">It exists, or cannot be written; nothing is left behind then.</exception>
    public static void Write(string path, LoraConfig config, ModelConfig model, TensorType type, Action<SafetensorsWriter> weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        var tensors = config.Tensors(model);
        NewFolder.Write(path, "adapter", folder =>
        {
            using var writer = SafetensorsWriter.Create(
                System.IO.Path.Combine(folder, Weights), [.. tensors.Select(tensor => new SafetensorsEntry(tensor.Name, type, tensor.Shape))], new Dictionary<string, string> { ["format"] = "pt" });
            weights(writer);
            writer.Complete();
            AtomicFile.Write(System.IO.Path.Combine(folder, LoraConfig.Name), config.Write());
        });
    }

    private static IReadOnlyList<ModelTensor> Needed(string path, LoraConfig config, ModelConfig model)
    {
        try
        {
            return config.Tensors(model);
        }
        catch (SrpoException error)
        {
            throw new SrpoException(error.Kind, $"{System.IO.Path.Combine(path, LoraConfig.Name)}: {error.Message}", error);
        }
    }

    private static List<SafetensorsEntry> Checked(IReadOnlyList<ModelTensor> needed, SafetensorsReader file)
    {
        var problems = new List<string>();
        var found = new List<SafetensorsEntry>();
        foreach (var tensor in needed)
        {
            if (file.Find(tensor.Name) is not { } entry) problems.Add($"{tensor.Name} is missing");
            else if (!entry.Type.IsReadable()) problems.Add($"{tensor.Name}.dtype: {entry.Type} cannot be used; use {string.Join(", ", TensorTypes.Readable)}");
            else if (!entry.Shape.SequenceEqual(tensor.Shape)) problems.Add($"{tensor.Name}.shape: {SafetensorsEntry.Shown(entry.Shape)}, where {LoraConfig.Name} and the model need {SafetensorsEntry.Shown(tensor.Shape)}");
            else found.Add(entry);
        }

        var names = needed.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(file.Tensors.Where(entry => !names.Contains(entry.Name)).Select(entry => $"{entry.Name} belongs to no layer that is adapted"));
        return problems.Count == 0
            ? found
            : throw new SrpoException(ErrorKind.Damaged, $"'{file.Path}': {ModelFiles.Listed(problems)}. Use the adapter with the model that it was made for, or copy or download its folder again.");
    }
}

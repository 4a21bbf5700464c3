using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;

namespace Srpo.Core.Checkpoints;

/// <summary>
/// The tensors of a folder, in one safetensors file or in several ("shards") with an index that says which tensor is in which: NAME.safetensors, or
/// NAME.safetensors.index.json. Where both are there the single file is taken, as other programs do.
/// </summary>
public sealed class SafetensorsShards : IDisposable
{
    private const string Again = "copy or download the folder again";

    private readonly Dictionary<string, (SafetensorsReader File, SafetensorsEntry Entry)> _tensors = new(StringComparer.Ordinal);
    private readonly List<SafetensorsReader> _files = [];

    private SafetensorsShards() { }

    /// <summary>The files.</summary>
    public IReadOnlyList<SafetensorsReader> Files => _files;

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens the files of a folder; hashes are checked by <see cref="VerifyHashes"/> only.</summary>
    /// <param name="folder">The folder, absolute.</param>
    /// <param name="name">What the files' names begin with.</param>
    /// <exception cref="SrpoException">
    /// There are none, one is missing, damaged or cannot be read, or a tensor is in no file, in two, or in another one than the index says.
    /// </exception>
    public static SafetensorsShards Open(string folder, string name = "model")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var single = Path.Combine(folder, name + ".safetensors");
        var index = single + ".index.json";
        var shards = new SafetensorsShards();
        try
        {
            if (FileStatus.Of(single).Kind != FileKind.Missing) shards.Add(single, null);
            else if (FileStatus.Of(index).Kind != FileKind.Missing) shards.AddAll(folder, index);
            else throw new SrpoException(ErrorKind.NotFound, $"there is neither {single} nor {Path.GetFileName(index)} beside it{Others(folder)}");
            return shards;
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of a name, and the file that it is in; null where there is none.</summary>
    public (SafetensorsReader File, SafetensorsEntry Entry)? Find(string name) => _tensors.TryGetValue(name, out var found) ? found : null;

    /// <summary>Reads all data and compares it with the hashes that files carry, files beside each other.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many files carry a hash.</returns>
    /// <exception cref="SafetensorsException">Bits were altered.</exception>
    public int VerifyHashes(CancellationToken cancellation = default)
    {
        var hashes = 0;
        try
        {
            Parallel.ForEach(_files, new ParallelOptions { CancellationToken = cancellation }, file =>
            {
                if (file.VerifyHash(cancellation)) Interlocked.Increment(ref hashes);
            });
        }
        catch (AggregateException error) when (error.InnerExceptions.OfType<SafetensorsException>().MinBy(wrong => wrong.Message, StringComparer.Ordinal) is { } first)
        {
            throw new SafetensorsException(first.Message, error);
        }

        return hashes;
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    /// <summary>What else a folder holds that looks like weights, for a message.</summary>
    private static string Others(string folder)
    {
        string[] names = ["*.safetensors", "pytorch_model*", "*.gguf", "*.pth", "*.msgpack", "*.h5"];
        var found = names.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)).Select(Path.GetFileName).Distinct().Order(StringComparer.Ordinal).Take(3).ToArray();
        return found.Length == 0
            ? "; name a folder with the weights of a model"
            : $", but {string.Join(", ", found)}: weights of other names and formats are not read; save the model again as safetensors";
    }

    private void Add(string path, IReadOnlyDictionary<string, string>? map)
    {
        if (FileStatus.Of(path).Kind is var kind && kind != FileKind.Regular)
            throw new SrpoException(ErrorKind.Damaged, $"{path} is {UserFile.Word(kind)}, where a file with weights belongs; {Again}");
        var file = SafetensorsReader.Open(path);
        _files.Add(file);
        foreach (var entry in file.Tensors)
        {
            if (_tensors.TryGetValue(entry.Name, out var other)) throw Wrong(path, entry.Name, $"it is in {Path.GetFileName(other.File.Path)} too; remove one of the two, or {Again}");
            if (map is not null && map.TryGetValue(entry.Name, out var expected) && expected != Path.GetFileName(path))
                throw Wrong(path, entry.Name, $"the index says that it is in {expected}; {Again}");
            _tensors.Add(entry.Name, (file, entry));
        }
    }

    private void AddAll(string folder, string index)
    {
        var map = ReadIndex(index);
        var files = map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var missing = files.Where(file => FileStatus.Of(Path.Combine(folder, file)).Kind == FileKind.Missing).ToArray();
        if (missing.Length > 0)
        {
            throw new SafetensorsException(
                $"'{index}': weight_map: {missing.Length} of the {files.Length} files that it names {(missing.Length == 1 ? "is" : "are")} missing: {string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? ", ..." : "")}; {Again}");
        }

        foreach (var file in files) Add(Path.Combine(folder, file), map);
        foreach (var (tensor, file) in map)
        {
            if (!_tensors.ContainsKey(tensor)) throw Wrong(index, $"weight_map.{tensor}", $"{file} has no such tensor; {Again}");
        }
    }

    /// <summary>The file of every tensor.</summary>
    private static Dictionary<string, string> ReadIndex(string path)
    {
        if (FileStatus.Of(path).Kind is var kind && kind != FileKind.Regular)
            throw new SrpoException(ErrorKind.Damaged, $"{path} is {UserFile.Word(kind)}, where the index of the weights belongs; {Again}");
        try
        {
            return JsonFields.Read(UserFile.ReadText(path, "index of weights"), "index of weights", """{"weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}}""", Map, path);
        }
        catch (FormatException error)
        {
            throw new SafetensorsException($"{error.Message}; {Again}", error);
        }

        static Dictionary<string, string> Map(JsonObjectValue root)
        {
            const string field = "weight_map";
            if (JsonFields.Required(root, field, """{"model.norm.weight": "model-00001-of-00002.safetensors"}""") is not JsonObjectValue map)
                throw JsonFields.Wrong(field, $"must be an object with the file of every tensor");
            if (map.Members.Count == 0) throw JsonFields.Wrong(field, $"names no tensor");
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in map.Members)
            {
                var name = $"{field}.{member.Name}";
                var file = JsonFields.Text(member.Value, name);

                // Beside the index and nowhere else: whoever made the folder does not say what else is read.
                if (file is "." or ".." || file.AsSpan().IndexOfAny('/', '\\') >= 0 || file.Contains('\0', StringComparison.Ordinal))
                    throw JsonFields.Wrong(name, $"must be the name of a file beside the index, not {JsonFields.Quote(member.Value)}");
                if (!files.TryAdd(member.Name, file)) throw JsonFields.Wrong(name, $"is given twice");
            }

            return files;
        }
    }

    private static SafetensorsException Wrong(string file, string field, string what) => new($"'{file}': {field}: {what}");
}

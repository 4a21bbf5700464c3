using Srpo.Core.Checkpoints;

namespace Srpo.Language.Tests.Models;

/// <summary>A copy of one of the reference models, to be damaged.</summary>
internal sealed class TinyModel : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("model-").FullName;

    public TinyModel(string name)
    {
        Folder = Path.Combine(_root, name);
        Directory.CreateDirectory(Folder);
        foreach (var file in Directory.EnumerateFiles(Reference(name))) File.Copy(file, At(Path.GetFileName(file)));
    }

    public string Folder { get; }

    public static string Reference(string name) => Tests.Reference.PathOf("models", name);

    public string At(string file) => Path.Combine(Folder, file);

    /// <summary>A path beside the folder.</summary>
    public string Beside(string name) => Path.Combine(_root, name);

    /// <summary>Replaces a text in a file.</summary>
    public void Edit(string file, string from, string to)
    {
        var text = File.ReadAllText(At(file));
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(At(file), text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>Writes a file of weights again with other tensors, as another file: the old one may be mapped.</summary>
    public void Edit(string file, Func<SafetensorsTensor, SafetensorsTensor?> change, params SafetensorsTensor[] more)
    {
        var read = Safetensors.Read(File.ReadAllBytes(At(file)), file);
        File.WriteAllBytes(Beside("new"), Safetensors.Write(new SafetensorsFile([.. read.Tensors.Select(change).OfType<SafetensorsTensor>(), .. more], read.Metadata)));
        File.Move(Beside("new"), At(file), overwrite: true);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

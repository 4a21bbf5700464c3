using Srpo.Core.Checkpoints;
using Srpo.Core.Random;
using Srpo.Language.Models;

namespace Srpo.Language.Torch.Tests;

/// <summary>Small models of any form, and those of the reference.</summary>
internal static class TestModels
{
    public static string Reference(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", "models", name);

    /// <summary>A model of the reference, on the processor.</summary>
    public static TorchCausalModel Open(string name, ModelPrecision precision = ModelPrecision.Float32)
    {
        using var folder = ModelFolder.Open(Reference(name));
        return TorchCausalModel.Open(folder, precision);
    }

    public static ModelConfig Small(ModelFamily family = ModelFamily.Llama) => new()
    {
        Family = family,
        VocabSize = 50,
        HiddenSize = 24,
        IntermediateSize = 40,
        Layers = 2,
        Heads = 6,
        KeyValueHeads = 2,
        HeadDim = 8,
        TieWordEmbeddings = true,
    };

    /// <summary>A folder with random weights, large enough for every part to matter.</summary>
    public static string Write(string parent, ModelConfig config, ulong seed = 1)
    {
        var path = Path.Combine(parent, Path.GetRandomFileName());
        ModelFolder.Write(path, config, null, TensorType.F32, writer =>
        {
            var lane = 0;
            foreach (var tensor in writer.Tensors)
            {
                var random = new StreamId(seed, 0, 0, StreamPurpose.Tooling).Lane(lane++);
                var values = new float[tensor.Count];
                for (var i = 0; i < values.Length; i++) values[i] = (float)(tensor.Shape.Count == 1 && tensor.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 + (0.2 * random.NextNormal()) : 0.25 * random.NextNormal());
                writer.Write(values);
            }
        });
        return path;
    }

    public static int[] Tokens(int count, int vocabulary, ulong seed = 1)
    {
        var random = new StreamId(seed, 1, 0, StreamPurpose.Tooling).Lane(0);
        var tokens = new int[count];
        for (var i = 0; i < count; i++) tokens[i] = random.NextInt32(vocabulary);
        return tokens;
    }

    public static float[] Normals(int count, ulong seed, double scale = 1)
    {
        var random = new StreamId(seed, 2, 0, StreamPurpose.Tooling).Lane(0);
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = (float)(scale * random.NextNormal());
        return values;
    }
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("srpo-language-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using System.Buffers.Binary;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Language.Models;

namespace Srpo.Language.Tests.Models;

public sealed class ModelFolderTests
{
    private const string Weights = "model.safetensors";
    private const string Index = "model.safetensors.index.json";
    private const string Second = "model-00002-of-00002.safetensors";

    public static TheoryData<string> Families => ["qwen2-tiny", "qwen3-tiny", "llama3-tiny"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Weights_are_the_same_however_they_are_laid_out(string family)
    {
        using var whole = ModelFolder.Open(TinyModel.Reference(family));
        using var single = ModelFolder.Open(TinyModel.Reference(family + "-bf16-single"));
        using var shards = ModelFolder.Open(TinyModel.Reference(family + "-bf16"));
        Assert.Equal((1, 1, 2), (whole.Files.Count, single.Files.Count, shards.Files.Count));
        Assert.Equal(ModelTensors.Of(whole.Config).Select(tensor => tensor.Name), shards.Tensors.Select(tensor => tensor.Name));
        Assert.Equal((single.ContentHash, whole.Config.ParameterCount), (shards.ContentHash, shards.ParameterCount));
        Assert.NotEqual(whole.ContentHash, single.ContentHash);
        foreach (var entry in whole.Tensors)
        {
            var values = new float[entry.Count];
            whole.CopyTo(entry.Name, values);
            var rounded = new byte[2 * entry.Count];
            TensorType.BF16.FromSingles(values, rounded);
            foreach (var folder in new[] { single, shards })
            {
                var raw = folder.Raw(entry.Name);
                Assert.Equal((TensorType.BF16, entry.Count), (raw.Entry.Type, raw.Entry.Count));
                Assert.Equal(rounded, raw.Bytes(0, rounded.Length).ToArray());
                var last = new float[1];
                folder.CopyTo(entry.Name, last, entry.Count - 1);
                Assert.Equal(BinaryPrimitives.ReadUInt16LittleEndian(rounded.AsSpan(rounded.Length - 2)) << 16, BitConverter.SingleToInt32Bits(last[0]));
                Assert.Throws<ArgumentOutOfRangeException>(() => folder.Raw(entry.Name).Bytes(1, rounded.Length).Length);
            }
        }

        Assert.Throws<ArgumentException>(() => whole.Raw("nothing"));
    }

    [Fact]
    public void A_link_to_a_folder_is_one_and_a_head_that_is_tied_all_the_same_is_left_alone()
    {
        using var model = new TinyModel("llama3-tiny");
        Directory.CreateSymbolicLink(model.Beside("link"), model.Folder);
        using (var linked = ModelFolder.Open(model.Beside("link"))) Assert.Equal(384, linked.Config.VocabSize);

        using var before = ModelFolder.Open(model.Folder);
        model.Edit(Weights, tensor => tensor, new SafetensorsTensor("lm_head.weight", [384, 64], new float[384 * 64]), new SafetensorsTensor("model.layers.0.self_attn.rotary_emb.inv_freq", [8], new float[8]));
        using var after = ModelFolder.Open(model.Folder);
        Assert.Equal((before.ContentHash, before.ParameterCount), (after.ContentHash, after.ParameterCount));

        // Where it is not tied, it is a tensor as any other.
        model.Edit("config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
        using var untied = ModelFolder.Open(model.Folder);
        Assert.Equal("lm_head.weight", untied.Tensors[^1].Name);
        Assert.Equal(before.ParameterCount + (384 * 64), untied.ParameterCount);
    }

    [Fact]
    public void Tensors_that_are_not_those_of_the_architecture_are_named()
    {
        using var model = new TinyModel("qwen2-tiny");
        Expect("model.layers.1.self_attn.q_proj.bias is renamed", "tensors are missing: model.layers.1.self_attn.q_proj.bias; tensors are there that qwen2 has not: model.layers.1.self_attn.q.bias",
            tensor => tensor.Name == "model.layers.1.self_attn.q_proj.bias" ? tensor with { Name = "model.layers.1.self_attn.q.bias" } : tensor);
        Expect("a matrix is turned", "model.safetensors: model.layers.0.mlp.up_proj.weight.shape: [64, 160], where config.json needs [160, 64]",
            tensor => tensor.Name == "model.layers.0.mlp.up_proj.weight" ? tensor with { Shape = [64, 160] } : tensor);
        Expect("layer 1 is left out", "tensors are missing: model.layers.1.input_layernorm.weight, model.layers.1.self_attn.q_proj.weight, model.layers.1.self_attn.q_proj.bias, model.layers.1.self_attn.k_proj.weight and 8 more",
            tensor => tensor.Name.Contains("layers.1.", StringComparison.Ordinal) ? null : tensor);

        model.Edit("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
        Refused(model, "tensors are there that qwen2 has not: model.layers.1.input_layernorm.weight", Weights);
        model.Edit("config.json", "\"num_hidden_layers\": 1", "\"num_hidden_layers\": 2");
        model.Edit("config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
        Refused(model, "tensors are missing: lm_head.weight. Where the head is tied to the embedding, tie_word_embeddings is true", Weights);
        model.Edit("config.json", "\"qwen2\"", "\"llama\"");
        model.Edit("config.json", "Qwen2ForCausalLM", "LlamaForCausalLM");
        Refused(model, "tensors are there that llama has not: model.layers.0.self_attn.k_proj.bias", Weights);

        void Expect(string what, string problem, Func<SafetensorsTensor, SafetensorsTensor?> change)
        {
            var whole = File.ReadAllBytes(model.At(Weights));
            model.Edit(Weights, change);
            Assert.True(Refused(model, problem, Weights), what);
            File.WriteAllBytes(model.At(Weights), whole);
        }
    }

    [Fact]
    public void Numbers_of_another_type_are_refused_by_name()
    {
        using var model = new TinyModel("qwen2-tiny");
        var read = Safetensors.Read(File.ReadAllBytes(model.At(Weights)), "whole");
        SafetensorsEntry[] entries = [.. read.Tensors.Select(tensor => new SafetensorsEntry(tensor.Name, tensor.Name == ModelTensors.FinalNorm ? TensorType.I32 : TensorType.F32, tensor.Shape))];
        using (var writer = SafetensorsWriter.Create(model.At(Weights), entries, read.Metadata, replace: true))
        {
            foreach (var tensor in read.Tensors) writer.WriteBytes(new byte[4 * tensor.Values.Length]);
            writer.Complete();
        }

        Refused(model, "model.norm.weight.dtype: I32 cannot be used; use F32, F16, BF16", Weights);
    }

    [Fact]
    public void Missing_and_damaged_files_are_named()
    {
        using var model = new TinyModel("qwen3-tiny-bf16");
        var shard = File.ReadAllBytes(model.At(Second));
        File.WriteAllBytes(model.At(Second), shard[..^1000]);
        Refused(model, "where the data ends: the file was cut short", Second);
        File.WriteAllBytes(model.At(Second), []);
        Refused(model, "the file has 0 bytes", Second);
        File.Delete(model.At(Second));
        Refused(model, $"weight_map: 1 of the 2 files that it names is missing: {Second}", Index);
        Directory.CreateDirectory(model.At(Second));
        Refused(model, "is a directory, where a file with weights belongs", Second);
        Directory.Delete(model.At(Second));
        File.WriteAllBytes(model.At(Second), shard);
        ModelFolder.Open(model.Folder).Dispose();

        File.Delete(model.At(Index));
        Refused(model, "but model-00001-of-00002.safetensors, model-00002-of-00002.safetensors: weights of other names", Weights, ErrorKind.NotFound);
        Directory.CreateDirectory(model.At(Weights));
        Refused(model, "is a directory, where a file with weights belongs", Weights);

        File.Delete(model.At("config.json"));
        Refused(model, "there is no ", "config.json", ErrorKind.NotFound);
        Directory.CreateDirectory(model.At("config.json"));
        Refused(model, "is a directory, where the model configuration belongs", "config.json");
        Assert.Contains("nothing is downloaded", Assert.Throws<SrpoException>(() => ModelFolder.Open(model.Beside("Qwen/Qwen2.5-0.5B"))).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Usage, Assert.Throws<SrpoException>(() => ModelFolder.Open(model.At(Second))).Kind);
        File.CreateSymbolicLink(model.Beside("loop"), model.Beside("loop"));
        Assert.Equal(ErrorKind.Usage, Assert.Throws<SrpoException>(() => ModelFolder.Open(model.Beside("loop"))).Kind);
        using var adapter = new TinyModel("qwen2-tiny");
        File.Delete(adapter.At("config.json"));
        Refused(adapter, "the folder holds an adapter", "config.json", ErrorKind.NotFound);
    }

    [Fact]
    public void An_altered_bit_is_found_where_the_file_carries_a_hash()
    {
        using var model = new TinyModel("llama3-tiny");
        var path = model.Beside("copy");
        Copy(model.Folder, path, TensorType.BF16);
        var file = Path.Combine(path, Weights);
        var bytes = File.ReadAllBytes(file);
        bytes[^777] ^= 4;
        File.WriteAllBytes(file, bytes);
        var error = Assert.ThrowsAny<SrpoException>(() => ModelFolder.Open(path));
        Assert.StartsWith($"'{file}': __metadata__.sha256: it does not fit the data: bits were altered; ", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Damaged, error.Kind);
        using var unverified = ModelFolder.Open(path, verify: false);
        Assert.ThrowsAny<SrpoException>(() => unverified.Verify());

        // Without a hash nobody can tell, but the content's name is another one.
        using var whole = ModelFolder.Open(model.Folder);
        Assert.Equal(0, whole.Verify());
        bytes = File.ReadAllBytes(model.At(Weights));
        bytes[^777] ^= 4;
        File.WriteAllBytes(model.Beside("altered"), bytes);
        File.Move(model.Beside("altered"), model.At(Weights), overwrite: true);
        using var altered = ModelFolder.Open(model.Folder);
        Assert.NotEqual(whole.ContentHash, altered.ContentHash);
    }

    [Fact]
    public void A_written_folder_is_the_model()
    {
        using var model = new TinyModel("qwen3-tiny");
        var path = model.Beside("copy");
        Copy(model.Folder, path, TensorType.F32);
        using (var before = ModelFolder.Open(model.Folder))
        using (var after = ModelFolder.Open(path))
        {
            Assert.Equal(before.ContentHash, after.ContentHash);
            Assert.Equal(1, after.Verify());
            Assert.Equal(before.Config.HeadDim, after.Config.HeadDim);
            Assert.Equal(before.Generation.TopP, after.Generation.TopP);
        }

        Assert.Equal("{}", File.ReadAllText(Path.Combine(path, "tokenizer.json")));
        Assert.Equal(ErrorKind.InUse, Assert.Throws<SrpoException>(() => Copy(model.Folder, path, TensorType.F32)).Kind);
        Assert.Equal(ErrorKind.Usage, Assert.Throws<SrpoException>(() => Copy(model.Folder, model.Beside("no/where"), TensorType.F32)).Kind);

        // What fails in the middle leaves nothing.
        Assert.Throws<InvalidOperationException>(() => ModelFolder.Write(model.Beside("half"), ModelConfigFile.Read(model.At("config.json")), null, TensorType.F32, writer => writer.Write([1])));
        var config = ModelConfigFile.Read(model.At("config.json"));
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ModelFolder.Write(model.Beside("half"), config, null, TensorType.BF16, writer => new RandomWeights(config, 1).Write(writer, cancellation: new CancellationToken(canceled: true))));
        Assert.Equal(["copy", "qwen3-tiny"], Directory.EnumerateFileSystemEntries(model.Beside("")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Random_weights_are_normal_and_those_of_their_place()
    {
        var config = ModelConfigFile.Read(TinyModel.Reference("qwen2-tiny/config.json"));
        var tensors = ModelTensors.Of(config);
        var weights = new RandomWeights(config, 5);
        var values = new float[tensors[0].Count];
        weights.Fill(0, 0, values);
        var (mean, square, fourth) = (values.Average(value => (double)value), values.Average(value => (double)value * value), values.Average(value => Math.Pow(value, 4)));
        Assert.InRange(mean, -0.0006, 0.0006);
        Assert.InRange(Math.Sqrt(square), 0.0197, 0.0203);
        Assert.InRange(fourth / (square * square), 2.85, 3.15);
        Assert.InRange(values.Max(), 0.065, 0.0867);

        // Every number is a quantile of (i + 1/2) / 65,536; by Python's statistics.NormalDist those of 32,768, 63,897 and 65,535 are:
        var magnitudes = new HashSet<float>();
        var drawn = new float[values.Length];
        for (var seed = 0UL; seed < 40; seed++)
        {
            new RandomWeights(config, seed).Fill(0, 0, drawn);
            foreach (var value in drawn) magnitudes.Add(Math.Abs(value));
        }

        var sorted = magnitudes.Order().ToArray();
        Assert.Equal(32_768, sorted.Length);
        foreach (var (i, quantile) in new[] { (0, 1.9124056051512083e-05), (63_897 - 32_768, 1.9599378772931504), (32_767, 4.324919040826044) }) Assert.Equal(quantile, sorted[i] / 0.02, 1e-6);

        var part = new float[100];
        weights.Fill(0, 1600, part);
        Assert.Equal(values[1600..1700], part);
        new RandomWeights(config, 6).Fill(0, 1600, part);
        Assert.NotEqual(values[1600..1700], part);
        weights.Fill(tensors.Index().First(tensor => tensor.Item.IsBias).Index, 0, part);
        Assert.All(part, value => Assert.Equal(0, value));
        weights.Fill(tensors.Index().First(tensor => tensor.Item.IsNorm).Index, 0, part);
        Assert.All(part, value => Assert.Equal(1, value));

        using var model = new TinyModel("qwen2-tiny");
        ModelFolder.Write(model.Beside("random"), config, null, TensorType.F32, writer => weights.Write(writer));
        using var written = ModelFolder.Open(model.Beside("random"));
        foreach (var (i, tensor) in tensors.Index())
        {
            var (expected, stored) = (new float[tensor.Count], new float[tensor.Count]);
            weights.Fill(i, 0, expected);
            written.CopyTo(tensor.Name, stored);
            Assert.Equal(expected, stored);
        }
    }

    private static bool Refused(TinyModel model, string problem, string file, ErrorKind kind = ErrorKind.Damaged)
    {
        var error = Assert.ThrowsAny<SrpoException>(() => ModelFolder.Open(model.Folder));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(model.At(file), error.Message, StringComparison.Ordinal);
        Assert.Equal(kind, error.Kind);
        return true;
    }

    private static void Copy(string from, string to, TensorType type)
    {
        using var folder = ModelFolder.Open(from);
        ModelFolder.Write(to, folder.Config, folder.Generation, type, writer =>
        {
            foreach (var entry in folder.Tensors)
            {
                var values = new float[entry.Count];
                folder.CopyTo(entry.Name, values);
                writer.Write(values);
            }
        }, new Dictionary<string, byte[]> { ["tokenizer.json"] = "{}"u8.ToArray() });
    }
}

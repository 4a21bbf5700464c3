using System.Text.Json.Nodes;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Language.Models;

namespace Srpo.Language.Tests.Models;

public sealed class AdapterFolderTests
{
    private const string Weights = "adapter_model.safetensors";
    private const string QueryA = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

    [Theory]
    [InlineData("qwen2-tiny")]
    [InlineData("qwen3-tiny")]
    [InlineData("llama3-tiny")]
    public void An_adapter_is_read_and_written_as_peft_has_it(string name)
    {
        using var folder = new TinyModel(name);
        var model = ModelConfigFile.Read(folder.At("config.json"));
        using var adapter = AdapterFolder.Open(folder.Folder, model);
        Assert.Equal((4, 8.0, 2.0, 0.0, name), (adapter.Config.Rank, adapter.Config.Alpha, adapter.Config.Scale, adapter.Config.Dropout, adapter.Config.BaseModel));
        Assert.Equal(2 * 7 * 2, adapter.Tensors.Count);
        Assert.Equal((QueryA, 4, 64), (adapter.Tensors[0].Name, adapter.Tensors[0].Shape[0], adapter.Tensors[0].Shape[1]));
        Assert.Equal([model.Heads * model.HeadDim, 4], adapter.Tensors[1].Shape);

        AdapterFolder.Write(folder.Beside("copy"), adapter.Config, model, TensorType.F32, writer =>
        {
            foreach (var entry in adapter.Tensors)
            {
                var values = new float[entry.Count];
                adapter.CopyTo(entry.Name, values);
                writer.Write(values);
            }
        });
        using var copy = AdapterFolder.Open(folder.Beside("copy"), model);
        Assert.Equal(adapter.Config.TargetModules, copy.Config.TargetModules);
        Assert.Equal(adapter.Config, copy.Config with { TargetModules = adapter.Config.TargetModules });
        var (whole, again) = (Safetensors.Read(File.ReadAllBytes(folder.At(Weights)), ""), Safetensors.Read(File.ReadAllBytes(Path.Combine(folder.Beside("copy"), Weights)), ""));
        Assert.Equal(whole.Tensors.Count, again.Tensors.Count);
        foreach (var tensor in whole.Tensors) Assert.Equal(tensor.Values, again[tensor.Name].Values);

        // Names as peft's own file has them, and its own fields.
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Beside("copy"), "adapter_config.json")))!.AsObject();
        foreach (var (field, value) in JsonNode.Parse(File.ReadAllText(folder.At("adapter_config.json")))!.AsObject())
            Assert.True(JsonNode.DeepEquals(value, json[field]) || value!.ToJsonString() is "0.0" && json[field]!.ToJsonString() == "0", field);
        Assert.Equal(ErrorKind.InUse, Assert.Throws<SrpoException>(() => AdapterFolder.Write(folder.Beside("copy"), adapter.Config, model, TensorType.F32, _ => { })).Kind);
    }

    [Fact]
    public void Targets_are_names_or_all_linear_layers()
    {
        var model = ModelConfigFile.Read(TinyModel.Reference("qwen2-tiny/config.json"));
        var all = new LoraConfig { Rank = 32, Alpha = 32 };
        Assert.Equal(14, all.Targets(model).Count);
        Assert.Equal(["model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"],
            (all with { TargetModules = ["v_proj", "self_attn.q_proj"] }).Targets(model).Select(linear => linear.Name));
        Assert.Equal(["model.layers.1.mlp.up_proj"], (all with { TargetModules = ["layers.1.mlp.up_proj"] }).Targets(model).Select(linear => linear.Name));
        var error = Assert.Throws<SrpoException>(() => (all with { TargetModules = ["q_proj", "c_attn"] }).Targets(model));
        Assert.Contains("no linear layer 'c_attn'", error.Message, StringComparison.Ordinal);
        Assert.Equal(32 / Math.Sqrt(32), (all with { RankStabilized = true }).Scale);
    }

    [Theory]
    [InlineData("r", "0", "r: must be a whole number between 1 and 65536, not 0")]
    [InlineData("r", "null", "r: is missing")]
    [InlineData("lora_alpha", "null", "lora_alpha: is missing")]
    [InlineData("lora_alpha", "-1", "lora_alpha: must be above 0")]
    [InlineData("lora_dropout", "1", "lora_dropout: must be at least 0 and at most 0.999")]
    [InlineData("peft_type", "\"IA3\"", "peft_type: 'IA3' is not known; known is LORA")]
    [InlineData("task_type", "\"SEQ_CLS\"", "task_type: 'SEQ_CLS' is not known")]
    [InlineData("bias", "\"all\"", "bias: 'all' is not known; known is none")]
    [InlineData("use_dora", "true", "use_dora: true is not known")]
    [InlineData("fan_in_fan_out", "true", "fan_in_fan_out: true is not known")]
    [InlineData("modules_to_save", """["lm_head"]""", "modules_to_save: is not known")]
    [InlineData("rank_pattern", """{"q_proj": 8}""", "rank_pattern: is not known")]
    [InlineData("target_modules", "null", "target_modules: is missing; write for example \"all-linear\"")]
    [InlineData("target_modules", "[]", "target_modules: must not be empty")]
    [InlineData("target_modules", "[3]", "target_modules[0]: must be a text")]
    [InlineData("target_modules", "\".*_proj\"", "target_modules: the pattern '.*_proj' is not known; write a list of names")]
    [InlineData("target_modules", "\"q_proj\"", "target_modules: 'q_proj' alone is a pattern; write a list of names, for example [\"q_proj\"]")]
    [InlineData("target_modules", """["q_proj", "lm_head"]""", "target_modules: the model has no linear layer 'lm_head' that can be adapted")]
    public void What_is_wrong_or_not_known_is_refused_by_file_and_field(string field, string value, string problem)
    {
        using var folder = new TinyModel("qwen2-tiny");
        var file = folder.At("adapter_config.json");
        var root = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        root[field] = JsonNode.Parse(value);
        File.WriteAllText(file, root.ToJsonString());
        var error = Assert.Throws<SrpoException>(() => AdapterFolder.Open(folder.Folder, ModelConfigFile.Read(folder.At("config.json"))));
        Assert.StartsWith($"{file}: {problem}", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Usage, error.Kind);
    }

    [Fact]
    public void Weights_that_do_not_fit_are_named()
    {
        using var folder = new TinyModel("qwen2-tiny");
        var model = ModelConfigFile.Read(folder.At("config.json"));
        Refused(model with { Layers = 1 }, "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight belongs to no layer that is adapted");
        Refused(model with { HiddenSize = 32 }, $"{QueryA}.shape: [4, 64], where adapter_config.json and the model need [4, 32]");
        var whole = File.ReadAllBytes(folder.At(Weights));
        folder.Edit(Weights, tensor => tensor.Name == QueryA ? null : tensor);
        Refused(model, $"{QueryA} is missing");

        // The program's own files carry a hash.
        folder.Edit(Weights, tensor => tensor, new SafetensorsTensor(QueryA, [4, 64], new float[256]));
        AdapterFolder.Open(folder.Folder, model).Dispose();
        var bytes = File.ReadAllBytes(folder.At(Weights));
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder.At(Weights), bytes);
        Refused(model, "bits were altered");

        File.WriteAllBytes(folder.At(Weights), whole[..^1]);
        Refused(model, "the file was cut short");
        File.Delete(folder.At(Weights));
        Refused(model, "is missing, where the adapter's weights belong");
        Directory.CreateDirectory(folder.At(Weights));
        Refused(model, "is a directory, where the adapter's weights belong");
        File.Delete(folder.At("adapter_config.json"));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<SrpoException>(() => AdapterFolder.Open(folder.Folder, model)).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<SrpoException>(() => AdapterFolder.Open(folder.Beside("nothing"), model)).Kind);

        void Refused(ModelConfig model, string problem)
        {
            var error = Assert.ThrowsAny<SrpoException>(() => AdapterFolder.Open(folder.Folder, model));
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Contains(folder.At(Weights), error.Message, StringComparison.Ordinal);
            Assert.Equal(ErrorKind.Damaged, error.Kind);
        }
    }
}

#:package LLamaSharp@0.30.0
#:package LLamaSharp.Backend.Cpu@0.30.0
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false
#:property TreatWarningsAsErrors=false
#:property PublishAot=false
#:property AllowUnsafeBlocks=true

// A decoder of Qwen2.5's form in llama.cpp, through LLamaSharp: what `srpo bench language` is held against.
//
//     dotnet run bench/llamasharp/language_model.cs -- FILE.gguf [REPETITIONS]
//
// Makes FILE.gguf where it is not there, random weights of Qwen2.5-0.5B's shape in bfloat16 (988 MB), and measures on one thread what `srpo bench language`
// measures, in the same units: a prompt of 1 x 256 with the logits of its last token, and generation of 16 tokens for 16 sequences, 32 tokens before them.
// Tokens per second of processor time, best of the repetitions. llama.cpp trains no adapters here.
using System.Text;
using LLama;
using LLama.Common;
using LLama.Native;

var file = args.Length > 0 ? args[0] : throw new ArgumentException("name the file of the model, which is made where it is not there");
var repetitions = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 3;
if (!File.Exists(file)) Model.Write(file);
NativeLibraryConfig.All.WithLogCallback((_, _) => { });
using var weights = LLamaWeights.LoadFromFile(new ModelParams(file) { GpuLayerCount = 0 });
using var context = weights.CreateContext(new ModelParams(file) { ContextSize = 1024, BatchSize = 512, UBatchSize = 512, SeqMax = 16, Threads = 1, BatchThreads = 1, GpuLayerCount = 0 });
var random = new Random(1);
var memory = context.NativeHandle;

Console.WriteLine($"prompt, 1 x 256: {Best(256, () =>
{
    memory.MemoryClear();
    var batch = new LLamaBatch();
    for (var i = 0; i < 256; i++) batch.Add(random.Next(Model.Vocabulary), i, LLamaSeqId.Zero, i == 255);
    Decode(batch);
}):0} tokens per CPU second");

memory.MemoryClear();
var before = new LLamaBatch();
for (var row = 0; row < 16; row++)
{
    for (var i = 0; i < 32; i++) before.Add(random.Next(Model.Vocabulary), i, (LLamaSeqId)row, i == 31);
}

Decode(before);
Console.WriteLine($"generation, 16 at a time: {Best(256, () =>
{
    for (var row = 0; row < 16; row++) memory.MemorySequenceRemove((LLamaSeqId)row, 32, -1);
    for (var step = 0; step < 16; step++)
    {
        var batch = new LLamaBatch();
        for (var row = 0; row < 16; row++) batch.Add(random.Next(Model.Vocabulary), 32 + step, (LLamaSeqId)row, true);
        Decode(batch);
    }
}):0} tokens per CPU second");

void Decode(LLamaBatch batch)
{
    if (memory.Decode(batch) is var result and not DecodeResult.Ok) throw new InvalidOperationException($"llama.cpp answered {result}");
    memory.Synchronize();
}

double Best(int tokens, Action work)
{
    work();
    var best = 0.0;
    for (var i = 0; i < repetitions; i++)
    {
        var begin = Environment.CpuUsage.TotalTime;
        work();
        best = Math.Max(best, tokens / (Environment.CpuUsage.TotalTime - begin).TotalSeconds);
    }

    return best;
}

/// <summary>Random weights of Qwen2.5-0.5B's shape as a file of llama.cpp (GGUF, version 3).</summary>
internal static class Model
{
    public const int Vocabulary = 151936;

    private const int Width = 896, Inner = 4864, Layers = 24, Heads = 14, KeyHeads = 2, KeyWidth = Width / Heads * KeyHeads, Alignment = 32;

    private const uint SingleType = 0, Bfloat16Type = 30;

    public static void Write(string file)
    {
        var tensors = new List<(string Name, int Inputs, int Outputs)> { ("token_embd.weight", Width, Vocabulary), ("output_norm.weight", Width, 0) };
        for (var i = 0; i < Layers; i++)
        {
            foreach (var (name, inputs, outputs) in new (string, int, int)[]
            {
                ("attn_norm.weight", Width, 0), ("attn_q.weight", Width, Width), ("attn_q.bias", Width, 0), ("attn_k.weight", Width, KeyWidth), ("attn_k.bias", KeyWidth, 0),
                ("attn_v.weight", Width, KeyWidth), ("attn_v.bias", KeyWidth, 0), ("attn_output.weight", Width, Width), ("ffn_norm.weight", Width, 0),
                ("ffn_gate.weight", Width, Inner), ("ffn_up.weight", Width, Inner), ("ffn_down.weight", Inner, Width),
            })
                tensors.Add(($"blk.{i}.{name}", inputs, outputs));
        }

        using var writer = new BinaryWriter(File.Create(file + ".part"));
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        (string Key, object Value)[] entries =
        [
            ("general.architecture", "qwen2"), ("qwen2.block_count", (uint)Layers), ("qwen2.context_length", 32768u), ("qwen2.embedding_length", (uint)Width), ("qwen2.feed_forward_length", (uint)Inner),
            ("qwen2.attention.head_count", (uint)Heads), ("qwen2.attention.head_count_kv", (uint)KeyHeads), ("qwen2.attention.layer_norm_rms_epsilon", 1e-6f), ("qwen2.rope.freq_base", 1e6f),
            ("tokenizer.ggml.model", "gpt2"), ("tokenizer.ggml.pre", "qwen2"), ("tokenizer.ggml.tokens", Enumerable.Range(0, Vocabulary).Select(i => $"t{i}").ToArray()),
            ("tokenizer.ggml.token_type", Enumerable.Repeat(1, Vocabulary).ToArray()), ("tokenizer.ggml.merges", new[] { "t 0" }), ("tokenizer.ggml.eos_token_id", (uint)(Vocabulary - 1)),
        ];
        writer.Write((ulong)entries.Length);
        foreach (var (key, value) in entries) Entry(writer, key, value);
        ulong offset = 0;
        foreach (var (name, inputs, outputs) in tensors)
        {
            Text(writer, name);
            writer.Write(outputs == 0 ? 1u : 2u);
            writer.Write((ulong)inputs);
            if (outputs > 0) writer.Write((ulong)outputs);
            writer.Write(outputs == 0 ? SingleType : Bfloat16Type);
            writer.Write(offset);
            offset = (offset + Bytes(inputs, outputs) + Alignment - 1) / Alignment * Alignment;
        }

        var random = new Random(1);
        foreach (var (name, inputs, outputs) in tensors)
        {
            while (writer.BaseStream.Position % Alignment != 0) writer.Write((byte)0);
            for (var i = 0; i < inputs && outputs == 0; i++) writer.Write(name.EndsWith("weight", StringComparison.Ordinal) ? 1f : 0f);

            // Uniform with the deviation of the usual initialisation, 0.02; the upper half of a single's bits.
            for (var i = 0L; i < (long)inputs * outputs; i++) writer.Write((ushort)(BitConverter.SingleToUInt32Bits((random.NextSingle() - 0.5f) * 0.0693f) >> 16));
        }

        writer.Close();
        File.Move(file + ".part", file);
    }

    private static ulong Bytes(int inputs, int outputs) => outputs == 0 ? (ulong)inputs * 4 : (ulong)inputs * (ulong)outputs * 2;

    private static void Entry(BinaryWriter writer, string key, object value)
    {
        Text(writer, key);
        switch (value)
        {
            case uint number:
                writer.Write(4u);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6u);
                writer.Write(number);
                break;
            case string text:
                writer.Write(8u);
                Text(writer, text);
                break;
            case int[] numbers:
                writer.Write(9u);
                writer.Write(5u);
                writer.Write((ulong)numbers.Length);
                foreach (var number in numbers) writer.Write(number);
                break;
            case string[] texts:
                writer.Write(9u);
                writer.Write(8u);
                writer.Write((ulong)texts.Length);
                foreach (var text in texts) Text(writer, text);
                break;
            default:
                throw new NotSupportedException($"no entry of type {value.GetType()}");
        }
    }

    private static void Text(BinaryWriter writer, string text)
    {
        writer.Write((ulong)Encoding.UTF8.GetByteCount(text));
        writer.Write(Encoding.UTF8.GetBytes(text));
    }
}

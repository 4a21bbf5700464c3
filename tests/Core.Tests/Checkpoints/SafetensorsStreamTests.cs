using System.Buffers.Binary;
using System.Text;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;

namespace Srpo.Core.Tests.Checkpoints;

/// <summary>Files that are mapped into memory and written number after number, alone and in shards.</summary>
public sealed class SafetensorsStreamTests : IDisposable
{
    private static readonly Dictionary<string, string> NoTexts = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("safetensors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_written_file_is_the_one_that_is_written_in_memory()
    {
        var file = new SafetensorsFile(
            [new("b", [2, 3], [1, -2.5f, float.NaN, 1f / 3, float.PositiveInfinity, -0f]), new("empty", [0, 4], []), new("a", [], [7]), new("last", [0], [])],
            new Dictionary<string, string> { ["kind"] = "agent" });
        using (var writer = SafetensorsWriter.Create(At("x"), [.. file.Tensors.Select(tensor => new SafetensorsEntry(tensor.Name, TensorType.F32, tensor.Shape))], file.Metadata))
        {
            writer.Write([1, -2.5f, float.NaN, 1f / 3]);
            Assert.False(File.Exists(At("x")));
            writer.Write([float.PositiveInfinity, -0f, 7]);
            writer.Complete();
        }

        Assert.Equal(Safetensors.Write(file), File.ReadAllBytes(At("x")));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Every_type_is_read_as_singles_or_as_bytes()
    {
        float[] values = [1, -0.5f, 65504, 5.9604645e-8f, float.NegativeInfinity, 3.140625f];
        byte[] others = [1, 2, 3, 4, 5, 6, 7, 8];
        using (var writer = SafetensorsWriter.Create(
            At("x"),
            [new("long", TensorType.I64, [1]), new("f32", TensorType.F32, [2, 3]), new("f16", TensorType.F16, [6]), new("bf16", TensorType.BF16, [3, 2]), new("bool", TensorType.BOOL, [3])], NoTexts))
        {
            writer.WriteBytes(others);
            for (var i = 0; i < 3; i++) writer.Write(values);
            Assert.Throws<InvalidOperationException>(() => writer.Write([1]));
            Assert.Throws<InvalidOperationException>(writer.Complete);
            writer.WriteBytes([0, 1, 1]);
            Assert.Throws<ArgumentException>(() => writer.WriteBytes([1]));
            Assert.Throws<ArgumentException>(() => writer.Write([1]));
            writer.Complete();
        }

        using var file = SafetensorsReader.Open(At("x"));
        Assert.True(file.VerifyHash());
        Assert.Equal(["long", "f32", "f16", "bf16", "bool"], file.Tensors.Select(entry => entry.Name));
        Assert.Equal(others, file.Bytes(file.Find("long")!, 0, 8).ToArray());
        Assert.Equal([1, 1], file.Bytes(file.Find("bool")!, 1, 2).ToArray());
        foreach (var name in new[] { "f32", "f16" }) Assert.Equal(values, Read(file, name));
        Assert.Equal([1, -0.5f, 65536, 5.9604645e-8f, float.NegativeInfinity, 3.140625f], Read(file, "bf16"));
        Assert.Equal([65536, 5.9604645e-8f], Read(file, "bf16", first: 2, count: 2));
        Assert.Equal([3, 2], file.Find("bf16")!.Shape);
        Assert.Null(file.Find("nothing"));
        Assert.Contains("long.dtype: numbers of type I64 cannot be used here", Assert.Throws<SafetensorsException>(() => Read(file, "long", count: 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(file, "f16", first: 5, count: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(file, "f16", first: -1, count: 1));
        Assert.Throws<ArgumentException>(() => file.Pointer(new SafetensorsEntry("f32", TensorType.F32, [2, 3])));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Read(file, "f32", count: 1));
    }

    [Fact]
    public void A_file_that_is_not_completed_leaves_nothing_and_none_is_replaced_unasked()
    {
        using (var writer = SafetensorsWriter.Create(At("x"), [new("a", TensorType.F32, [2])], NoTexts)) writer.Write([1]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));

        Write("x", ("a", [1]));
        var before = File.ReadAllBytes(At("x"));
        using (var writer = SafetensorsWriter.Create(At("x"), [new("a", TensorType.F32, [1])], NoTexts))
        {
            writer.Write([2]);
            Assert.Throws<IOException>(writer.Complete);
        }

        Assert.Equal(before, File.ReadAllBytes(At("x")));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
        using (var open = SafetensorsReader.Open(At("x")))
        using (var writer = SafetensorsWriter.Create(At("x"), [new("a", TensorType.F32, [1])], NoTexts, replace: true))
        {
            writer.Write([2]);
            writer.Complete();
            Assert.Equal([1], Read(open, "a"));
        }

        using var file = SafetensorsReader.Open(At("x"));
        Assert.Equal([2], Read(file, "a"));
    }

    [Fact]
    public void What_makes_no_sense_is_not_begun()
    {
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(At("x"), [new("a", TensorType.F32, [-1])], NoTexts));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(At("x"), [new("a", TensorType.F32, [1]), new("a", TensorType.F32, [1])], NoTexts));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(At("x"), [new("__metadata__", TensorType.F32, [1])], NoTexts));
        Assert.Contains("'b' would not be aligned", Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(At("x"), [new("a", TensorType.BF16, [1]), new("b", TensorType.F32, [1])], NoTexts)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Every_cut_and_every_altered_bit_of_the_data_is_found()
    {
        var bytes = Write("x", ("a", [1, 2, 3]), ("b", [4]));
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(At("cut"), bytes[..length]);
            Assert.StartsWith($"'{At("cut")}': ", Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(At("cut"))).Message, StringComparison.Ordinal);
        }

        var data = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        for (var i = data; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            File.WriteAllBytes(At("altered"), bytes);
            bytes[i] ^= 1;
            using var file = SafetensorsReader.Open(At("altered"));
            var error = Assert.Throws<SafetensorsException>(() => file.VerifyHash());
            Assert.StartsWith($"'{At("altered")}': __metadata__.sha256: ", error.Message, StringComparison.Ordinal);
            Assert.Equal(ErrorKind.Damaged, error.Kind);
        }
    }

    [Fact]
    public void What_is_no_file_is_named()
    {
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<SrpoException>(() => SafetensorsReader.Open(At("nothing"))).Kind);
        Assert.Contains("is a directory, not a file", Assert.Throws<SrpoException>(() => SafetensorsReader.Open(_folder)).Message, StringComparison.Ordinal);
    }

    /// <summary>Offsets beyond what an int holds, in a file with holes: on disk it is small.</summary>
    [Fact]
    public void Files_over_two_gibibytes_are_read()
    {
        const long far = 3L << 30;
        var header = Encoding.UTF8.GetBytes($$$"""{"big":{"dtype":"BF16","shape":[{{{far / 4}}},2],"data_offsets":[0,{{{far}}}]},"end":{"dtype":"F32","shape":[2],"data_offsets":[{{{far}}},{{{far + 8}}}]}}""");
        using (var stream = new FileStream(At("x"), FileMode.CreateNew))
        {
            var prefix = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            stream.SetLength(8 + header.Length + far + 8);
            stream.Position = 8 + header.Length + far - 4;
            stream.Write([0x80, 0x3F, 0, 0xC0, .. BitConverter.GetBytes(5f), .. BitConverter.GetBytes(6f)]);
        }

        using var file = SafetensorsReader.Open(At("x"));
        Assert.Equal([0, 1, -2], Read(file, "big", first: (far / 2) - 3, count: 3));
        Assert.Equal([5, 6], Read(file, "end"));
        Assert.Equal(far, file.Find("big")!.Bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(file, "big", first: (far / 2) - 2, count: 3));
        Assert.False(file.VerifyHash());
    }

    [Fact]
    public void Shards_are_one_set_of_tensors()
    {
        Shards();
        using var shards = SafetensorsShards.Open(_folder);
        Assert.Equal(["a", "b", "c"], shards.Names.Order(StringComparer.Ordinal));
        var (file, entry) = shards.Find("c")!.Value;
        var values = new float[1];
        file.CopyTo(entry, values);
        Assert.Equal(4, values[0]);
        Assert.Null(shards.Find("d"));
        Assert.Equal(2, shards.VerifyHashes());

        // The single file is taken where it is there, whatever the index says.
        Write("model.safetensors", ("whole", [1]));
        using var single = SafetensorsShards.Open(_folder);
        Assert.Equal(["whole"], single.Names);
    }

    [Theory]
    [InlineData("""{"weight_map": {"a": "two.safetensors"}}""", "one.safetensors", null)]
    [InlineData("not JSON", "model.safetensors.index.json", "is not valid JSON")]
    [InlineData("[]", "model.safetensors.index.json", "must be a JSON object")]
    [InlineData("{}", "model.safetensors.index.json", "weight_map: is missing")]
    [InlineData("""{"weight_map": []}""", "model.safetensors.index.json", "weight_map: must be an object")]
    [InlineData("""{"weight_map": {}}""", "model.safetensors.index.json", "weight_map: names no tensor")]
    [InlineData("""{"weight_map": {"a": 3}}""", "model.safetensors.index.json", "weight_map.a: must be a text that is not empty, not 3 (line 1, column 22)")]
    [InlineData("""{"weight_map": {"a": "one.safetensors", "a": "two.safetensors"}}""", "model.safetensors.index.json", "weight_map.a: is given twice")]
    [InlineData("""{"weight_map": {"a": "../one.safetensors"}}""", "model.safetensors.index.json", "weight_map.a: must be the name of a file beside the index")]
    [InlineData("""{"weight_map": {"a": "/etc/passwd"}}""", "model.safetensors.index.json", "weight_map.a: must be the name of a file beside the index")]
    [InlineData("""{"weight_map": {"a": ".."}}""", "model.safetensors.index.json", "weight_map.a: must be the name of a file beside the index")]
    [InlineData("""{"weight_map": {"a": "one.safetensors", "b": "three.safetensors", "c": "two.safetensors"}}""", "model.safetensors.index.json", "1 of the 3 files that it names is missing: three.safetensors")]
    [InlineData("""{"weight_map": {"a": "one.safetensors", "b": "one.safetensors", "d": "two.safetensors"}}""", "model.safetensors.index.json", "weight_map.d: two.safetensors has no such tensor")]
    [InlineData("""{"weight_map": {"a": "one.safetensors", "b": "two.safetensors", "c": "two.safetensors"}}""", "one.safetensors", "b: the index says that it is in two.safetensors")]
    public void A_wrong_index_is_refused_by_file_and_field(string index, string file, string? problem)
    {
        Shards();
        File.WriteAllText(At("model.safetensors.index.json"), index);
        if (problem is null)
        {
            Write("two.safetensors", ("a", [1]));
            SafetensorsShards.Open(_folder).Dispose();
            return;
        }

        var error = Assert.ThrowsAny<SrpoException>(() => SafetensorsShards.Open(_folder));
        Assert.Contains(At(file), error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("the folder again", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Damaged, error.Kind);
    }

    [Fact]
    public void Damaged_shards_are_named()
    {
        Shards();
        var whole = File.ReadAllBytes(At("two.safetensors"));

        File.WriteAllBytes(At("two.safetensors"), whole[..^1]);
        Refused("two.safetensors", "c.data_offsets: 4 is not a whole number from 0 to 3, where the data ends: the file was cut short");
        File.WriteAllBytes(At("two.safetensors"), []);
        Refused("two.safetensors", "header length: the file has 0 bytes");
        File.Delete(At("two.safetensors"));
        Directory.CreateDirectory(At("two.safetensors"));
        Refused("two.safetensors", "is a directory, where a file with weights belongs");
        Directory.Delete(At("two.safetensors"));
        Write("two.safetensors", ("c", [1]), ("a", [1]));
        Refused("two.safetensors", "a: it is in one.safetensors too");

        whole[^1] ^= 64;
        File.WriteAllBytes(At("two.safetensors"), whole);
        using var shards = SafetensorsShards.Open(_folder);
        Assert.StartsWith($"'{At("two.safetensors")}': __metadata__.sha256: ", Assert.Throws<SafetensorsException>(() => shards.VerifyHashes()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_such_weights_is_told_what_it_has_instead()
    {
        Assert.Contains("there is neither", Assert.Throws<SrpoException>(() => SafetensorsShards.Open(_folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(At("pytorch_model.bin"), "");
        var error = Assert.Throws<SrpoException>(() => SafetensorsShards.Open(_folder));
        Assert.Contains("but pytorch_model.bin: weights of other names and formats are not read; save the model again as safetensors", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    private void Refused(string file, string problem)
    {
        var error = Assert.ThrowsAny<SrpoException>(() => SafetensorsShards.Open(_folder));
        Assert.Contains(At(file), error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Damaged, error.Kind);
    }

    private void Shards()
    {
        Write("one.safetensors", ("a", [1, 2]), ("b", [3]));
        Write("two.safetensors", ("c", [4]));
        File.WriteAllText(At("model.safetensors.index.json"), """{"metadata": {"total_size": 16}, "weight_map": {"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"}}""");
    }

    private byte[] Write(string name, params (string Name, float[] Values)[] tensors)
    {
        var bytes = Safetensors.Write(new SafetensorsFile([.. tensors.Select(tensor => new SafetensorsTensor(tensor.Name, [tensor.Values.Length], tensor.Values))], NoTexts));
        File.WriteAllBytes(At(name), bytes);
        return bytes;
    }

    private static float[] Read(SafetensorsReader file, string name, long first = 0, int? count = null)
    {
        var entry = file.Find(name)!;
        var values = new float[count ?? (int)entry.Count];
        file.CopyTo(entry, values, first);
        return values;
    }

    private string At(string name) => Path.Combine(_folder, name);
}

using System.Buffers.Binary;
using System.Text;
using Srpo.Core.Checkpoints;

namespace Srpo.Core.Tests.Checkpoints;

public sealed class SafetensorsTests
{
    private static readonly SafetensorsFile File = new(
        [
            new("b.weight", [2, 3], [1, -2.5f, float.NaN, 1f / 3, float.PositiveInfinity, -0f]),
            new("a", [], [7]),
            new("empty", [0, 4], []),
            new("ä \"quoted\"", [1], [float.Epsilon]),
        ],
        new Dictionary<string, string> { ["kind"] = "agent", ["note"] = "line\nbreak" });

    [Fact]
    public void What_is_written_is_read_to_the_bit()
    {
        var read = Safetensors.Read(Safetensors.Write(File), "memory");

        Assert.Equal(["b.weight", "a", "ä \"quoted\""], read.Tensors.Where(tensor => tensor.Values.Length > 0).Select(tensor => tensor.Name));
        foreach (var tensor in File.Tensors)
        {
            Assert.Equal(tensor.Shape, read[tensor.Name].Shape);
            Assert.Equal(tensor.Values.Select(BitConverter.SingleToInt32Bits), read[tensor.Name].Values.Select(BitConverter.SingleToInt32Bits));
        }

        Assert.Equal(["agent", "line\nbreak"], [read.Metadata["kind"], read.Metadata["note"]]);
        Assert.Equal(64, read.Metadata[Safetensors.HashKey].Length);
        Assert.Contains("'c'", Assert.Throws<SafetensorsException>(() => read["c"]).Message);
    }

    [Fact]
    public void The_layout_is_the_published_one()
    {
        var bytes = Safetensors.Write(new SafetensorsFile([new("x", [1, 2], [1, 2])], new Dictionary<string, string> { ["k"] = "v" }));

        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(8 + length + 8, bytes.Length);
        var header = Encoding.UTF8.GetString(bytes, 8, length);
        Assert.StartsWith("""{"__metadata__":{"k":"v","sha256":""", header);
        Assert.EndsWith(""","x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""", header.TrimEnd(' '));
        Assert.Equal(1f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + length)));
        Assert.Equal(2f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(12 + length)));
    }

    [Fact]
    public void Files_of_other_programs_are_read_whatever_the_order_of_their_entries()
    {
        var file = Safetensors.Read(
            Raw("""{"late":{"dtype":"F32","data_offsets":[4,8],"shape":[1]},"early":{"shape":[],"dtype":"F32","data_offsets":[0,4]}}   """, 1, 2), "other");
        Assert.Equal(["early", "late"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(2, file["late"].Values[0]);
        Assert.Empty(file.Metadata);
        Assert.Empty(Safetensors.Read(Raw("{}"), "other").Tensors);
    }

    [Theory]
    [InlineData("""[]""", "header")]
    [InlineData("""{"x":3}""", "x")]
    [InlineData("""{"__metadata__":3}""", "__metadata__")]
    [InlineData("""{"__metadata__":{"k":3}}""", "__metadata__.k")]
    [InlineData("""{"__metadata__":{"k":"a","k":"b"}}""", "__metadata__.k")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "x")]
    [InlineData("""{"x":{"shape":[2],"data_offsets":[0,8]}}""", "x.dtype")]
    [InlineData("""{"x":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}""", "x.dtype")]
    [InlineData("""{"x":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", "x.dtype")]
    [InlineData("""{"x":{"dtype":"1","shape":[2],"data_offsets":[0,8]}}""", "x.dtype")]
    [InlineData("""{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", "x.dtype")]
    [InlineData("""{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", "x.shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "x.shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "x.shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "x.shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "x.shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "x.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "data")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "y.data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":1}}""", "x.extra")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", "x.shape")]
    [InlineData("""{"x":""", "header")]
    [InlineData("""{"__metadata__":{"k":"\ud800"}}""", "header")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "header")]
    [InlineData("""{"x":{"dtype":"\udc00","shape":[2],"data_offsets":[0,8]}}""", "header")]
    public void Wrong_headers_are_refused_by_file_and_field(string header, string field)
    {
        var error = Assert.Throws<SafetensorsException>(() => Safetensors.Read(Raw(header, 1, 2), "some.safetensors"));
        Assert.StartsWith($"'some.safetensors': {field}: ", error.Message);
    }

    [Fact]
    public void Every_cut_and_every_altered_bit_of_the_data_is_found()
    {
        var bytes = Safetensors.Write(File);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<SafetensorsException>(() => Safetensors.Read(bytes.AsMemory(0, length), "cut"));
        var data = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        for (var i = data; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Contains("sha256", Assert.Throws<SafetensorsException>(() => Safetensors.Read(bytes, "altered")).Message);
            bytes[i] ^= 1;
        }

        Assert.Throws<SafetensorsException>(() => Safetensors.Read((byte[])[.. bytes, 0], "longer"));
        Safetensors.Read(bytes, "whole");
    }

    [Fact]
    public void A_header_that_is_not_UTF_8_is_refused_wherever_the_byte_is()
    {
        var bytes = Safetensors.Write(File);
        var data = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        for (var i = 8; i < data; i++)
        {
            var kept = bytes[i];
            bytes[i] = 0xFF;
            Assert.StartsWith("'altered': header: ", Assert.Throws<SafetensorsException>(() => Safetensors.Read(bytes, "altered")).Message);
            bytes[i] = kept;
        }
    }

    [Fact]
    public void A_header_length_out_of_range_is_refused()
    {
        var bytes = new byte[16];
        Array.Fill(bytes, (byte)255);
        Assert.Contains("header length", Assert.Throws<SafetensorsException>(() => Safetensors.Read(bytes, "x")).Message);
    }

    [Fact]
    public void What_makes_no_sense_is_not_written()
    {
        var none = new Dictionary<string, string>();
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile([new("x", [2], [1])], none)));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile([new("x", [-1, -1], [1])], none)));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile([new("x", [1], [1]), new("x", [1], [1])], none)));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile([new("__metadata__", [1], [1])], none)));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile([new("", [1], [1])], none)));
    }

    private static byte[] Raw(string header, params float[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + 4 * data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.CopyTo(bytes, 8);
        for (var i = 0; i < data.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + text.Length + 4 * i), data[i]);
        return bytes;
    }
}

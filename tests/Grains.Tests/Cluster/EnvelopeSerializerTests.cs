using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>The contents of blobs.</summary>
public sealed class EnvelopeSerializerTests
{
    private readonly EnvelopeSerializer _serializer = new("actors");

    [Fact]
    public void States_come_back_to_the_bit_and_every_altered_bit_is_found()
    {
        var written = new Thing { Text = "x", Block = new FloatBlock([float.NaN, -0f, 1f / 3]) };
        var bytes = _serializer.Serialize(written).ToArray();
        var read = _serializer.Deserialize<Thing>(new BinaryData(bytes));
        Assert.Equal(written.Text, read.Text);
        Assert.Equal(written.Block.Values.Select(BitConverter.SingleToInt32Bits), read.Block.Values.Select(BitConverter.SingleToInt32Bits));
        for (var i = 0; i < bytes.Length; i++)
        {
            var altered = (byte[])bytes.Clone();
            altered[i] ^= 1;
            Assert.Contains("storage 'actors'", Assert.Throws<CorruptStateException>(() => _serializer.Deserialize<Thing>(new BinaryData(altered))).Message);
            Assert.Throws<CorruptStateException>(() => _serializer.Deserialize<Thing>(new BinaryData(bytes[..i])));
        }

        Assert.Throws<CorruptStateException>(() => _serializer.Deserialize<string>(new BinaryData(bytes)));
    }

    private sealed class Thing
    {
        public string Text { get; set; } = "";

        public FloatBlock Block { get; set; } = FloatBlock.Empty;
    }
}

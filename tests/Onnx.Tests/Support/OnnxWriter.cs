using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Srpo.Onnx.Tests.Support;

/// <summary>Writes small ONNX files (onnx.proto), field by field, so that tests need no exporter.</summary>
internal sealed class OnnxWriter
{
    public const int Float = 1;
    public const int Int64 = 7;
    public const int Double = 11;

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _initialisers = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];

    public long Opset { get; init; } = 17;

    public long IrVersion { get; init; } = 8;

    /// <summary>An input; sizes are numbers or names.</summary>
    public OnnxWriter Input(string name, object[] shape, int type = Float)
    {
        _inputs.Add(Value(name, shape, type));
        return this;
    }

    public OnnxWriter Output(string name, object[] shape, int type = Float)
    {
        _outputs.Add(Value(name, shape, type));
        return this;
    }

    public OnnxWriter Weights(string name, int[] shape, float[] values)
    {
        _initialisers.Add(Message(output =>
        {
            foreach (var size in shape) Number(output, 1, size);
            Number(output, 2, Float);
            Text(output, 8, name);
            Bytes(output, 9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }));
        return this;
    }

    public OnnxWriter Weights(string name, long[] values)
    {
        _initialisers.Add(Message(output =>
        {
            Number(output, 1, values.Length);
            Number(output, 2, Int64);
            Text(output, 8, name);
            Bytes(output, 9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }));
        return this;
    }

    /// <summary>Weights that lie in another file.</summary>
    public OnnxWriter WeightsOutside(string name, int[] shape, string file)
    {
        _initialisers.Add(Message(output =>
        {
            foreach (var size in shape) Number(output, 1, size);
            Number(output, 2, Float);
            Text(output, 8, name);
            Bytes(output, 13, Message(entry =>
            {
                Text(entry, 1, "location");
                Text(entry, 2, file);
            }));
            Number(output, 14, 1);
        }));
        return this;
    }

    /// <summary>An operator; inputs and outputs are separated by spaces, attributes are long, float, long[] or string.</summary>
    public OnnxWriter Node(string type, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        _nodes.Add(Message(output =>
        {
            foreach (var input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Text(output, 1, input);
            foreach (var name in outputs.Split(' ')) Text(output, 2, name);
            Text(output, 4, type);
            foreach (var (name, value) in attributes) Bytes(output, 5, Attribute(name, value));
        }));
        return this;
    }

    public byte[] Write() => Message(output =>
    {
        Number(output, 1, IrVersion);
        Text(output, 2, "srpo-tests");
        Bytes(output, 7, Message(graph =>
        {
            foreach (var node in _nodes) Bytes(graph, 1, node);
            Text(graph, 2, "policy");
            foreach (var tensor in _initialisers) Bytes(graph, 5, tensor);
            foreach (var input in _inputs) Bytes(graph, 11, input);
            foreach (var value in _outputs) Bytes(graph, 12, value);
        }));
        Bytes(output, 8, Message(set => Number(set, 2, Opset)));
    });

    private static byte[] Attribute(string name, object value) => Message(output =>
    {
        Text(output, 1, name);
        switch (value)
        {
            case float number:
                output.WriteTag(2, WireFormat.WireType.Fixed32);
                output.WriteFloat(number);
                Number(output, 20, 1);
                break;
            case long whole:
                Number(output, 3, whole);
                Number(output, 20, 2);
                break;
            case string text:
                Text(output, 4, text);
                Number(output, 20, 3);
                break;
            case long[] several:
                foreach (var whole in several) Number(output, 8, whole);
                Number(output, 20, 7);
                break;
            default:
                throw new ArgumentException($"no attribute of type {value.GetType()}", nameof(value));
        }
    });

    private static byte[] Value(string name, object[] shape, int type) => Message(output =>
    {
        Text(output, 1, name);
        Bytes(output, 2, Message(kind => Bytes(kind, 1, Message(tensor =>
        {
            Number(tensor, 1, type);
            Bytes(tensor, 2, Message(sizes =>
            {
                foreach (var size in shape)
                {
                    Bytes(sizes, 1, Message(one =>
                    {
                        if (size is string symbol) Text(one, 2, symbol);
                        else Number(one, 1, Convert.ToInt64(size, System.Globalization.CultureInfo.InvariantCulture));
                    }));
                }
            }));
        }))));
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true)) write(output);
        return memory.ToArray();
    }

    private static void Number(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void Bytes(CodedOutputStream output, int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    }
}

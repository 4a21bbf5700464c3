using System.Globalization;
using Google.Protobuf;

namespace Srpo.Onnx;

/// <summary>
/// What a file says of itself before it is run (onnx.proto, ModelProto): read without the library that runs it, so that what it must not do is refused first, and a file that is
/// damaged is named as such.
/// </summary>
internal sealed class OnnxFile
{
    private const WireFormat.WireType Number = WireFormat.WireType.Varint;
    private const WireFormat.WireType Bytes = WireFormat.WireType.LengthDelimited;

    /// <summary>Graphs within graphs, at most.</summary>
    private const int MostDepth = 50;

    /// <summary>Operators that draw random numbers.</summary>
    private static readonly HashSet<string> Drawing = new(StringComparer.Ordinal)
    {
        "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
    };

    private readonly SortedSet<string> _outside = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _random = new(StringComparer.Ordinal);
    private string _producer = "";
    private string _producerVersion = "";
    private bool _hasGraph;

    private OnnxFile()
    {
    }

    /// <summary>Version of the format.</summary>
    public long IrVersion { get; private set; }

    /// <summary>Version of the operators; 0 where it has none of ONNX's own.</summary>
    public long Opset { get; private set; }

    /// <summary>What wrote it, "pytorch 2.9.0"; empty where it does not say.</summary>
    public string Producer => _producerVersion.Length > 0 ? $"{_producer} {_producerVersion}" : _producer;

    /// <summary>Number of operators, those of inner graphs too.</summary>
    public int Nodes { get; private set; }

    /// <summary>Numbers among the weights and constants.</summary>
    public long Parameters { get; private set; }

    /// <summary>Other files that hold weights.</summary>
    public IReadOnlyCollection<string> Outside => _outside;

    /// <summary>Operators that draw random numbers.</summary>
    public IReadOnlyCollection<string> Random => _random;

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="FormatException">It is no ONNX file, or is damaged.</exception>
    public static OnnxFile Read(byte[] file)
    {
        var read = new OnnxFile();
        try
        {
            read.Model(new CodedInputStream(file));
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new FormatException($"it is no ONNX file, or a part of it is missing ({error.Message.TrimEnd('.')})", error);
        }

        if (!read._hasGraph || read.IrVersion <= 0) throw new FormatException("it is no ONNX file: it has no graph");
        return read;
    }

    private void Model(CodedInputStream input)
    {
        while (input.ReadTag() is var tag and not 0)
        {
            switch (Field(tag))
            {
                case (1, Number):
                    IrVersion = input.ReadInt64();
                    break;
                case (2, Bytes):
                    _producer = Short(input.ReadString());
                    break;
                case (3, Bytes):
                    _producerVersion = Short(input.ReadString());
                    break;
                case (7, Bytes):
                    _hasGraph = true;
                    Graph(Inner(input), 0);
                    break;
                case (8, Bytes):
                    OperatorSet(Inner(input));
                    break;
                case (25, Bytes):
                    Function(Inner(input));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private void Function(CodedInputStream input)
    {
        while (input.ReadTag() is var tag and not 0)
        {
            if (Field(tag) is (7, Bytes)) Node(Inner(input), 0);
            else if (Field(tag) is (11, Bytes)) Attribute(Inner(input), 0);
            else input.SkipLastField();
        }
    }

    private void OperatorSet(CodedInputStream input)
    {
        var (domain, version) = ("", 0L);
        while (input.ReadTag() is var tag and not 0)
        {
            if (Field(tag) is (1, Bytes)) domain = input.ReadString();
            else if (Field(tag) is (2, Number)) version = input.ReadInt64();
            else input.SkipLastField();
        }

        if (domain is "" or "ai.onnx") Opset = version;
    }

    private void Graph(CodedInputStream input, int depth)
    {
        if (depth > MostDepth) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"its graphs lie in each other more than {MostDepth} deep"));
        while (input.ReadTag() is var tag and not 0)
        {
            switch (Field(tag))
            {
                case (1, Bytes):
                    Node(Inner(input), depth);
                    break;
                case (5, Bytes):
                    Tensor(Inner(input));
                    break;
                case (15, Bytes):
                    SparseTensor(Inner(input));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private void Node(CodedInputStream input, int depth)
    {
        Nodes++;
        while (input.ReadTag() is var tag and not 0)
        {
            if (Field(tag) is (4, Bytes) && input.ReadString() is var name)
            {
                if (Drawing.Contains(name)) _random.Add(name);
            }
            else if (Field(tag) is (5, Bytes))
            {
                Attribute(Inner(input), depth);
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    private void Attribute(CodedInputStream input, int depth)
    {
        while (input.ReadTag() is var tag and not 0)
        {
            switch (Field(tag))
            {
                case (5 or 10, Bytes):
                    Tensor(Inner(input));
                    break;
                case (6 or 11, Bytes):
                    Graph(Inner(input), depth + 1);
                    break;
                case (22 or 23, Bytes):
                    SparseTensor(Inner(input));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    /// <summary>Values and indices, each a tensor.</summary>
    private void SparseTensor(CodedInputStream input)
    {
        while (input.ReadTag() is var tag and not 0)
        {
            if (Field(tag) is (1 or 2, Bytes)) Tensor(Inner(input));
            else input.SkipLastField();
        }
    }

    private void Tensor(CodedInputStream input)
    {
        var (count, isOutside, location) = (1.0, false, "");
        while (input.ReadTag() is var tag and not 0)
        {
            switch (Field(tag))
            {
                case (1, Number):
                    count *= Math.Max(0, input.ReadInt64());
                    break;
                case (1, Bytes):
                    var sizes = Inner(input);
                    while (!sizes.IsAtEnd) count *= Math.Max(0, sizes.ReadInt64());
                    break;
                case (14, Number):
                    isOutside |= input.ReadInt32() != 0;
                    break;
                case (13, Bytes):
                    isOutside = true;
                    location = Location(Inner(input)) is { Length: > 0 } found ? found : location;
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        Parameters = (long)Math.Min(long.MaxValue / 2, Parameters + count);
        if (isOutside) _outside.Add(location.Length > 0 ? location : "one without a name");
    }

    /// <summary>Of an entry "location", the file.</summary>
    private static string Location(CodedInputStream input)
    {
        var (key, value) = ("", "");
        while (input.ReadTag() is var tag and not 0)
        {
            if (Field(tag) is (1, Bytes)) key = input.ReadString();
            else if (Field(tag) is (2, Bytes)) value = input.ReadString();
            else input.SkipLastField();
        }

        return key == "location" ? Short(value) : "";
    }

    /// <summary>A message within a message.</summary>
    private static CodedInputStream Inner(CodedInputStream input) => input.ReadBytes().CreateCodedInput();

    private static string Short(string text) => text.Length <= 200 ? text : text[..200];

    /// <summary>Number of a field, and how its value is written.</summary>
    private static (int Number, WireFormat.WireType Type) Field(uint tag) => (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag));
}

using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Srpo.Core.Results;

namespace Srpo.Grains;

/// <summary>
/// The JSON of a learning curve that is stored again and again while it grows: what was written before is kept as it was, since turning all its numbers into digits at every checkpoint of
/// every team takes longer than all else about storing a population.
/// </summary>
[JsonConverter(typeof(Converter))]
internal sealed class CurveText
{
    /// <summary>The points written so far, each behind a comma.</summary>
    private readonly ArrayBufferWriter<byte> _text = new();

    private CurvePoint? _first, _last;
    private int _count;

    /// <summary>The curve, in order of rounds. Points are added at its end, or taken from its end or its beginning, and none is changed.</summary>
    public List<CurvePoint> Points { get; set; } = [];

    /// <summary>
    /// Takes the last point of a curve alone, for who asks where a population stands and not how it came there: the points before it are passed over, which takes a tenth of the time that it
    /// takes to make them.
    /// </summary>
    public static JsonConverter<CurveText> LastPoint { get; } = new LastPointConverter();

    private void Write(Utf8JsonWriter writer, JsonSerializerOptions options)
    {
        if (_count > Points.Count || (_count > 0 && !(ReferenceEquals(Points[0], _first) && ReferenceEquals(Points[_count - 1], _last)))) Forget();
        var type = (JsonTypeInfo<CurvePoint>)options.GetTypeInfo(typeof(CurvePoint));
        try
        {
            for (; _count < Points.Count; _count++)
            {
                _text.Write(","u8);
                using (var point = new Utf8JsonWriter(_text)) JsonSerializer.Serialize(point, Points[_count], type);
            }
        }
        catch
        {
            // Half a point would stand before all that comes after it.
            Forget();
            throw;
        }

        (_first, _last) = Points.Count > 0 ? (Points[0], Points[^1]) : (null, null);
        writer.WriteStartArray();
        if (_count > 0) writer.WriteRawValue(_text.WrittenSpan[1..], skipInputValidation: true);
        writer.WriteEndArray();
    }

    private void Forget()
    {
        _text.ResetWrittenCount();
        _count = 0;
    }

    internal sealed class Converter : JsonConverter<CurveText>
    {
        public override CurveText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new() { Points = JsonSerializer.Deserialize<List<CurvePoint>>(ref reader, options) ?? [] };

        public override void Write(Utf8JsonWriter writer, CurveText value, JsonSerializerOptions options) => value.Write(writer, options);
    }

    private sealed class LastPointConverter : JsonConverter<CurveText>
    {
        public override CurveText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("a learning curve is a list of points");
            var last = reader;
            var any = false;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                last = reader;
                any = true;
                reader.Skip();
            }

            if (!any) return new();
            return new() { Points = [JsonSerializer.Deserialize<CurvePoint>(ref last, options) ?? throw new JsonException("a point of a learning curve is null")] };
        }

        public override void Write(Utf8JsonWriter writer, CurveText value, JsonSerializerOptions options) => throw new NotSupportedException("what is left of the curve is not the curve");
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using Orleans;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Srpo.Core.Serialization;

/// <summary>
/// Arrays between silos as one block of raw little-endian bytes, where Orleans' own codec writes every element as a field of five bytes. Within a silo
/// nothing is written.
/// </summary>
/// <typeparam name="T">Kind of the elements.</typeparam>
public abstract class RawArrayCodec<T>
    where T : unmanaged
{
    /// <summary>Writes an array as a field.</summary>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, T[]? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value)) return;
        var bytes = MemoryMarshal.AsBytes(value.AsSpan());
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(T[]), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>Reads an array.</summary>
    public T[] ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference) return ReferenceCodec.ReadReference<T[], TInput>(ref reader, field)!;
        field.EnsureWireType(WireType.LengthPrefixed);
        var values = MemoryMarshal.Cast<byte, T>(reader.ReadBytes(reader.ReadVarUInt32())).ToArray();
        ReferenceCodec.RecordObject(reader.Session, values);
        return values;
    }
}

/// <summary>Parameters, observations, rewards.</summary>
[RegisterSerializer]
public sealed class FloatArrayCodec : RawArrayCodec<float>, IFieldCodec<float[]>;

/// <summary>Rows and successors of samples.</summary>
[RegisterSerializer]
public sealed class IntArrayCodec : RawArrayCodec<int>, IFieldCodec<int[]>;

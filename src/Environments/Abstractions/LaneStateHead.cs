using System.Buffers.Binary;
using System.Text;

namespace Srpo.Environments;

/// <summary>The head of a state of lanes.</summary>
internal static class LaneStateHead
{
    /// <summary>What a state is of, as bytes: length (u16) and UTF-8 of kind, name and variant; version, lanes, seats, actions, steps of an episode (i32).</summary>
    internal static byte[] Of(string kind, int version, EnvironmentInfo info, int lanes)
    {
        using var head = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        foreach (var text in new[] { kind, info.Name, info.Variant })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt16LittleEndian(number, checked((ushort)bytes.Length));
            head.Write(number[..2]);
            head.Write(bytes);
        }

        foreach (var value in (ReadOnlySpan<int>)[version, lanes, info.Seats, info.Actions, info.EpisodeLength])
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            head.Write(number);
        }

        return head.ToArray();
    }

    /// <summary>What a head says, for people.</summary>
    internal static string Describe(ReadOnlySpan<byte> head)
    {
        try
        {
            string[] texts = new string[3];
            for (var i = 0; i < texts.Length; i++)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(head);
                texts[i] = Encoding.UTF8.GetString(head.Slice(2, length));
                head = head[(2 + length)..];
            }

            var numbers = new int[5];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(head[(4 * i)..]);
            return FormattableString.Invariant(
                $"of {texts[1]} {texts[2]} with {numbers[1]} lanes, {numbers[2]} seats, {numbers[3]} actions and {numbers[4]} steps an episode ({texts[0]}, version {numbers[0]})");
        }
        catch (ArgumentOutOfRangeException)
        {
            return "of something unknown";
        }
    }
}

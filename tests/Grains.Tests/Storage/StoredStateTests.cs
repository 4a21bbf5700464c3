using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>The one format of stored states, and the forms that version 1 had.</summary>
public sealed class StoredStateTests
{
    private static readonly StateKey Key = new("agent/p/0/0", "checkpoint0");

    private static readonly StatePayload Payloads = new();

    private static readonly ActorCheckpoint State = new() { Identity = "i", State = new ActorState(7, new([1.5f, float.NaN, -0f]), new([]), new([float.Epsilon]), 9) };

    [Fact]
    public void What_is_written_has_raw_floats_beside_its_JSON()
    {
        var payload = Payloads.Write(State);
        var json = (int)BinaryPrimitives.ReadUInt32LittleEndian(payload);
        using var text = JsonDocument.Parse(payload.AsMemory(4, json));
        Assert.Equal([0, 1, 2], new[] { "Parameters", "FirstMoment", "SecondMoment" }.Select(block => text.RootElement.GetProperty("State").GetProperty(block).GetInt32()));
        Assert.Equal(4 + json + (3 * 4) + (4 * 4), payload.Length);
        AssertSame(Open(2, payload).Read<ActorCheckpoint>(Payloads, Key, "it"));
    }

    /// <summary>Most actors have none, and what was stored before there were any has none.</summary>
    [Fact]
    public void The_state_of_lanes_is_stored_where_there_is_one()
    {
        var payload = Payloads.Write(State);
        Assert.Equal(-1, payload.AsSpan().IndexOf("LaneState"u8));
        Assert.Null(Payloads.Read<ActorCheckpoint>(payload).State!.LaneState);
        var kept = new ActorCheckpoint { Identity = "i", State = State.State! with { LaneState = [0, 255, 7] } };
        Assert.Equal([0, 255, 7], Payloads.Read<ActorCheckpoint>(Payloads.Write(kept)).State!.LaneState!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Version_1_is_read_in_both_of_its_forms(bool isFile)
    {
        // Files had base64 in plain JSON, databases and blobs what all have now.
        var payload = isFile ? JsonSerializer.SerializeToUtf8Bytes(State) : Payloads.Write(State);
        AssertSame(Open(1, payload).Read<ActorCheckpoint>(Payloads, Key, "it"));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    public void Other_versions_are_refused_and_not_guessed_at(uint version)
    {
        var error = Assert.Throws<CorruptStateException>(() => Open(version, Payloads.Write(State)).Read<ActorCheckpoint>(Payloads, Key, "it"));
        Assert.Contains($"format version {version}", error.Message, StringComparison.Ordinal);
        Assert.Contains("use the version of the program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_is_neither_form_is_corrupt()
    {
        foreach (var payload in new byte[][] { [], [1], [1, 0, 0, 0], "{"u8.ToArray(), "{}x"u8.ToArray(), [4, 0, 0, 0, .. "null"u8], [2, 0, 0, 0, .. "{}"u8, 9, 0, 0, 0], [.. Payloads.Write(State), 0] })
            Assert.Throws<CorruptStateException>(() => Open(2, payload).Read<ActorCheckpoint>(Payloads, Key, "it"));
        Assert.Equal(0, Open(2, "{}"u8.ToArray()).Read<ActorCheckpoint>(Payloads, Key, "it").Session);
    }

    [Fact]
    public async Task Several_states_are_written_and_read_at_a_time()
    {
        await Parallel.ForAsync(0, 64, (i, _) =>
        {
            var state = new ActorCheckpoint { State = new ActorState(i, new([i, i + 0.5f]), new([i + 0.25f]), new([]), i) };
            var read = Payloads.Read<ActorCheckpoint>(Payloads.Write(state)).State!;
            Assert.Equal([i, i + 0.5f], read.Parameters.Values);
            Assert.Equal([i + 0.25f], read.FirstMoment.Values);
            return ValueTask.CompletedTask;
        });
    }

    private static StoredState Open(uint version, byte[] payload)
    {
        var head = StoredState.Head<ActorCheckpoint>(Key, "1", payload, version);
        return StoredState.Open(new MemoryStream([.. head, .. payload]));
    }

    private static void AssertSame(ActorCheckpoint read)
    {
        Assert.Equal((State.Identity, 7, 9), (read.Identity, read.State!.Version, read.State.AdamSteps));
        Assert.Equal(Bits(State.State!.Parameters), Bits(read.State.Parameters));
        Assert.Equal(Bits(State.State.FirstMoment), Bits(read.State.FirstMoment));
        Assert.Equal(Bits(State.State.SecondMoment), Bits(read.State.SecondMoment));
    }

    private static int[] Bits(FloatBlock block) => MemoryMarshal.Cast<float, int>(block.Span).ToArray();
}

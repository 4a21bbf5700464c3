namespace Srpo.Learning.Devices;

/// <summary>
/// The sequences that networks with memory learn from. A sequence is what a seat in a lane saw and did within one episode, in order; where networks have
/// memory every rollout begins with fresh episodes, so that every sequence begins with nothing in memory, and gradients run back to its start.
/// </summary>
public static class SampleSequences
{
    /// <summary>Samples that follow one another; numbers run through the parts one after another.</summary>
    /// <param name="parts">What an actor learns from.</param>
    /// <returns>The sequences in order of their first sample.</returns>
    public static int[][] Of(IReadOnlyList<ActorSamples> parts)
    {
        var sequences = new List<int[]>();
        var offset = 0;
        foreach (var part in parts)
        {
            var next = part.Part.Next;
            var follows = new bool[part.Count];
            foreach (var follower in next)
            {
                if (follower >= 0) follows[follower] = true;
            }

            for (var first = 0; first < part.Count; first++)
            {
                if (follows[first]) continue;
                var length = 0;
                for (var sample = first; sample >= 0; sample = next[sample]) length++;
                var sequence = new int[length];
                for (var (sample, i) = (first, 0); sample >= 0; sample = next[sample]) sequence[i++] = offset + sample;
                sequences.Add(sequence);
            }

            offset += part.Count;
        }

        return [.. sequences];
    }

    /// <summary>Every sample by itself: what networks without memory learn from.</summary>
    public static int[][] Single(IReadOnlyList<ActorSamples> parts)
    {
        var total = 0;
        foreach (var part in parts) total += part.Count;
        var sequences = new int[total][];
        for (var i = 0; i < total; i++) sequences[i] = [i];
        return sequences;
    }
}

/// <summary>
/// Sequences side by side, step by step: first the first samples of all, then the second samples of those that have one, and so on. Longer ones come
/// first, so that the samples of a step belong to the same sequences as the first so many of the step before.
/// </summary>
internal sealed class SequencePack
{
    /// <summary>Packs sequences; of equal lengths the given order stays.</summary>
    /// <param name="sequences">At least one; none of them empty.</param>
    public SequencePack(IReadOnlyList<int[]> sequences)
    {
        int[][] sorted = [.. sequences.OrderByDescending(sequence => sequence.Length)];
        var total = 0;
        foreach (var sequence in sorted) total += sequence.Length;
        (Samples, Counts) = (new int[total], new int[sorted[0].Length]);
        var (at, active) = (0, sorted.Length);
        for (var step = 0; step < Counts.Length; step++)
        {
            while (sorted[active - 1].Length <= step) active--;
            Counts[step] = active;
            for (var i = 0; i < active; i++) Samples[at++] = sorted[i][step];
        }
    }

    /// <summary>Numbers of the samples, step after step.</summary>
    public int[] Samples { get; }

    /// <summary>How many samples every step has; never more than the step before.</summary>
    public int[] Counts { get; }
}

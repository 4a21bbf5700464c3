using Srpo.Core.Random;

namespace Srpo.Core.Statistics;

/// <summary>How often each run of a stratum was drawn in a resample.</summary>
internal sealed class RunCounts(int runs, int stratum)
{
    private RandomStream _stream;

    /// <summary>A side that is not resampled: a single run that counts once.</summary>
    public static RunCounts One => new(1, -1);

    /// <summary>The counts; they add up to the number of runs.</summary>
    public int[] Counts { get; } = new int[runs];

    /// <summary>Moves to the stream of a resample.</summary>
    public void Start(ulong seed, int resample)
    {
        if (stratum >= 0) _stream = new StreamId(seed, (uint)stratum, 0, StreamPurpose.Bootstrap).Lane(resample);
    }

    /// <summary>Draws as many runs as there are, with replacement.</summary>
    public void Draw()
    {
        if (stratum < 0)
        {
            Counts[0] = 1;
            return;
        }

        Array.Clear(Counts);
        for (var draw = 0; draw < Counts.Length; draw++) Counts[_stream.NextInt32(Counts.Length)]++;
    }
}

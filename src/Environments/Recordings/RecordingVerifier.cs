namespace Srpo.Environments.Recordings;

/// <summary>A recorded episode on its way through an environment's rules, with all randomness taken from the recording.</summary>
internal interface IRecordingReplay
{
    /// <summary>Where the episode is: file, line, episode.</summary>
    RecordingPlace Place { get; }

    /// <summary>Number of recorded steps.</summary>
    int Steps { get; }

    /// <summary>Compares what is recorded of the start.</summary>
    void Start(RecordingComparer comparer);

    /// <summary>Plays a step and compares everything that is recorded of it.</summary>
    /// <param name="step">Its index, from 0.</param>
    /// <param name="comparer">Its place is that of the step.</param>
    void Step(int step, RecordingComparer comparer);

    /// <summary>Compares what is recorded of the end.</summary>
    void End(RecordingComparer comparer)
    {
    }
}

/// <summary>Replays the episodes of a recording, one after the other.</summary>
internal static class RecordingVerifier
{
    /// <summary>Replays a file.</summary>
    /// <param name="path">The file, for the report.</param>
    /// <param name="episodes">Its episodes.</param>
    /// <param name="comparer">Compares, with the quantities of the environment.</param>
    /// <param name="goOn">Whether deviations are of interest after the first difference too. Else the replay stops there: its state is another one from then on.</param>
    internal static RecordingReport Verify(string path, IEnumerable<IRecordingReplay> episodes, RecordingComparer comparer, bool goOn = false)
    {
        var agreeing = 0;
        var steps = 0L;
        foreach (var episode in episodes)
        {
            comparer.Place = episode.Place;
            episode.Start(comparer);
            for (var step = 0; step < episode.Steps && (goOn || comparer.Agrees); step++)
            {
                comparer.Place = episode.Place with { Step = step };
                episode.Step(step, comparer);
                if (comparer.Agrees) steps++;
            }

            comparer.Place = episode.Place;
            if (goOn || comparer.Agrees) episode.End(comparer);
            if (comparer.Agrees) agreeing++;
            else if (!goOn) break;
        }

        return new RecordingReport(path, agreeing, steps, comparer.First) { Deviations = comparer.Deviations };
    }
}

namespace Srpo.Client.Development;

/// <summary>What the silos of a development cluster keep their state in, as a process of this machine.</summary>
internal interface IDevStorage
{
    /// <summary>What silos call it: `Srpo:Cluster:Kind`, `Srpo:Storage:Kind`.</summary>
    string SiloKind { get; }

    /// <summary>For each port that it needs, the first one to try.</summary>
    IReadOnlyList<int> FirstPorts { get; }

    /// <summary>How long it may take until it answers.</summary>
    TimeSpan Patience { get; }

    /// <summary>Makes what it needs before it can start, where that is not there yet.</summary>
    /// <param name="cancellation">Gives up; what was half made is made anew the next time.</param>
    Task PrepareAsync(CancellationToken cancellation);

    /// <summary>The program and its arguments.</summary>
    IReadOnlyList<string> Command(IReadOnlyList<int> ports);

    /// <summary>For silos and clients. Holds a password or a key.</summary>
    string ConnectionString(IReadOnlyList<int> ports);

    /// <summary>Whether it answers.</summary>
    Task<bool> AnswersAsync(IReadOnlyList<int> ports, CancellationToken cancellation);

    /// <summary>Makes what silos need in it, where that is not there yet.</summary>
    Task CompleteAsync(IReadOnlyList<int> ports, CancellationToken cancellation);
}

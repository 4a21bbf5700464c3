namespace Srpo.Grains;

/// <summary>One stretch of long work, from a start or resume to its end. Runs on its grain's scheduler, between the requests.</summary>
internal interface IWorkSession
{
    /// <summary>When it began.</summary>
    long Started { get; }

    /// <summary>Completes, without an exception, when nothing is under way any more.</summary>
    Task Completion { get; }

    /// <summary>Sets it going.</summary>
    void Start();

    /// <summary>Ends it in good order; repeating it changes nothing.</summary>
    void Stop();
}

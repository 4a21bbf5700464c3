namespace Srpo.Grains;

/// <summary>What storage keeps of long work.</summary>
internal interface IWorkRecord : ISequenced
{
    /// <summary>Whether it was begun and is to go on until it is finished, whatever happens to its silo.</summary>
    bool GoesOn { get; }

    /// <summary>Called when the record was read and no session is under way: carries out what was wished and not reached before the silo ended.</summary>
    void Settle();

    /// <summary>Seconds of work in ended sessions and up to the last write of the present one.</summary>
    double SecondsOfWork { get; set; }
}

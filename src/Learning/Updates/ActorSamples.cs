namespace Srpo.Learning;

/// <summary>Samples that one actor learns from: what its seat saw and did, with the advantages and returns that hold for it.</summary>
/// <param name="Seat">Observations, actions and the distribution that played.</param>
/// <param name="Advantages">[samples].</param>
/// <param name="Returns">[samples] targets of its critic; empty if it has no critic to train.</param>
internal sealed record ActorSamples(SeatSamples Seat, float[] Advantages, float[] Returns)
{
    /// <summary>Number of samples.</summary>
    public int Count => Advantages.Length;

    /// <summary>Number of different observations.</summary>
    public int Rows => Seat.Values.Length;
}

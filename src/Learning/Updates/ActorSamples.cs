namespace Srpo.Learning;

/// <summary>Samples that one actor learns from: what it saw and did, with the advantages and returns that hold for it.</summary>
/// <param name="Part">Observations, actions and the distribution that played.</param>
/// <param name="Advantages">[samples].</param>
/// <param name="Returns">[samples] targets of its critic; empty if it has no critic to train.</param>
/// <param name="Partner">Parameters of the policy whose place an adversary took, which the KL price holds it to; null for agents.</param>
internal sealed record ActorSamples(SeatSamples Part, float[] Advantages, float[] Returns, float[]? Partner)
{
    /// <summary>Number of samples.</summary>
    public int Count => Advantages.Length;

    /// <summary>Number of different observations.</summary>
    public int Rows => Part.Values.Length;
}

namespace Srpo.Learning.Methods;

/// <summary>
/// A function R(p) of the probabilities that a policy gives to the actions at an observation, which is added to the loss of every sample there, its
/// weight included: for what entropy and KL of <see cref="Objective"/> do not say. A value: two of equal settings are equal. Thread-safe.
/// </summary>
public abstract record PolicyRegulariser
{
    /// <summary>R(p).</summary>
    /// <param name="probabilities">[actions] p; 0 for illegal actions.</param>
    /// <param name="logProbabilities">[actions] log p in nats; 0 for illegal actions.</param>
    public abstract double Value(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities);

    /// <summary>dR / dp. That p is a softmax is taken care of: what all actions have in common changes nothing.</summary>
    /// <param name="probabilities">[actions] p; 0 for illegal actions.</param>
    /// <param name="logProbabilities">[actions] log p in nats; 0 for illegal actions.</param>
    /// <param name="slopes">[actions] to be set, every one of them to a finite number.</param>
    public abstract void Gradient(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities, Span<double> slopes);

    /// <summary>Adds weight dR / dz, z the logits behind p: weight p (dR/dp - sum p dR/dp).</summary>
    /// <param name="weight">Number of samples of the observation, divided by that of all.</param>
    /// <param name="probabilities">[actions] p.</param>
    /// <param name="logProbabilities">[actions] log p.</param>
    /// <param name="gradient">[actions] to which it is added.</param>
    internal void AddTo(double weight, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> logProbabilities, Span<double> gradient)
    {
        Span<double> slopes = stackalloc double[gradient.Length];
        Gradient(probabilities, logProbabilities, slopes);
        var mean = 0.0;
        for (var a = 0; a < slopes.Length; a++) mean += probabilities[a] * slopes[a];
        for (var a = 0; a < slopes.Length; a++) gradient[a] += weight * probabilities[a] * (slopes[a] - mean);
    }
}

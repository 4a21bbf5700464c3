namespace Srpo.Language.Models;

/// <summary>Rotary embeddings: how fast each pair of a head's numbers turns from position to position.</summary>
public static class RotaryFrequencies
{
    /// <summary>Angles per position of a model.</summary>
    /// <param name="config">Its configuration.</param>
    /// <returns>[HeadDim / 2].</returns>
    public static float[] Of(ModelConfig config)
    {
        var angles = Plain(config.HeadDim, config.Rope.Theta);
        return config.Rope.Llama3 is { } scaling ? Llama3(angles, scaling) : angles;
    }

    /// <summary>Angles per position, computed in 32-bit floats as the models were trained with them.</summary>
    /// <param name="headWidth">Numbers of a head, even.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <returns>[headWidth / 2].</returns>
    public static float[] Plain(int headWidth, double theta)
    {
        var angles = new float[headWidth / 2];
        for (var i = 0; i < angles.Length; i++) angles[i] = 1f / MathF.Pow((float)theta, 2f * i / headWidth);
        return angles;
    }

    /// <summary>The same as Llama 3 stretches it for long texts: slow pairs turn slower by the factor, fast ones as before, those between in between.</summary>
    /// <param name="angles">As <see cref="Plain"/> gives them; not changed.</param>
    /// <param name="scaling">By how much, and what is slow and fast.</param>
    public static float[] Llama3(float[] angles, LlamaRopeScaling scaling) => Array.ConvertAll(angles, angle =>
    {
        var (length, original) = (2 * MathF.PI / angle, scaling.OriginalMaxPositions);
        if (length < original / scaling.HighFreqFactor) return angle;
        if (length > original / scaling.LowFreqFactor) return angle / (float)scaling.Factor;
        var smooth = ((original / length) - (float)scaling.LowFreqFactor) / (float)(scaling.HighFreqFactor - scaling.LowFreqFactor);
        return ((1 - smooth) * angle / (float)scaling.Factor) + (smooth * angle);
    });
}

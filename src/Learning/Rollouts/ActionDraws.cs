using Srpo.Core.Random;

namespace Srpo.Learning;

/// <summary>The uniform numbers that actions are drawn by; the one place that says which bits belong to which seat.</summary>
internal static class ActionDraws
{
    /// <summary>Draws for every view and lane of a step.</summary>
    /// <param name="action">Stream of actions.</param>
    /// <param name="firstLane">Number of lane 0 in the stream.</param>
    /// <param name="step">The step.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="uniforms">[views x lanes] receives numbers in [0, 1).</param>
    public static void Fill(in StreamId action, int firstLane, int step, int lanes, Span<float> uniforms)
    {
        for (var view = 0; uniforms.Length > 0; view += 4)
        {
            // Four views share a block of random bits; the counter of further ones lies beyond any rollout's length.
            var counter = (uint)step | ((uint)(view / 4) << 24);
            var here = uniforms[..Math.Min(4 * lanes, uniforms.Length)];
            for (var lane = 0; lane < lanes; lane++)
            {
                var block = action.Block(firstLane + lane, counter);
                here[lane] = RandomBlock.ToUnitSingle(block.Word0);
                if (here.Length > lanes) here[lanes + lane] = RandomBlock.ToUnitSingle(block.Word1);
                if (here.Length > 2 * lanes) here[(2 * lanes) + lane] = RandomBlock.ToUnitSingle(block.Word2);
                if (here.Length > 3 * lanes) here[(3 * lanes) + lane] = RandomBlock.ToUnitSingle(block.Word3);
            }

            uniforms = uniforms[here.Length..];
        }
    }
}

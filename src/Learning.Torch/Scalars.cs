using TorchSharp;

namespace Srpo.Learning.Torch;

/// <summary>
/// Numbers for calls of libtorch. The scalar that TorchSharp makes of a number on the way into a call is held by nobody while the call runs: the collector may free it under the call's hands, which then computes with what stands in its
/// place by then, rarely and without a word. These live on until the thread has asked for <see cref="Held"/> more. For the same reason tensors are added with a factor that is named, since without one
/// TorchSharp makes it.
/// </summary>
public static class Scalars
{
    /// <summary>How many of a thread's numbers live at the same time; a call takes three at most.</summary>
    private const int Held = 64;

    [ThreadStatic]
    private static Scalar?[]? t_held;

    [ThreadStatic]
    private static int t_next;

    /// <summary>The factor of what is added.</summary>
    public static Scalar One => Of(1);

    /// <summary>A whole number, good for one call.</summary>
    public static Scalar Of(long value) => Hold(value.ToScalar());

    /// <summary>A number, good for one call.</summary>
    public static Scalar Of(float value) => Hold(value.ToScalar());

    /// <inheritdoc cref="Of(float)"/>
    public static Scalar Of(double value) => Hold(value.ToScalar());

    private static Scalar Hold(Scalar number)
    {
        var held = t_held ??= new Scalar?[Held];
        held[t_next]?.Dispose();
        held[t_next] = number;
        t_next = (t_next + 1) % Held;
        return number;
    }
}

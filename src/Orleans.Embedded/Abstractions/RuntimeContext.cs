using Srpo.OrleansEmbedded.Runtime;

namespace Orleans.Runtime;

/// <summary>The activation whose turn runs on this thread. Internal, as in Orleans.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static Activation? t_current;

    public static Activation? Current
    {
        get => t_current;
        set => t_current = value;
    }
}

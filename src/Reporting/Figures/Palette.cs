namespace Srpo.Reporting.Figures;

/// <summary>The categorical colours <c>--s1</c> to <c>--s8</c>.</summary>
public static class Palette
{
    /// <summary>Number of categorical colours.</summary>
    public const int Size = 8;

    /// <summary>Grey, for what is no method: opponents, what a pale and a full bar mean, the time within an episode.</summary>
    public const int Other = 8;
}

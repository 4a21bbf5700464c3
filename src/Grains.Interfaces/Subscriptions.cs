namespace Srpo.Grains.Interfaces;

/// <summary>How long a subscription to the progress of a population or tournament lives, so that those of clients that died end by themselves.</summary>
public static class Subscriptions
{
    /// <summary>A subscription that is not renewed ends after this time.</summary>
    public static TimeSpan Expiry { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How often whoever stays renews: often enough that two renewals may be lost.</summary>
    public static TimeSpan Renewal { get; } = TimeSpan.FromSeconds(15);
}

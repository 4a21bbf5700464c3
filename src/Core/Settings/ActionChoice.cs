namespace Srpo.Core.Settings;

/// <summary>How policies act where they are measured. The numbers are part of stored state: never renumber.</summary>
public enum ActionChoice
{
    /// <summary>Actions are drawn from the policy, as in training.</summary>
    Sampled = 0,

    /// <summary>The most likely legal action; of several, the one with the lowest number.</summary>
    Greedy = 1,
}

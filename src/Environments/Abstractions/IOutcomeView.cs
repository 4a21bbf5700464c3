namespace Srpo.Environments;

/// <summary>An environment whose last state of an episode can be drawn before the next episode takes its place.</summary>
public interface IOutcomeView
{
    /// <summary>Draws as plain text what actions lead to in a lane, without taking them.</summary>
    /// <param name="lane">0 to Lanes - 1.</param>
    /// <param name="actions">[Seats x Lanes] as for <see cref="IVectorEnvironment.Step"/>, legal.</param>
    /// <exception cref="ArgumentException">The length of the actions does not fit, or the action is illegal.</exception>
    /// <exception cref="InvalidOperationException">There is no state yet.</exception>
    string RenderOutcome(int lane, ReadOnlySpan<byte> actions);
}

using Srpo.Core.Results;

namespace Srpo.Environments;

/// <summary>An environment in the plane whose state can be drawn as circles, for figures and animations.</summary>
public interface ISceneEnvironment
{
    /// <summary>The present state of a lane, in drawing order; the same shapes in the same order at every step.</summary>
    IReadOnlyList<SceneCircle> Scene(int lane);
}

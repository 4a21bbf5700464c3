namespace Srpo.Environments;

/// <summary>An environment in the plane whose state can be drawn as circles, for figures and animations.</summary>
public interface ISceneEnvironment
{
    /// <summary>The present state of a lane, in drawing order; the same shapes in the same order at every step.</summary>
    IReadOnlyList<SceneCircle> Scene(int lane);
}

/// <summary>A circle of a scene.</summary>
/// <param name="Role">What it is, for example "chaser", "runner" or "obstacle".</param>
/// <param name="Name">Its name among its kind, for example "chaser 0".</param>
/// <param name="X">Centre, right.</param>
/// <param name="Y">Centre, up.</param>
/// <param name="Radius">Radius, above 0.</param>
public sealed record SceneCircle(string Role, string Name, double X, double Y, double Radius);

using System.Collections.Immutable;

namespace Srpo.Games.Continuation;

/// <summary>Equilibria that depend continuously on tau: a stretch of a curve of equilibria between its turning points.</summary>
/// <param name="Points">Ascending in tau, at the asked values of tau that the branch has; at least one.</param>
public sealed record DiagramBranch(ImmutableArray<DiagramPoint> Points);

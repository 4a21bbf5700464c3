namespace Srpo.Games.Continuation;

/// <summary>What happens to equilibria where the Jacobian of their equations becomes singular.</summary>
public enum BifurcationKind
{
    /// <summary>Two equilibria meet and vanish; the curve of equilibria turns back in tau.</summary>
    Fold,

    /// <summary>Two equilibria leave a third one on the side where that one is unstable: a stable pair takes over.</summary>
    SupercriticalPitchfork,

    /// <summary>Two equilibria leave a third one on the side where that one is stable: the pair is unstable.</summary>
    SubcriticalPitchfork,

    /// <summary>Two curves of equilibria cross, both going on in tau.</summary>
    Transcritical,
}

using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Conformance.Environments;

/// <summary>A variant of an environment that is checked, and the game that was played last.</summary>
internal sealed class EnvironmentSubject : IDisposable
{
    /// <summary>No game that is longer is waited for to end.</summary>
    private const int MostSteps = 5000;

    private readonly List<IVectorEnvironment> _made = [];

    public EnvironmentSubject(EnvironmentRegistration registration, EnvironmentSettings settings, ulong seed)
    {
        (Registration, Settings, Seed) = (registration, settings, seed);
        Info = Create(1).Info;
    }

    public EnvironmentRegistration Registration { get; }

    public EnvironmentSettings Settings { get; }

    public EnvironmentInfo Info { get; }

    public ulong Seed { get; }

    /// <summary>Steps of a game that is looked at: one whole episode and the beginning of another, if it is not too long.</summary>
    public int Steps => Math.Clamp(Info.EpisodeLength + Math.Min(Info.EpisodeLength, 100), 250, MostSteps);

    /// <summary>Whether games of <see cref="Steps"/> must see an episode end.</summary>
    public bool SeesEnds => Info.EpisodeLength <= Steps;

    public EnvironmentProbe? Last { get; private set; }

    public IVectorEnvironment Create(int lanes) => Keep(EnvironmentFactory.Create(Settings, lanes));

    /// <summary>Disposes of an environment with this, if it has to be.</summary>
    public IVectorEnvironment Keep(IVectorEnvironment environment)
    {
        _made.Add(environment);
        return environment;
    }

    public EnvironmentProbe Probe(int lanes) => Last = new EnvironmentProbe(Create(lanes));

    /// <summary>From here on a failure is at this game's step.</summary>
    public EnvironmentProbe Watch(EnvironmentProbe probe) => Last = probe;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var environment in _made) (environment as IDisposable)?.Dispose();
    }
}

using System.Collections.Immutable;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments.Gridworld;
using Srpo.Environments.Hanabi;
using Srpo.Environments.Matrix;
using Srpo.Environments.Recall;
using Srpo.Environments.Recordings;
using Srpo.Environments.Tag;
using Srpo.Games;
using Srpo.Games.Markov;

namespace Srpo.Environments;

/// <summary>
/// The registered environments: makes them from settings, and completes settings that a user typed. To add one, add its
/// <see cref="EnvironmentRegistration"/> to the list; tests of all environments then cover it, and no other project names it.
/// </summary>
public static class EnvironmentFactory
{
    private static ImmutableArray<EnvironmentRegistration> _registrations =
        [GridworldRegistration.Value, MatrixRegistration.Value, TagRegistration.Value, HanabiRegistration.Value, RecallRegistration.Value];

    /// <summary>The registered environments.</summary>
    public static IReadOnlyList<EnvironmentRegistration> Registrations => _registrations;

    /// <summary>Those of them that are played step by step by players that observe numbers.</summary>
    public static IEnumerable<EnvironmentRegistration> Stepped => Registrations.Where(registration => registration.IsStepped);

    /// <summary>Names of the registered environments.</summary>
    public static IReadOnlyList<string> Names => [.. Registrations.Select(registration => registration.Name)];

    /// <summary>Takes an environment that another room brings, before any is asked for. One that is known already is not taken again.</summary>
    /// <param name="registration">The environment.</param>
    public static void Register(EnvironmentRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        ImmutableInterlocked.Update(ref _registrations, known => known.Any(other => other.Name == registration.Name) ? known : known.Add(registration));
    }

    /// <summary>Sizes and names of an environment, whether it is played step by step or not.</summary>
    /// <param name="settings">Which environment; as <see cref="Create"/>.</param>
    /// <exception cref="ArgumentException">A name is unknown.</exception>
    /// <exception cref="FormatException">The definition is wrong.</exception>
    public static EnvironmentInfo Info(EnvironmentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var registration = Find(settings.Name);
        return registration.Describe(settings.Definition ?? BuiltIn(registration, settings.Variant), settings.Variant, null);
    }

    /// <summary>The full text of a layout or game.</summary>
    /// <param name="settings">Which environment; as <see cref="Create"/>.</param>
    /// <exception cref="ArgumentException">A name is unknown.</exception>
    public static string DefinitionOf(EnvironmentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Definition ?? BuiltIn(Find(settings.Name), settings.Variant);
    }

    /// <summary>The registration of an environment.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such environment; the message lists the known ones and the nearest.</exception>
    public static EnvironmentRegistration Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var registration in Registrations)
        {
            if (registration.Name == name) return registration;
        }

        throw new ArgumentException(NearestName.Unknown("environment", name, [.. Names]), nameof(name));
    }

    /// <summary>Makes an environment. Without a definition in the settings, the variant must be a built-in one: no file is read.</summary>
    /// <param name="settings">Which environment.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentException">A name is unknown, or lanes are out of range.</exception>
    /// <exception cref="FormatException">The definition is wrong (<see cref="LayoutException"/> for layouts).</exception>
    public static IVectorEnvironment Create(EnvironmentSettings settings, int lanes)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var registration = Find(settings.Name);
        var text = settings.Definition ?? BuiltIn(registration, settings.Variant);
        return registration.Create(text, settings.Variant, null, lanes);
    }

    /// <summary>What a person should know of an environment before it is played, a sentence each; none where all is well.</summary>
    /// <param name="settings">Which environment; as <see cref="Create"/>.</param>
    public static IReadOnlyList<string> Warnings(EnvironmentSettings settings) =>
        Find(settings.Name) is { IsStepped: true } registration ? registration.Warnings(Create(settings, lanes: 1)) : [];

    /// <summary>
    /// Completes settings as a user typed them: fills in the definition from the built-in variant of that name or else from
    /// the file of that name, checks it, and replaces the variant by the definition's own name. The result needs no file
    /// and can be sent to another machine.
    /// </summary>
    /// <param name="settings">Name, and a built-in variant or a path to a file; or a definition already.</param>
    /// <exception cref="ArgumentException">A name is unknown; the message lists the known ones and the nearest.</exception>
    /// <exception cref="FormatException">The definition is wrong; the message names the place.</exception>
    /// <exception cref="SrpoException">What has that name is no file, or cannot be read.</exception>
    public static EnvironmentSettings Resolve(EnvironmentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var registration = Find(settings.Name);
        string text;
        string? file = null;
        var label = settings.Variant;
        if (settings.Definition is not null)
        {
            text = settings.Definition;
        }
        else if (!registration.Variants.Contains(settings.Variant, StringComparer.Ordinal) && Path.Exists(settings.Variant))
        {
            file = settings.Variant;
            text = UserFile.ReadText(Path.GetFullPath(file), $"{registration.VariantKind} file", file);
            label = Path.GetFileNameWithoutExtension(file);
        }
        else
        {
            text = BuiltIn(registration, settings.Variant, " There is no file of that name either.");
        }

        return settings with { Variant = registration.Describe(text, label, file).Variant, Definition = registration.Complete(text, label, file) };
    }

    private static string BuiltIn(EnvironmentRegistration registration, string variant, string hint = "")
    {
        if (registration.Variants.Contains(variant, StringComparer.Ordinal)) return registration.ReadBuiltIn(variant);
        var message = NearestName.Unknown(registration.VariantKind, variant, [.. registration.Variants]);
        throw new ArgumentException(message + hint, nameof(variant));
    }
}

/// <summary>An environment that can be asked for by name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="VariantKind">What its variants are called in messages, singular, for example "layout".</param>
/// <param name="Implementation">The type that implements it.</param>
/// <param name="Variants">Names of the built-in variants; the first is the default.</param>
/// <param name="ReadBuiltIn">The definition text of a built-in variant.</param>
/// <param name="Create">Makes it: definition text, label where the text has no name, file for messages or null, lanes.</param>
public sealed record EnvironmentRegistration(
    string Name,
    string VariantKind,
    Type Implementation,
    IReadOnlyList<string> Variants,
    Func<string, string> ReadBuiltIn,
    Func<string, string, string?, int, IVectorEnvironment> Create)
{
    /// <summary>Sizes and names, from definition text, label and file; what <see cref="Create"/> makes says the same.</summary>
    public Func<string, string, string?, EnvironmentInfo> Describe { get; init; } = (text, label, file) => Create(text, label, file, 1).Info;

    /// <summary>Makes a definition complete in itself, from definition text, label and file: what it names relative to its file must be found without knowing that.</summary>
    public Func<string, string, string?, string> Complete { get; init; } = (text, _, _) => text;

    /// <summary>Whether it is played step by step by players that observe numbers; else <see cref="Create"/> refuses, and whoever brings it brings its players.</summary>
    public bool IsStepped { get; init; } = true;

    /// <summary>About how many steps one core plays in a second, for estimates of how long a run takes; null where so many that they hardly count.</summary>
    public double? StepsPerSecond { get; init; }

    /// <summary>
    /// Counts up when the same definition means another game than before: what was trained by older rules is not trained on by these, see
    /// Learning's SpecIdentity.
    /// </summary>
    public int Rules { get; init; } = 1;

    /// <summary>Lines of words below the picture that a drawing begins with, whose lines must not be broken, as those of a map; null where the whole drawing is words.</summary>
    public Func<EnvironmentInfo, int?> WordsBelowPicture { get; init; } = _ => null;

    /// <summary>What a person who plays a seat (its number is given) needs to know.</summary>
    public Func<IVectorEnvironment, int, EnvironmentGuide> Guide { get; init; } = (_, _) => new EnvironmentGuide("Earn as much as you can, together.", [], []);

    /// <summary>Sets of settings that experiments begin with.</summary>
    public IReadOnlyList<EnvironmentPreset> Presets { get; init; } = [];

    /// <summary>Other names that people may call it by.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>What a person should know of a variant before it is played, a sentence each: it can be played, but hardly as it was meant.</summary>
    public Func<IVectorEnvironment, IReadOnlyList<string>> Warnings { get; init; } = _ => [];

    /// <summary>Replays recordings of its reference implementation, by path; null where there are none.</summary>
    public Func<string, RecordingReport>? Verify { get; init; }

    /// <summary>A short key for every action, for people who play; empty for an action without one.</summary>
    public Func<IVectorEnvironment, IReadOnlyList<string>> Keys { get; init; } = environment => [.. Enumerable.Repeat("", environment.Info.Actions)];

    /// <summary>
    /// The same game with all its states in a table, discounted and without an end of episodes: takes the discount, at least 0 and below 1, and
    /// the most states that there may be, beyond which it is an <see cref="ArgumentException"/>. Null where states cannot be enumerated.
    /// </summary>
    public Func<IVectorEnvironment, double, int, TabularGame>? Tabulate { get; init; }

    /// <summary>The one game that it plays over and over, where it has but one state; null elsewhere.</summary>
    public Func<IVectorEnvironment, MatrixGame?> Game { get; init; } = _ => null;
}

/// <summary>A named set of settings that an experiment starts from; the method in it is empty.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is, one line.</param>
/// <param name="Layout">The layout of training.</param>
/// <param name="Training">How teams are trained.</param>
public sealed record EnvironmentPreset(string Name, string Description, string Layout, TrainingSettings Training);

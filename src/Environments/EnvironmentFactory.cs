using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments.Gridworld;
using Srpo.Environments.Hanabi;
using Srpo.Environments.Matrix;
using Srpo.Environments.Tag;
using Srpo.Games;

namespace Srpo.Environments;

/// <summary>
/// The registered environments: makes them from settings, and completes settings that a user typed. To add one, add an
/// <see cref="EnvironmentRegistration"/> to the list; tests of all environments then cover it.
/// </summary>
public static class EnvironmentFactory
{
    /// <summary>The registered environments.</summary>
    public static IReadOnlyList<EnvironmentRegistration> Registrations { get; } =
    [
        new EnvironmentRegistration(
            GridworldEnvironment.RegisteredName,
            "layout",
            typeof(GridworldEnvironment),
            GridworldLayouts.Names,
            GridworldLayouts.Text,
            (text, label, file, lanes) => new GridworldEnvironment(GridworldLayout.Parse(text, label, file), lanes)),
        new EnvironmentRegistration(
            MatrixEnvironment.RegisteredName,
            "game",
            typeof(MatrixEnvironment),
            MatrixGames.Names,
            name => new MatrixGameDefinition(MatrixGames.Load(name)).ToJson(),
            (text, label, file, lanes) => CreateMatrix(text, label, file, lanes)),
        new EnvironmentRegistration(
            TagEnvironment.RegisteredName,
            "scenario",
            typeof(TagEnvironment),
            TagScenarios.Names,
            name => TagScenarios.Load(name).ToJson(),
            (text, label, file, lanes) => new TagEnvironment(TagDefinition.Parse(text, label, file), lanes)),
        new EnvironmentRegistration(
            HanabiEnvironment.RegisteredName,
            "variant",
            typeof(HanabiEnvironment),
            HanabiVariants.Names,
            name => HanabiVariants.Load(name).ToJson(),
            (text, label, file, lanes) => new HanabiEnvironment(HanabiDefinition.Parse(text, label, file), lanes)),
    ];

    /// <summary>Names of the registered environments.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Registrations.Select(registration => registration.Name)];

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

    /// <summary>
    /// Completes settings as a user typed them: fills in the definition from the built-in variant of that name or else from
    /// the file of that name, checks it, and replaces the variant by the definition's own name. The result needs no file
    /// and can be sent to another machine.
    /// </summary>
    /// <param name="settings">Name, and a built-in variant or a path to a file; or a definition already.</param>
    /// <exception cref="ArgumentException">A name is unknown; the message lists the known ones and the nearest.</exception>
    /// <exception cref="FormatException">The definition is wrong; the message names the place.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
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
        else if (!registration.Variants.Contains(settings.Variant, StringComparer.Ordinal) && File.Exists(settings.Variant))
        {
            file = settings.Variant;
            text = File.ReadAllText(file);
            label = Path.GetFileNameWithoutExtension(file);
        }
        else
        {
            text = BuiltIn(registration, settings.Variant, " There is no file of that name either.");
        }

        var environment = registration.Create(text, label, file, 1);
        return settings with { Variant = environment.Info.Variant, Definition = text };
    }

    private static string BuiltIn(EnvironmentRegistration registration, string variant, string hint = "")
    {
        if (registration.Variants.Contains(variant, StringComparer.Ordinal)) return registration.ReadBuiltIn(variant);
        var message = NearestName.Unknown(registration.VariantKind, variant, [.. registration.Variants]);
        throw new ArgumentException(message + hint, nameof(variant));
    }

    private static MatrixEnvironment CreateMatrix(string text, string label, string? file, int lanes)
    {
        try
        {
            return new MatrixEnvironment(MatrixGameDefinition.Parse(text, label), lanes);
        }
        catch (FormatException error) when (file is not null)
        {
            throw new FormatException($"{file}: {error.Message}", error);
        }
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
    Func<string, string, string?, int, IVectorEnvironment> Create);

using Srpo.Core.Settings;

namespace Srpo.Environments.Tests;

public sealed class EnvironmentFactoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("srpo-factory-").FullName;

    /// <summary>Every registered environment and every built-in variant of it.</summary>
    public static TheoryData<string, string> Variants
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var registration in EnvironmentFactory.Registrations)
            {
                foreach (var variant in registration.Variants) data.Add(registration.Name, variant);
            }

            return data;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A new environment that nobody registers would be checked by no test.</summary>
    [Fact]
    public void EveryImplementationIsRegistered()
    {
        var implementations = typeof(IVectorEnvironment).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IVectorEnvironment)))

            // Of these there are as many as are named: each is registered then.
            .Where(type => type != typeof(Python.PythonEnvironment))
            .ToList();

        Assert.NotEmpty(implementations);
        Assert.Equal(
            implementations.OrderBy(type => type.FullName, StringComparer.Ordinal),
            EnvironmentFactory.Registrations.Select(registration => registration.Implementation).Distinct().OrderBy(type => type.FullName, StringComparer.Ordinal));
        Assert.All(EnvironmentFactory.Registrations, registration => Assert.NotEmpty(registration.Variants));
    }

    [Fact]
    public void UnknownNamesAreAnsweredWithTheKnownOnes()
    {
        var environment = Assert.Throws<ArgumentException>(() => EnvironmentFactory.Create(new EnvironmentSettings("gridwolrd", "official"), 1));
        Assert.Contains("did you mean 'gridworld'?", environment.Message, StringComparison.Ordinal);
        Assert.Contains("Known environments: gridworld, matrix", environment.Message, StringComparison.Ordinal);

        var layout = Assert.Throws<ArgumentException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("gridworld", "offical")));
        Assert.Contains("unknown layout 'offical'; did you mean 'official'?", layout.Message, StringComparison.Ordinal);
        Assert.Contains("no file of that name", layout.Message, StringComparison.Ordinal);

        var game = Assert.Throws<ArgumentException>(() => EnvironmentFactory.Create(new EnvironmentSettings("matrix", "stag"), 1));
        Assert.Contains("unknown game 'stag'; did you mean 'stag-hunt'?", game.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResolvedSettingsNeedNoFileAndResolveToThemselves()
    {
        var path = Path.Combine(_folder, "mine.txt");
        File.WriteAllText(path, "episode-length: 7\n\n12\nPO\n");

        var resolved = EnvironmentFactory.Resolve(new EnvironmentSettings("gridworld", path));
        File.Delete(path);

        Assert.Equal("mine", resolved.Variant);
        Assert.NotNull(resolved.Definition);
        var environment = EnvironmentFactory.Create(resolved, 3);
        Assert.Equal("mine", environment.Info.Variant);
        Assert.Equal(7, environment.Info.EpisodeLength);
        Assert.Equal(3, environment.Lanes);
        Assert.Equal(resolved, EnvironmentFactory.Resolve(resolved));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void BuiltInVariantsResolveToTheirText(string name, string variant)
    {
        var resolved = EnvironmentFactory.Resolve(new EnvironmentSettings(name, variant));

        Assert.Equal(variant, resolved.Variant);
        Assert.Equal(EnvironmentFactory.Find(name).ReadBuiltIn(variant), resolved.Definition);
    }

    [Fact]
    public void ErrorsInFilesNameTheFile()
    {
        var layout = Path.Combine(_folder, "bad.txt");
        File.WriteAllText(layout, "map:\n12\nPX\n");
        var error = Assert.Throws<LayoutException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("gridworld", layout)));
        Assert.StartsWith($"{layout}: line 3, column 2: ", error.Message, StringComparison.Ordinal);

        var game = Path.Combine(_folder, "bad.json");
        File.WriteAllText(game, """{"rewards": 1}""");
        var gameError = Assert.Throws<FormatException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("matrix", game)));
        Assert.StartsWith($"{game}: rewards: ", gameError.Message, StringComparison.Ordinal);

        var hanabi = Path.Combine(_folder, "cards.json");
        File.WriteAllText(hanabi, """{"colors": 3, "ranks": 3, "players": 5}""");
        var hanabiError = Assert.Throws<FormatException>(() => EnvironmentFactory.Resolve(new EnvironmentSettings("hanabi", hanabi)));
        Assert.StartsWith($"{hanabi}: handSize: 5 players", hanabiError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesFollowTheRegistrations() => Assert.Equal(["gridworld", "matrix", "tag", "hanabi", "recall"], EnvironmentFactory.Names);
}

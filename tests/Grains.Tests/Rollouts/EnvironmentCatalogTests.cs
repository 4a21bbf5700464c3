using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

public sealed class EnvironmentCatalogTests
{
    [Fact]
    public void The_catalogue_of_environments_forgets_the_least_recently_used()
    {
        var catalog = new EnvironmentCatalog();
        var first = new EnvironmentSettings("matrix", "game0", """{ "rewards": [[1, 0], [0, 1]] }""");
        var info = catalog.Info(first);
        for (var i = 1; i < 64; i++) catalog.Info(first with { Variant = $"game{i}" });
        Assert.Same(info, catalog.Info(first with { }));
        catalog.Info(first with { Variant = "game64" });
        Assert.Same(info, catalog.Info(first));
        for (var i = 1; i <= 64; i++) catalog.Info(first with { Variant = $"game{i}" });
        Assert.NotSame(info, catalog.Info(first));
        Assert.Contains("nothing", Assert.Throws<SrpoGrainException>(() => catalog.Info(new EnvironmentSettings("nothing", "x"))).Message);
    }
}

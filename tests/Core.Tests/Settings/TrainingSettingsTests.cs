using System.Text.Json;
using Srpo.Core.Settings;

namespace Srpo.Core.Tests.Settings;

/// <summary>Settings of training, and how they are stored.</summary>
public sealed class TrainingSettingsTests
{
    [Fact]
    public void A_shared_trunk_makes_another_network()
    {
        Assert.NotEqual(new NetworkSettings(), new NetworkSettings { SharedTrunk = true });
        Assert.Equal(new NetworkSettings { SharedTrunk = true }, new NetworkSettings { SharedTrunk = true });
        Assert.Empty(new TrainingSettings { Method = "ippo", Network = new NetworkSettings { SharedTrunk = true } }.Validate());
    }

    [Theory]
    [InlineData("0", "ippo")]
    [InlineData("1", "srpo")]
    [InlineData("2", "pure-adversarial")]
    [InlineData("3", "self-play")]
    [InlineData("4", "fcp")]
    [InlineData("\"pureAdversarial\"", "pure-adversarial")]
    [InlineData("\"selfPlay\"", "self-play")]
    [InlineData("\"fictitiousCoPlay\"", "fcp")]
    [InlineData("\"srpo\"", "srpo")]
    [InlineData("\"own\"", "own")]
    public void A_stored_method_is_an_id_or_what_the_first_builds_stored(string stored, string method) =>
        Assert.Equal(method, JsonSerializer.Deserialize<TrainingSettings>($"{{ \"Method\": {stored} }}")!.Method);

    [Theory]
    [InlineData("5")]
    [InlineData("-1")]
    [InlineData("1.5")]
    public void A_number_that_no_build_has_stored_is_refused(string stored) =>
        Assert.Contains("train anew", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TrainingSettings>($"{{ \"Method\": {stored} }}")).Message);

    [Fact]
    public void Own_settings_are_equal_by_path_and_number_and_stored_only_where_there_are_any()
    {
        var none = new TrainingSettings { Method = "m" };
        var some = none with { Own = OwnSettings.With(OwnSettings.With(null, "m.b", 2), "m.a", 1) };
        Assert.Equal(some, none with { Own = new OwnSettings([new("m.a", 1), new("m.b", 2)]) });
        Assert.NotEqual(some, none with { Own = OwnSettings.With(null, "m.a", 1) });
        Assert.Equal(none, some with { Own = OwnSettings.With(OwnSettings.With(some.Own, "m.a", null), "m.b", null) });
        Assert.Equal((1, null), ((double)some.Own!["m.a"]!, some.Own["m.c"]));
        Assert.DoesNotContain("Own", JsonSerializer.Serialize(none), StringComparison.Ordinal);
        Assert.Equal(some, JsonSerializer.Deserialize<TrainingSettings>(JsonSerializer.Serialize(some)));
    }
}

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

    [Fact]
    public void Settings_that_cannot_mean_anything_together_are_refused_with_what_helps()
    {
        var settings = new TrainingSettings { Method = "ippo", CriticLearningRate = 1e-3, ValueClip = 0.2, HuberDelta = 10, NormaliseValues = true, LearningRateDecay = LearningRateDecay.Linear };
        Assert.Empty(settings.Validate());
        var trunk = Assert.Single((settings with { Network = new() { SharedTrunk = true } }).Validate());
        Assert.Equal("criticLearningRate", trunk.Field);
        Assert.Contains("network.sharedTrunk = false, or criticLearningRate = null", trunk.Remedy, StringComparison.Ordinal);
        Assert.Empty((settings with { CriticLearningRate = null, Network = new() { SharedTrunk = true } }).Validate());

        var gain = Assert.Single((settings with { Network = new() { HeadGain = 0.5 } }).Validate());
        Assert.Equal("network.headGain", gain.Field);
        Assert.Contains("network.initialisation = \"orthogonal\", or network.headGain = 0.01", gain.Remedy, StringComparison.Ordinal);
        Assert.Empty((settings with { Network = new() { HeadGain = 0.5, Initialisation = Initialisation.Orthogonal } }).Validate());
        Assert.NotEqual(new NetworkSettings(), new NetworkSettings { HeadGain = 0.5 });
        foreach (var (field, wrong) in new (string, TrainingSettings)[]
        {
            ("criticLearningRate", settings with { CriticLearningRate = 0 }), ("valueClip", settings with { ValueClip = 0 }), ("huberDelta", settings with { HuberDelta = double.NaN }),
            ("learningRateDecay", settings with { LearningRateDecay = (LearningRateDecay)2 }), ("network.headGain", settings with { Network = new() { HeadGain = 11 } }),
        })
            Assert.Equal(field, Assert.Single(wrong.Validate()).Field);
    }

    [Fact]
    public void What_was_stored_before_a_setting_was_there_has_its_default()
    {
        var before = JsonSerializer.Deserialize<TrainingSettings>("""{ "Method": "ippo", "Network": { "Hidden": [64, 64] } }""")!;
        Assert.Equal(new TrainingSettings { Method = "ippo" }, before);
        Assert.Equal(0.01, before.Network.HeadGain);
        var settings = before with { CriticLearningRate = 1e-3, ValueClip = 0.2, HuberDelta = 10, NormaliseValues = true, LearningRateDecay = LearningRateDecay.Linear, Network = new() { HeadGain = 1 } };
        Assert.Equal(settings, JsonSerializer.Deserialize<TrainingSettings>(JsonSerializer.Serialize(settings)));
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

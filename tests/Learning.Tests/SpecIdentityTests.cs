using System.Reflection;
using Srpo.Core.Settings;

namespace Srpo.Learning.Tests;

/// <summary>What makes two specs the same: every setting that decides a bit counts, and nothing else.</summary>
public sealed class SpecIdentityTests
{
    /// <summary>What changes nothing in any team.</summary>
    private static readonly string[] Indifferent = [nameof(PopulationSpec.Population), nameof(PopulationSpec.Teams), nameof(PopulationSpec.CheckpointInterval)];

    private static readonly PopulationSpec Spec = TestData.Spec(TestData.Small("srpo"));

    public static TheoryData<string> Properties() => [.. Of(typeof(PopulationSpec), "")];

    [Theory]
    [MemberData(nameof(Properties))]
    public void Every_property_counts_but_those_that_change_no_team(string path)
    {
        var other = (PopulationSpec)Changed(Spec, path.Split('.'));
        Assert.NotEqual(Spec, other);
        Assert.Equal(Indifferent.Contains(path), SpecIdentity.Of(Spec) == SpecIdentity.Of(other));
        Assert.False(SpecIdentity.Same(Spec, other));
        Assert.NotEqual("", SpecIdentity.Difference(Spec, other));
    }

    [Fact]
    public void The_identity_is_that_of_a_text_which_does_not_change()
    {
        // The text that is hashed, by hand: whatever becomes of the classes, checkpoints are known by it.
        var spec = new PopulationSpec
        {
            Population = "any",
            Environment = new EnvironmentSettings("gridworld", "official"),
            Teams = 3,
            Seed = 5,
            Training = new TrainingSettings { Method = "srpo", Tau = 2.5, Network = new NetworkSettings { Hidden = [32, 16] } },
        };
        const string Text = "srpo-spec 1\nenvironment=gridworld\nlayout=official\nmethod=srpo\nnetwork.hidden=32,16\nseed=5\ntau=2.5\n";
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Text))), SpecIdentity.Of(spec));
    }

    [Fact]
    public void An_environment_whose_rules_have_changed_says_so()
    {
        Assert.DoesNotContain("environment.rules", SpecIdentity.Lines(Spec).Keys);
        var tag = Spec with { Environment = new EnvironmentSettings("tag", "simple-tag") };
        Assert.Equal("2", SpecIdentity.Lines(tag)["environment.rules"]);
    }

    [Fact]
    public void A_setting_at_its_default_is_not_in_it()
    {
        var said = Spec with { Training = Spec.Training with { ValueWeight = new TrainingSettings { Method = "srpo" }.ValueWeight, Own = null } };
        Assert.Equal(SpecIdentity.Of(Spec), SpecIdentity.Of(said));
        Assert.DoesNotContain(SpecIdentity.Lines(Spec), line => line.Key is "valueWeight" or "gaeLambda");
    }

    [Fact]
    public void Texts_with_line_breaks_cannot_pass_for_other_lines()
    {
        var one = Spec with { Environment = new EnvironmentSettings("matrix", "a\nseed=9") };
        var other = Spec with { Environment = new EnvironmentSettings("matrix", "a\\nseed=9") };
        Assert.NotEqual(SpecIdentity.Of(one), SpecIdentity.Of(other));
    }

    [Fact]
    public void Where_a_model_lies_does_not_count_once_its_weights_are_known()
    {
        var known = Spec with { Training = Spec.Training with { Language = new() { Model = "/here/tiny", Weights = new string('a', 64) } } };
        var moved = known with { Training = known.Training with { Language = known.Training.Language with { Model = "/there/tiny" } } };
        var other = known with { Training = known.Training with { Language = known.Training.Language with { Weights = new string('b', 64) } } };
        Assert.Equal(SpecIdentity.Of(known), SpecIdentity.Of(moved));
        Assert.NotEqual(SpecIdentity.Of(known), SpecIdentity.Of(other));
    }

    [Fact]
    public void An_imported_policy_counts_by_its_bytes_and_how_they_were_read_and_not_by_its_name()
    {
        var file = new ImportedPolicy("policy.safetensors", new string('a', 64), "{}", "2026-01-31T12:00:00Z");
        var known = Spec with { Imported = [file] };
        Assert.Equal(SpecIdentity.Of(known), SpecIdentity.Of(known with { Imported = [file with { File = "other.safetensors", Imported = "2026-02-01T12:00:00Z" }] }));
        Assert.NotEqual(SpecIdentity.Of(known), SpecIdentity.Of(known with { Imported = [file with { Sha256 = new string('b', 64) }] }));
        Assert.NotEqual(SpecIdentity.Of(known), SpecIdentity.Of(known with { Imported = [file with { Names = "{ }" }] }));
        Assert.NotEqual(SpecIdentity.Of(known), SpecIdentity.Of(known with { Imported = [file, file] }));
    }

    private static IEnumerable<string> Of(Type type, string prefix) => type.GetProperties().Where(property => property.CanWrite).SelectMany(property =>
        property.PropertyType.Namespace == typeof(PopulationSpec).Namespace && property.PropertyType.IsClass && property.PropertyType != typeof(OwnSettings)
            ? Of(property.PropertyType, prefix + property.Name + ".")
            : [prefix + property.Name]);

    private static object Changed(object record, string[] path)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        var property = record.GetType().GetProperty(path[0])!;
        var value = property.GetValue(record);
        property.SetValue(copy, path.Length > 1 ? Changed(value ?? Activator.CreateInstance(property.PropertyType)!, path[1..]) : Other(property, value));
        return copy;
    }

    private static object Other(PropertyInfo property, object? value) => value switch
    {
        bool flag => !flag,
        int number => number + 1,
        ulong number => number + 1,
        double number => number + 0.125,
        string text => text + "x",
        Enum choice => Enum.GetValues(choice.GetType()).Cast<object>().First(other => !other.Equals(choice)),
        IReadOnlyList<int> list => new[] { 7 }.Concat(list).ToArray(),
        IReadOnlyList<PolicyReference> list => list.Append(new PolicyReference("other/0/0", 3)).ToArray(),
        IReadOnlyList<PluginReference> list => list.Append(new PluginReference("other", "1.0.0", new string('a', 64))).ToArray(),
        null when property.PropertyType == typeof(IReadOnlyList<ImportedPolicy>) => new[] { new ImportedPolicy("policy.safetensors", new string('a', 64), "{}", "2026-01-31T12:00:00Z") },
        null when property.PropertyType == typeof(double?) => 0.75,
        null when property.PropertyType == typeof(OwnSettings) => new OwnSettings([new("e3t.noise", 0.25)]),
        null when property.PropertyType == typeof(string) => "{}",
        _ => throw new InvalidOperationException($"say how {property.Name} is changed"),
    };
}

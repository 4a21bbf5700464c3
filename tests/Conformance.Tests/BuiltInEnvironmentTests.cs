using Srpo.Conformance.Environments;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Conformance.Tests;

/// <summary>Every built-in environment, in every built-in variant, passes every check; and of every check some environment is the object.</summary>
public sealed class BuiltInEnvironmentTests
{
    public static TheoryData<string, string, string> All
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var registration in BuiltIn)
            {
                foreach (var variant in registration.Variants)
                {
                    foreach (var (check, _) in EnvironmentConformance.Checks) data.Add(registration.Name, variant, check);
                }
            }

            return data;
        }
    }

    /// <summary>Those with faults that tests bring are not among them.</summary>
    private static IEnumerable<EnvironmentRegistration> BuiltIn =>
        EnvironmentFactory.Stepped.Where(registration => registration.Implementation.Assembly == typeof(IVectorEnvironment).Assembly);

    [Theory]
    [MemberData(nameof(All))]
    public void Passes(string name, string variant, string check)
    {
        var result = EnvironmentConformance.Run(new EnvironmentSettings(name, variant), check);
        Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString());
        Assert.Equal($"{name} {variant}", result.Subject);
        Assert.Equal(check, result.Check);
        Assert.Equal(result.Verdict == CheckVerdict.NotApplicable, result.Message.Length > 0);
    }

    [Fact]
    public void Every_check_has_something_to_check()
    {
        // The first variants will do: what an environment offers does not depend on them.
        var applied = BuiltIn.SelectMany(registration => EnvironmentConformance.Run(new EnvironmentSettings(registration.Name, registration.Variants[0])))
            .Where(result => result.Verdict == CheckVerdict.Passed).Select(result => result.Check).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(EnvironmentConformance.Checks.Select(check => check.Name).Order(StringComparer.Ordinal), applied.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Runs_every_check_of_every_variant_in_order()
    {
        var results = EnvironmentConformance.Run("matrix", seed: 3).ToArray();
        Assert.Equal(
            EnvironmentFactory.Find("matrix").Variants.SelectMany(variant => EnvironmentConformance.Checks.Select(check => ($"matrix {variant}", check.Name))),
            results.Select(result => (result.Subject, result.Check)));
        Assert.Throws<ArgumentException>(() => EnvironmentConformance.Run("matrx").ToArray());
    }
}

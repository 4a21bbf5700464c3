using Srpo.Conformance.Methods;
using Srpo.Learning.Methods;

namespace Srpo.Conformance.Tests;

/// <summary>Every built-in method passes every check.</summary>
public sealed class BuiltInMethodTests
{
    public static TheoryData<string> All => [.. MethodRegistry.All.Where(method => method.GetType().Assembly == typeof(Method).Assembly).Select(method => method.Id)];

    [Theory]
    [MemberData(nameof(All))]
    public void Passes(string method)
    {
        var results = MethodConformance.Run(method).ToArray();
        Assert.All(results, result => Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString()));

        // It trains on something, and there every check applies.
        Assert.Contains(results.GroupBy(result => result.Subject), subject => subject.All(result => result.Verdict == CheckVerdict.Passed));
        Assert.Equal(MethodConformance.Checks.Select(check => check.Name), results.Take(MethodConformance.Checks.Count).Select(result => result.Check));
    }
}

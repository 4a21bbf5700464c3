using Srpo.Core.Json;

namespace Srpo.Core.Tests.Json;

public class JsonFieldsTests
{
    [Theory]
    [InlineData("{\n  \"a\": 1,\n  \"b\": [1, {\"c\": \"x\"}]\n}", "b[1].c", " (line 3, column 18)")]
    [InlineData("{ \"b\": 1, // \"c\": 2\n \"ö\": \"ü\", \"c\": 3 }", "c", " (line 2, column 17)")]
    [InlineData("{ \"a.b\": { \"c\": [[0], [1, 2]] } }", "a.b.c[1][1]", " (line 1, column 27)")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "a", " (line 1, column 8)")]
    [InlineData("{ \"a\": 1 }", "missing", "")]
    public void A_wrong_field_is_told_with_its_place(string json, string field, string place)
    {
        var error = Assert.Throws<FormatException>(() => JsonFields.Read<int>(json, "game", "{}", _ => throw JsonFields.Wrong(field, $"must be {1.5}")));
        Assert.Equal($"{field}: must be 1.5{place}", error.Message);
    }

    [Theory]
    [InlineData("", "the scenario is not valid JSON: ", " (line 1, column 1)")]
    [InlineData("{\n \"ä\": 1,\n \"b\" 2 }", "the scenario is not valid JSON: ", " (line 3, column 6)")]
    [InlineData("[1]", "a scenario must be a JSON object: { ... }", "")]
    public void What_is_no_object_is_refused(string json, string beginning, string end)
    {
        var message = Assert.Throws<FormatException>(() => JsonFields.Read(json, "scenario", "{ ... }", root => root.Members.Count)).Message;
        Assert.StartsWith(beginning, message, StringComparison.Ordinal);
        Assert.EndsWith(end, message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_and_double_fields_are_refused_by_name()
    {
        Assert.Equal(
            "inner: unknown field 'tua'; did you mean 'tau'? Known fields: tau. (line 1, column 21)",
            Assert.Throws<FormatException>(() => JsonFields.Read(
                "{ \"inner\": { \"tua\": 1 } }", "game", "{}", root =>
                {
                    JsonFields.RequireKnown((JsonObjectValue)root["inner"]!, "inner.", ["tau"]);
                    return root.Members.Count;
                })).Message);
        Assert.Equal(
            "tau: is given twice; remove one of the two (line 1, column 10)",
            Assert.Throws<FormatException>(() => JsonFields.Read(
                "{ \"tau\": 1, \"tau\": 2 }", "game", "{}", root =>
                {
                    JsonFields.RequireKnown(root, "", ["tau"]);
                    return 0;
                })).Message);
    }
}

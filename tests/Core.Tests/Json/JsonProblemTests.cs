using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Json;
using Srpo.Core.Text;

namespace Srpo.Core.Tests.Json;

/// <summary>What is wrong with a text is said in words of whoever wrote it.</summary>
public sealed class JsonProblemTests
{
    /// <summary>Words that only programmers of .NET know.</summary>
    private static readonly string[] Foreign = ["isFinalBlock", "payload", "token", "delimiter", "Path:", "LineNumber", "BytePosition", "System.", "Srpo.", "Parameter", "UTF-16", "configured"];

    [Theory]
    [InlineData("", "there is nothing in it")]
    [InlineData("  // nothing", "there is nothing in it")]
    [InlineData("{ \"a\": ", "it ends before everything that was opened is closed")]
    [InlineData("{ \"a\": \"x", "it ends")]
    [InlineData("[1, 2}", "'}' closes something else than what was opened")]
    [InlineData("{ a: 1 }", "'a' cannot begin the name of a key; names stand in double quotes")]
    [InlineData("{ \"a\" 1 }", "'1' follows the name of a key, where ':' belongs")]
    [InlineData("{ \"a\": 1 \"b\": 2 }", "'\"' follows a value, where a comma or the closing bracket belongs")]
    [InlineData("{ \"a\": tru }", "is no value; texts stand in double quotes")]
    [InlineData("{ \"a\": 'x' }", "cannot begin a value; texts stand in double quotes")]
    [InlineData("{ \"a\": 01 }", "a number begins with a 0 too many")]
    [InlineData("{ \"a\": 1.e5 }", "number")]
    [InlineData("{ \"a\": 5x }", "'x' cannot follow a number")]
    [InlineData("{ \"a\": \"x\ty\" }", "cannot stand in a text as it is")]
    [InlineData("{ \"a\": \"\\q\" }", "a backslash with 'q' stands for nothing")]
    [InlineData("{ } 5", "'5' follows after the end")]
    [InlineData("{ \"a\": 0,5 }", "numbers have a decimal point: write 0.5")]
    [InlineData("{ \"a\": -12,75e3, \"b\": 1 }", "numbers have a decimal point: write -12.75e3")]
    public void A_text_that_is_no_JSON(string text, string expected)
    {
        var error = Assert.Throws<JsonTextException>(() => JsonSource.Parse("file", Encoding.UTF8.GetBytes(text)));
        Assert.Contains(expected, error.Reason, StringComparison.Ordinal);
        Assert.All(Foreign, word => Assert.DoesNotContain(word, error.Reason, StringComparison.Ordinal));
        Assert.Equal(error.Reason, error.Message);
    }

    [Fact]
    public void A_comma_in_a_list_is_none_in_a_number() => Assert.IsType<JsonListValue>(JsonSource.Parse("file", "[0,5]"u8.ToArray()));

    [Fact]
    public void A_record_of_another_kind()
    {
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Record>("{ \"Name\":\n 5 }"));
        Assert.Equal("the value of 'Name' is not of the kind that belongs there (line 2, column 3)", JsonProblem.Of(error));
        error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Record>("{}"));
        Assert.StartsWith("it lacks Name", JsonProblem.Of(error), StringComparison.Ordinal);
        Assert.Equal("our own words", JsonProblem.Of(new JsonException("our own words")));
    }

    [Theory]
    [InlineData("0,5", "0.5")]
    [InlineData(" -1,25e-3 ", "-1.25e-3")]
    [InlineData(",5", ".5")]
    [InlineData("64,x", null)]
    [InlineData("1,2,3", null)]
    [InlineData("0.5", null)]
    public void Numbers_with_a_comma_are_recognised(string text, string? number) => Assert.Equal(number, DecimalComma.Corrected(text));

    [Fact]
    public void What_the_runtime_adds_to_a_message_is_left_out()
    {
        Assert.Equal("2 players are not enough", SrpoException.MessageOf(new ArgumentException("2 players are not enough", "players")));
        Assert.Equal("lane 3 has no such action", SrpoException.MessageOf(new ArgumentOutOfRangeException("actions", 9, "lane 3 has no such action")));
        Assert.Equal("Srpo:HttpPort: 'abc' is not a whole number", SrpoException.Plain("Failed to convert configuration value 'abc' at 'Srpo:HttpPort' to type 'System.Int32'."));
        foreach (Exception error in new Exception[] { new InsufficientMemoryException(), new AggregateException(new InvalidOperationException("x", new InsufficientMemoryException())) })
        {
            Assert.True(SrpoException.IsOutOfMemory(error));
            Assert.StartsWith("there is not enough memory", SrpoException.MessageOf(error), StringComparison.Ordinal);
            Assert.Equal(ErrorKind.Environment, SrpoException.OfWork(error is AggregateException ? error.InnerException! : error));
        }
    }

    private sealed class Record
    {
        public required string Name { get; init; }
    }
}

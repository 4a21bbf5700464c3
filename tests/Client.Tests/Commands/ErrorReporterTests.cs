using Srpo.Client.Cli;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Tests.Commands;

/// <summary>Exit codes follow from the kind of an error, whatever its words are.</summary>
public sealed class ErrorReporterTests
{
    public static TheoryData<ErrorKind> Kinds() => [.. Enum.GetValues<ErrorKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_an_exit_code_of_its_own(ErrorKind kind)
    {
        var code = ErrorReporter.CodeOf(kind);
        Assert.DoesNotContain(code, new[] { ExitCode.Ok, ExitCode.Internal });
        Assert.Equal(kind, Assert.Single(Enum.GetValues<ErrorKind>(), other => ErrorReporter.CodeOf(other) == code));
        Assert.Equal(code, ErrorReporter.Describe(new SrpoException(kind, "damaged, denied, no space left on device")).Code);
        Assert.Equal(code, ErrorReporter.Describe(new SrpoGrainException(kind, "another process is writing")).Code);
    }

    [Fact]
    public void A_refusal_is_the_requests_fault_unless_its_cause_says_otherwise()
    {
        Assert.Equal(ErrorKind.Usage, new SrpoGrainException("the disk is full").Kind);
        Assert.Equal(ErrorKind.Usage, new SrpoGrainException("no", new ArgumentException("such thing")).Kind);
        Assert.Equal(ErrorKind.Environment, new SrpoGrainException("no", new IOException("gone")).Kind);
        Assert.Equal(ErrorKind.Damaged, new SrpoGrainException("no", new CorruptStateException("x")).Kind);
    }

    [Fact]
    public void What_several_threads_have_met_is_said_once()
    {
        var said = new StringWriter();
        var (first, second) = (new SrpoException(ErrorKind.NotFound, "no such thing"), new SrpoException(ErrorKind.Usage, "nor this"));
        Assert.Equal((int)ExitCode.NotFound, ErrorReporter.Report(new AggregateException(new OperationCanceledException(), first, second), said, verbose: false));
        Assert.Equal("srpo: no such thing" + Environment.NewLine, said.ToString());
        Assert.Equal((int)ExitCode.Internal, ErrorReporter.Report(new AggregateException(first, new InvalidOperationException("a fault")), said, verbose: false));
    }

    [Fact]
    public void Work_that_fails_says_what_was_in_its_way()
    {
        Assert.Equal(ErrorKind.Failed, SrpoException.OfWork(new TrainingDivergedException("access denied")));
        Assert.Equal(ErrorKind.Failed, SrpoException.OfWork(new UnknownGrainException("x")));
        Assert.Equal(ErrorKind.Environment, SrpoException.OfWork(new InvalidOperationException("x", new UnauthorizedAccessException())));
        Assert.Equal(ErrorKind.Damaged, SrpoException.OfWork(new CorruptStateException("x")));
    }
}

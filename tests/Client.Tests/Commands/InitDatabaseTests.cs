using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Commands;

[Collection(PostgresTests.Name)]
public sealed class InitDatabaseTests(PostgresServer server)
{
    [PostgresFact]
    public async Task The_database_is_prepared_once_and_left_as_it_is_after_that()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("connection", await server.CreateAsync());
        string[] command = ["admin", "init-db", "--connection-file", file];
        var processes = await Task.WhenAll(SrpoProcess.RunAsync(directory.Root, command), SrpoProcess.RunAsync(directory.Root, command));
        foreach (var outcome in processes) outcome.Expect(ExitCode.Ok);
        Assert.Equal(1, processes.Count(outcome => outcome.Out.Contains("applied  storage 1", StringComparison.Ordinal)));
        Assert.Equal(1, processes.Count(outcome => outcome.Out.Contains("was up to date; nothing was changed", StringComparison.Ordinal)));
        var again = (await InProcess.RunAsync(directory.Root, [.. command, "--json"])).Expect(ExitCode.Ok);
        Assert.Contains("\"applied\": false", again.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\"applied\": true", again.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, again.Out + processes[0].Out + processes[1].Out, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Errors_of_the_connection_are_explained_without_the_password()
    {
        using var directory = new TemporaryDirectory();
        var good = await server.CreateAsync();
        foreach (var (text, message) in new[]
        {
            (good.Replace("Username=srpo", "Username=nobody", StringComparison.Ordinal), "user or password is refused"),
            (good + ";Database=absent", "there is no such database"),
            ("Host=127.0.0.1;Port=1;Username=u;Password=" + PostgresServer.Password, "nobody answers there"),
        })
        {
            var outcome = (await InProcess.RunAsync(directory.Root, "admin", "init-db", "--verbose", "--connection", text)).Expect(ExitCode.Environment);
            Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(PostgresServer.Password, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_dry_run_prints_the_statements_and_needs_no_database()
    {
        using var directory = new TemporaryDirectory();
        var outcome = (await InProcess.RunAsync(directory.Root, "admin", "init-db", "--dry-run")).Expect(ExitCode.Ok);
        Assert.Contains("CREATE TABLE srpo_state_chunk", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("MembershipReadAllKey", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_connection_it_says_where_one_can_be_given()
    {
        using var directory = new TemporaryDirectory();
        Assert.Contains("SRPO_CLUSTER_CONNECTION", (await InProcess.RunAsync(directory.Root, "admin", "init-db")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        var outcome = (await InProcess.RunAsync(directory.Root, "admin", "init-db", "--connection", "geheim")).Expect(ExitCode.Usage);
        Assert.Contains("Host=HOST", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", outcome.Error, StringComparison.Ordinal);
    }
}

using Npgsql;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

[Collection(PostgresTests.Name)]
public sealed class PostgresSchemaTests(PostgresServer server)
{
    [PostgresFact]
    public async Task The_schema_is_made_once_however_often_and_by_however_many()
    {
        var database = PostgresConnection.Parse(await server.CreateAsync());
        Assert.Contains("run `srpo admin init-db`", await PostgresSchema.MissingAsync(database, CancellationToken.None));
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostgresSchema.ApplyAsync(database, CancellationToken.None)));
        foreach (var step in PostgresSchema.Steps) Assert.Equal(1, all.Count(actions => actions.Single(action => action.Step == step).Applied));
        Assert.DoesNotContain(await PostgresSchema.ApplyAsync(database, CancellationToken.None), action => action.Applied);
        Assert.Null(await PostgresSchema.MissingAsync(database, CancellationToken.None));
    }

    [PostgresFact]
    public async Task Whoever_waited_for_another_one_sees_what_that_one_made()
    {
        var text = await server.CreateAsync();
        var (first, second) = (PostgresConnection.Parse(text + ";Application Name=first"), PostgresConnection.Parse(text + ";Application Name=second;Maximum Pool Size=1"));
        Assert.NotNull(await PostgresSchema.MissingAsync(second, CancellationToken.None));
        await using var connection = await first.OpenAsync();
        await using var command = new NpgsqlCommand(PostgresSchema.Script.Replace("COMMIT;", "", StringComparison.Ordinal), connection);
        await command.ExecuteNonQueryAsync();
        var waiting = PostgresSchema.ApplyAsync(second, CancellationToken.None);
        command.CommandText = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        await Until.HoldsAsync("the second one waits for the lock", async () => await command.ExecuteScalarAsync() is not 0L);
        command.CommandText = "COMMIT";
        await command.ExecuteNonQueryAsync();
        Assert.DoesNotContain(await waiting, action => action.Applied);
    }

    [PostgresFact]
    public async Task The_printed_script_does_the_same()
    {
        var database = PostgresConnection.Parse(await server.CreateAsync());
        await ExecuteAsync(database, PostgresSchema.Script);
        Assert.Null(await PostgresSchema.MissingAsync(database, CancellationToken.None));
        Assert.DoesNotContain(await PostgresSchema.ApplyAsync(database, CancellationToken.None), action => action.Applied);
    }

    [PostgresFact]
    public async Task Databases_of_others_and_of_newer_versions_are_left_alone()
    {
        var others = PostgresConnection.Parse(await server.CreateAsync());
        await ExecuteAsync(others, "CREATE TABLE OrleansQuery (QueryKey varchar(64) PRIMARY KEY, QueryText varchar(8000)); INSERT INTO OrleansQuery VALUES ('MembershipReadAllKey', 'SELECT 1')");
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => PostgresSchema.ApplyAsync(others, CancellationToken.None));
        Assert.Contains("another application", error.Message);

        var newer = await server.PreparedAsync();
        await ExecuteAsync(newer, "INSERT INTO srpo_schema (component, version) VALUES ('storage', 99)");
        foreach (var act in new Func<Task>[] { () => PostgresSchema.ApplyAsync(newer, CancellationToken.None), () => PostgresSchema.MissingAsync(newer, CancellationToken.None) })
            Assert.Contains("newer version", (await Assert.ThrowsAsync<SrpoGrainException>(act)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("Database=x")]
    [InlineData("Host=h;Passwort=geheim;x")]
    [InlineData("Host=h;Port=geheim")]
    [InlineData("postgres://u:geheim@h/db")]
    public void A_connection_string_that_is_none_is_not_repeated(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => PostgresConnection.Parse(text));
        Assert.Contains("Host=HOST", error.Message);
        Assert.DoesNotContain("geheim", error.ToString());
    }

    [Fact]
    public void Connections_are_named_without_the_password()
    {
        var connection = PostgresConnection.Parse("Host=db;Port=6000;Database=d;Username=u;Password=geheim");
        Assert.Equal("database 'd' at db:6000 (user 'u')", connection.ToString());
        Assert.Contains("Maximum Pool Size=24", connection.ConnectionString);
        Assert.Contains("Maximum Pool Size=7", PostgresConnection.Parse("Host=db;Maximum Pool Size=7").ConnectionString);
    }

    private static async Task ExecuteAsync(PostgresConnection database, string sql)
    {
        await using var connection = await database.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

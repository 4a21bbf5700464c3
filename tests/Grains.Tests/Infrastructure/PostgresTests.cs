namespace Srpo.Grains.Tests;

/// <summary>Tests that share one PostgreSQL server, each with a database of its own; one after the other, since some restart it.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}

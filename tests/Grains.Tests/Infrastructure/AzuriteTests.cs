namespace Srpo.Grains.Tests;

/// <summary>Tests that share one Azurite, each with names of its own; one after the other, since some stop it.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<AzuriteServer>
{
    public const string Name = "azurite";
}

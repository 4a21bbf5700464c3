namespace Srpo.Grains.Tests;

/// <summary>Stands in for the tests of several silos where Orleans cannot be restored, so that their absence is seen.</summary>
public sealed class ClusterTests
{
    [Fact(Skip = "needs Microsoft Orleans: the stand-in runs in one process only")]
    public void Two_silos_give_the_bits_of_one()
    {
    }
}

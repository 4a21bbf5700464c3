namespace Srpo.Client.Tests.Cluster;

/// <summary>Stands in for the tests of several silos where Orleans cannot be restored, so that their absence is seen.</summary>
public sealed class PostgresClusterTests
{
    [Fact(Skip = "needs Microsoft Orleans: the stand-in runs in one process only")]
    public void Silos_with_a_database_give_the_bits_of_one_process_with_files()
    {
    }

    [Fact(Skip = "needs Microsoft Orleans: the stand-in runs in one process only")]
    public void A_silo_joins_although_all_others_died_a_moment_ago()
    {
    }
}

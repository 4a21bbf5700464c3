using System.Globalization;
using System.Text;

namespace Srpo.Grains.Storage;

/// <summary>
/// What Microsoft.Orleans.Clustering.AdoNet asks of a database: a table OrleansQuery with one statement for each of its query
/// keys. Parameters and result columns of the statements are Orleans' contract; the tables behind them are ours. A change of
/// membership must happen only if the table version is the one that the silo read; version and row change in one statement.
/// </summary>
internal static class MembershipSchema
{
    public const string Component = "membership";

    /// <summary>Begins every statement, so that rows of somebody else can be told from ours.</summary>
    public const string Mark = "/* srpo */ ";

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS OrleansQuery (
            QueryKey varchar(64) NOT NULL PRIMARY KEY,
            QueryText text NOT NULL
        );
        CREATE TABLE srpo_cluster (
            cluster text NOT NULL PRIMARY KEY,
            version integer NOT NULL DEFAULT 0,
            changed timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE srpo_cluster IS 'Srpo: one row for each cluster of silos; version counts changes of its membership';
        CREATE TABLE srpo_silo (
            cluster text NOT NULL REFERENCES srpo_cluster (cluster) ON DELETE CASCADE,
            address text NOT NULL,
            port integer NOT NULL,
            generation integer NOT NULL,
            name text NOT NULL,
            host text NOT NULL,
            status integer NOT NULL,
            gateway_port integer NOT NULL,
            suspected_by text,
            started timestamptz NOT NULL,
            alive timestamptz NOT NULL,
            PRIMARY KEY (cluster, address, port, generation)
        );
        COMMENT ON TABLE srpo_silo IS 'Srpo: the silos of each cluster, written by the silos themselves';
        """;

    private const string Silo = "s.cluster = @DeploymentId AND s.address = @Address AND s.port = @Port AND s.generation = @Generation";

    private const string Entry = """
        s.address AS "Address", s.port AS "Port", s.generation AS "Generation", s.name AS "SiloName", s.host AS "HostName", s.status AS "Status",
            s.gateway_port AS "ProxyPort", s.suspected_by AS "SuspectTimes", s.started AS "StartTime", s.alive AS "IAmAliveTime", c.version AS "Version"
        """;

    /// <summary>A silo counts as dead with this status.</summary>
    private const int Dead = 6;

    /// <summary>The statement of each query key.</summary>
    public static IReadOnlyDictionary<string, string> Queries { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["GatewaysQueryKey"] =
            """SELECT s.address AS "Address", s.gateway_port AS "ProxyPort", s.generation AS "Generation" FROM srpo_silo s WHERE s.cluster = @DeploymentId AND s.status = @Status AND s.gateway_port > 0""",
        ["MembershipReadRowKey"] =
            $"SELECT {Entry} FROM srpo_cluster c LEFT JOIN srpo_silo s ON s.cluster = c.cluster AND {Silo} WHERE c.cluster = @DeploymentId",
        ["MembershipReadAllKey"] =
            $"SELECT {Entry} FROM srpo_cluster c LEFT JOIN srpo_silo s ON s.cluster = c.cluster WHERE c.cluster = @DeploymentId",
        ["InsertMembershipVersionKey"] =
            "WITH made AS (INSERT INTO srpo_cluster (cluster) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) > 0 FROM made",
        ["InsertMembershipKey"] =
            $"""
            WITH turn AS (UPDATE srpo_cluster SET version = version + 1, changed = now() WHERE cluster = @DeploymentId AND version = @Version
                    AND NOT EXISTS (SELECT 1 FROM srpo_silo s WHERE {Silo}) RETURNING 1),
                made AS (INSERT INTO srpo_silo (cluster, address, port, generation, name, host, status, gateway_port, started, alive)
                    SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM turn
                    RETURNING 1)
            SELECT count(*) > 0 FROM made
            """,
        ["UpdateMembershipKey"] =
            $"""
            WITH turn AS (UPDATE srpo_cluster SET version = version + 1, changed = now() WHERE cluster = @DeploymentId AND version = @Version
                    AND EXISTS (SELECT 1 FROM srpo_silo s WHERE {Silo}) RETURNING 1),
                made AS (UPDATE srpo_silo s SET status = @Status, suspected_by = @SuspectTimes, alive = @IAmAliveTime FROM turn WHERE {Silo} RETURNING 1)
            SELECT count(*) > 0 FROM made
            """,
        ["UpdateIAmAlivetimeKey"] = $"UPDATE srpo_silo s SET alive = @IAmAliveTime WHERE {Silo}",
        ["DeleteMembershipTableEntriesKey"] = "DELETE FROM srpo_cluster WHERE cluster = @DeploymentId",
        ["CleanupDefunctSiloEntriesKey"] =
            string.Create(CultureInfo.InvariantCulture, $"DELETE FROM srpo_silo WHERE cluster = @DeploymentId AND status = {Dead} AND alive < @IAmAliveTime"),
    };

    public static IReadOnlyList<SchemaStep> Steps { get; } =
    [
        new(Component, 1, "tables OrleansQuery, srpo_cluster and srpo_silo: who is in the cluster", Tables),
        new(Component, 2, "rows of OrleansQuery: the statements by which Orleans reads and changes them", Rows()),
    ];

    private static string Rows()
    {
        var text = new StringBuilder("INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES\n");
        var separator = "";
        foreach (var (key, query) in Queries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{separator}    ('{key}', '{Mark}{query.Replace("'", "''", StringComparison.Ordinal)}')");
            separator = ",\n";
        }

        return text.Append("\nON CONFLICT (QueryKey) DO UPDATE SET QueryText = EXCLUDED.QueryText;").ToString();
    }
}

namespace Srpo.Silo;

/// <summary>What --help shows, and what is no setting.</summary>
internal static class Usage
{
    /// <summary>The first argument that is neither a setting nor the value of one, which the configuration would pass over in silence; null if there is none.</summary>
    public static string? Stray(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal)) return arguments[i];
            if (!arguments[i].Contains('=', StringComparison.Ordinal)) i++;
        }

        return null;
    }

    public const string Text = """
        srpo silo [--Srpo:NAME=VALUE ...]

        Starts a silo of a cluster and stays in the foreground; Ctrl-C or SIGTERM ends it after storing what is under way.
        Settings are arguments, environment variables (Srpo__NAME, with __ for each colon) or entries of appsettings.json:

          --Srpo:SiloPort=11111             port for other silos
          --Srpo:GatewayPort=30000          port for clients, srpo ... --cluster localhost:30000
          --Srpo:HealthUrl=http://127.0.0.1:8090
                                            health, metrics, log levels
          --Srpo:PrimarySiloPort=11111      on the second and further silos of a machine, without a database
          --Srpo:DataDirectory=runs         where state is kept in files
          --Srpo:ShareDataDirectory=true    several silos keep their state there
          --Srpo:ClusterId=NAME             name of the cluster; with postgres and azure it must be given
          --Srpo:Cluster:Kind=KIND          localhost, development, postgres, azure: who keeps the list of silos
          --Srpo:Cluster:ConnectionStringFile=FILE
                                            a file with the connection string of the database or storage account
          --Srpo:Cluster:AdvertisedAddress=ADDRESS
                                            address of this machine for others; 127.0.0.1 without it
          --Srpo:Storage:Kind=KIND          files, postgres, azure: where the state of grains is kept
          --Srpo:Workers=N                  worker threads; one for each core without it
          --Srpo:Plugins:0=FILE             assembly of a plug-in, or python:MODULE.FACTORY, Plugins:1 of another; every
                                            silo needs the same ones

        All settings: docs/cluster-settings.md, docs/security.md, docs/observability.md, docs/plugins.md. How to start several: deploy/README.md.

        """;
}

using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Srpo.Silo;

/// <summary>The pages of this program, section "Srpo:Pages".</summary>
internal sealed class PagesSettings
{
    public const string Section = SiloSettings.Section + ":Pages";

    /// <summary>Whether the pages of `srpo dashboard` are served at /, behind the token of Srpo:Http. <value>False by default.</value></summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Addresses and networks (CIDR) of the proxies in front of the pages, comma between, for example 10.0.0.7,10.244.0.0/16: X-Forwarded-For, -Proto and -Host of these and of nobody else
    /// are believed. <value>empty by default: such headers are passed over, whoever sends them.</value>
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>What the proxies are believed; null where there are none.</summary>
    /// <exception cref="SiloSettingsException">An entry is neither address nor network, or the pages are not served.</exception>
    public ForwardedHeadersOptions? Forwarded()
    {
        string[] entries = [.. Proxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (entries.Length == 0) return null;
        if (!Enabled) throw new SiloSettingsException("Pages:Proxies", Proxies, "only the pages heed proxies: set Srpo:Pages:Enabled=true, or leave it out");

        // One entry, that of the proxy itself: what stands before it a client may have written.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost, ForwardLimit = 1 };

        // Those that ASP.NET Core believes by itself: everybody on this machine.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var entry in entries)
        {
            if ((entry.Contains(':', StringComparison.Ordinal) || entry.Count(c => c == '.') == 3) && IPAddress.TryParse(entry, out var address)) options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(entry, out var network) && IPAddress.Parse(entry[..entry.IndexOf('/', StringComparison.Ordinal)]).Equals(network.BaseAddress)) options.KnownIPNetworks.Add(network);
            else throw new SiloSettingsException("Pages:Proxies", Proxies, $"'{entry}' is neither an address such as 10.0.0.7 nor a network such as 10.244.0.0/16, whose bits after the prefix are 0");
        }

        return options;
    }
}

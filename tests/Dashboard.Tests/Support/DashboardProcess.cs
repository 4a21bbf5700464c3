using System.Text.Json;
using Srpo.Client.Tests.Support;

namespace Srpo.Dashboard.Tests.Support;

/// <summary>`srpo dashboard` in a process of its own.</summary>
internal sealed class DashboardProcess : IDisposable
{
    private DashboardProcess(SrpoProcess process, string link) => (Process, Link) = (process, link);

    public SrpoProcess Process { get; }

    /// <summary>The address with the token.</summary>
    public string Link { get; }

    /// <summary>The address without it, with a slash at its end.</summary>
    public Uri Address => new(new Uri(Link).GetLeftPart(UriPartial.Authority) + "/");

    public static async Task<DashboardProcess> StartAsync(string directory, params string[] arguments)
    {
        var process = SrpoProcess.Start(directory, ["dashboard", "--port", "0", "--json", .. arguments]);
        try
        {
            await process.UntilAsync("it prints its link", () => Task.FromResult(process.Output.TrimEnd().EndsWith('}')));
            return new DashboardProcess(process, JsonDocument.Parse(process.Output).RootElement.GetProperty("url").GetString()!);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public void Dispose() => Process.Dispose();
}

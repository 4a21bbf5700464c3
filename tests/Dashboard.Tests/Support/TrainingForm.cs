using System.Globalization;
using Microsoft.Playwright;
using Srpo.Client.Live;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Dashboard.Tests.Support;

/// <summary>The form that starts a population, as a person fills it in, and the end of what was started by it.</summary>
internal static class TrainingForm
{
    /// <summary>Small updates, many of which are done in a second.</summary>
    public const string Small = "lanes=4\nhorizon=20\ncurveInterval=400\ncheckpointInterval=50\nevaluationSteps=20\nnetwork.hidden=[8]";

    /// <summary>Fills the form in and sends it.</summary>
    public static async Task SendAsync(Visit visit, string name, int updates, string further = Small)
    {
        await visit.Link("Start").ClickAsync();
        await visit.Page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync(name);
        await visit.Page.GetByLabel("Method").SelectOptionAsync("ippo");
        await visit.Page.GetByLabel("Teams", new PageGetByLabelOptions { Exact = true }).FillAsync("2");
        await visit.Page.GetByLabel("Updates").FillAsync(updates.ToString(CultureInfo.InvariantCulture));
        await visit.Page.GetByLabel("Further settings").FillAsync(further);
        await visit.Button("Start").ClickAsync();
    }

    /// <summary>Ends whatever still trains in a data directory, so that a test that failed leaves nothing behind.</summary>
    public static void EndAll(TemporaryDirectory directory)
    {
        foreach (var process in LiveRegistry.All(new DataDirectory(directory["runs"])).Where(process => process.Info.ProcessId != Environment.ProcessId))
        {
            using var training = System.Diagnostics.Process.GetProcessById(process.Info.ProcessId);
            training.Kill();
            training.WaitForExit();
        }
    }
}

using System.Globalization;
using System.Text.Json;
using Orleans.Storage;
using Srpo.Core.Results;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>A piece of a learning curve, stored once and not with every record of its population.</summary>
[GenerateSerializer, Alias("srpo.CurvePage")]
internal sealed class CurvePage
{
    /// <summary>Points in order of rounds.</summary>
    [Id(0)]
    public List<CurvePoint> Points { get; set; } = [];
}

/// <summary>
/// Keeps long learning curves in pages beside the record of their population, so that what is written with every checkpoint does not grow with the training behind it.
/// A page is stored before the record that counts on it. One that an interrupted process left behind, or that a team which went back has given up, is written over.
/// </summary>
/// <param name="storage">Where records of populations are.</param>
/// <param name="grain">Whose they are.</param>
/// <param name="meter">Measures reads and writes, where given.</param>
internal sealed class CurvePages(IGrainStorage storage, GrainId grain, SrpoMeter? meter = null)
{
    /// <summary>Points of a page. The record keeps as many at least: curves of less than twice as many have no page.</summary>
    public const int Size = 256;

    private const string Name = "curve";

    /// <summary>The name of a page.</summary>
    /// <param name="team">The team.</param>
    /// <param name="number">The page, from 0.</param>
    public static string PageName(int team, int number) => string.Create(CultureInfo.InvariantCulture, $"{Name}{team}-{number}");

    /// <summary>Gives the teams of a record the points that their pages have, those that do not have them yet.</summary>
    /// <param name="record">The record, which may change meanwhile.</param>
    /// <returns>What cannot be read and is left out of the curves; null if nothing is missing.</returns>
    public async Task<string?> ReadAsync(PopulationRecord record)
    {
        var missing = await Task.WhenAll(record.Teams.Select((team, index) => team.HasPages ? Task.FromResult<string?>(null) : ReadAsync(team, index)));
        return missing.OfType<string>().FirstOrDefault() is { } first ? $"{first}; the learning curve is shown without its points" : null;
    }

    /// <summary>Has a team go back to a round, or stay there.</summary>
    /// <param name="team">What is stored of the team.</param>
    /// <param name="index">The team.</param>
    /// <param name="round">The round.</param>
    /// <returns>Which points of its curve are lost thereby; null if none are.</returns>
    public async Task<string?> CutAsync(TeamRecord team, int index, int round)
    {
        if (team.CutPage(round) is not { } number)
        {
            team.CutTo(round, null);
            return null;
        }

        var (page, damage) = await ReadAsync(index, number);
        team.CutTo(round, page.RecordExists ? page.State!.Points : null);
        return page.RecordExists ? null : string.Create(CultureInfo.InvariantCulture, $"up to {Size} points of the learning curve of team {index} are lost: {damage ?? "their page is missing"}");
    }

    /// <summary>Stores the pages that have become full. The record must be stored afterwards.</summary>
    /// <param name="record">The record, which may change meanwhile.</param>
    public Task StoreAsync(PopulationRecord record) => Array.Exists(record.Teams, team => team.FullPage is not null) ? StoreFullAsync(record) : Task.CompletedTask;

    /// <summary>Removes all pages. Repeating it is harmless.</summary>
    /// <param name="teams">Teams of the population.</param>
    /// <param name="record">The record; null where it cannot be read.</param>
    public async Task ClearAsync(int teams, PopulationRecord? record)
    {
        for (var team = 0; team < teams; team++)
        {
            var known = record is not null && team < record.Teams.Length ? record.Teams[team].PageEnds.Count : 0;
            for (var number = 0; ; number++)
            {
                var (page, damage) = await ReadAsync(team, number);
                if (page.ETag is not null || damage is not null) await MeasureAsync("clear", storage.ClearStateAsync(PageName(team, number), grain, page));
                else if (number >= known) break;
            }
        }
    }

    private async Task StoreFullAsync(PopulationRecord record)
    {
        for (var team = 0; team < record.Teams.Length; team++)
        {
            while (team < record.Teams.Length && record.Teams[team] is { FullPage: { } points } full)
            {
                var number = full.PageEnds.Count;
                var (page, _) = await ReadAsync(team, number);
                page.State = new CurvePage { Points = [.. points] };
                await MeasureAsync("write", storage.WriteStateAsync(PageName(team, number), grain, page));

                // A team that went back meanwhile has fewer points, or others.
                if (!full.TryMoveToPage(number, points)) break;
            }
        }
    }

    private async Task<string?> ReadAsync(TeamRecord team, int index)
    {
        while (true)
        {
            string? missing = null;
            var (pages, cuts) = (new List<CurvePoint[]>(), team.Cuts);

            // Others may become full meanwhile, which are read too.
            while (pages.Count < team.PageEnds.Count && cuts == team.Cuts)
            {
                var (page, damage) = await ReadAsync(index, pages.Count);
                if (!page.RecordExists) missing ??= damage ?? string.Create(CultureInfo.InvariantCulture, $"page {pages.Count} of the learning curve of team {index} is missing");
                pages.Add(page.RecordExists ? [.. page.State!.Points] : []);
            }

            if (cuts != team.Cuts) continue;
            if (!team.HasPages) team.TakePages(pages);
            return missing;
        }
    }

    private async Task<(GrainState<CurvePage> Page, string? Damage)> ReadAsync(int team, int number)
    {
        var page = new GrainState<CurvePage>();
        try
        {
            await MeasureAsync("read", storage.ReadStateAsync(PageName(team, number), grain, page));
            return (page, null);
        }
        catch (Exception error) when (error is CorruptStateException or JsonException or FormatException)
        {
            return (page, error.Message);
        }
    }

    private Task MeasureAsync(string operation, Task act) => meter is null ? act : meter.MeasureAsync(Name, operation, act);
}

using Srpo.Reporting.Figures;

namespace Srpo.Reporting.Tests;

/// <summary>HarfBuzz reads a font in native code, where no collection may take it away.</summary>
public sealed class FontSubsetTests
{
    private const string Text = "SRPO, tau 0.1, 95 % of 1234567890 runs; Überlänge";

    [Fact]
    public async Task Collections_meanwhile_change_no_font()
    {
        var font = FontMetrics.FontFile("Arimo-Regular.ttf");
        var expected = FontSubset.Of(font, Text);
        Assert.InRange(expected.Length, 1000, font.Length / 4);

        using var done = new CancellationTokenSource();
        var collecting = Task.Run(() => Collect(font.Length, done.Token));
        try
        {
            await Parallel.ForAsync(0, 2, async (_, _) =>
            {
                await Task.Yield();
                for (var i = 0; i < 4000; i++) Assert.Equal(expected, FontSubset.Of(font, Text));
            });
        }
        finally
        {
            await done.CancelAsync();
        }

        await collecting;
    }

    /// <summary>Frees what nobody holds, and writes over it.</summary>
    private static void Collect(int length, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            new byte[length].AsSpan().Fill(0xFF);
        }
    }
}

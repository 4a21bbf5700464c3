using System.Text;
using Spectre.Console;

namespace Srpo.Client.Output;

/// <summary>Makes Spectre consoles that write to a shell's streams.</summary>
internal static class Consoles
{
    public static IAnsiConsole Create(TextWriter writer, bool isTerminal, int width)
    {
        var plain = !isTerminal || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Standard,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new StreamOutput(writer, isTerminal, width),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
    }

    private sealed class StreamOutput : IAnsiConsoleOutput
    {
        public StreamOutput(TextWriter writer, bool isTerminal, int width)
        {
            Writer = writer;
            IsTerminal = isTerminal;
            Width = width;
        }

        public TextWriter Writer { get; }

        public bool IsTerminal { get; }

        public int Width { get; }

        public int Height => 40;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Core.Text;
using Srpo.Environments;
using Srpo.Experiments;
using Srpo.Learning;
using Srpo.Learning.Plugins;

namespace Srpo.Client.Commands;

/// <summary>`srpo show`: what agents see, without any agent, and which scripted players there are.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Name = new("ENVIRONMENT") { Description = "An environment: " + string.Join(", ", CommandExtensions.EnvironmentNames()) + "." };

    private static readonly Option<string?> Layout = new("--layout") { Description = "A built-in layout or game, or a file. Default: the first one.", HelpName = "LAYOUT" };

    private static readonly Option<int?> Seat = CommandExtensions.WholeOption("--seat", "The seat that observes, from 0. Default: 0.", 0, 255);

    private static readonly Option<string?> Encoding = new("--encoding")
    {
        Description = $"How the observation is written: {string.Join(", ", Encodings)}. Default: the first of them that the environment offers.",
        HelpName = "ENCODING",
    };

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the episode; the first drawing of `srpo replay` is the same.", HelpName = "N", DefaultValueFactory = _ => 1 };

    /// <summary>The words for encodings.</summary>
    public static IEnumerable<string> Encodings => Enum.GetValues<ObservationEncoding>().Select(Word);

    private static readonly Argument<string?> Any = new("ENVIRONMENT") { Description = "Those that can play in an environment: " + string.Join(", ", CommandExtensions.EnvironmentNames()) + ". Default: all.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(Shell shell) => new("show", "Show what agents see, and which scripted players there are.")
    {
        new Command("observation", "Print what a seat observes when an episode begins, with the meaning of every number.") { Name, Layout, Seat, Encoding, Seed }
            .OnThisMachine().Handle(shell, context => Task.FromResult(Run(context))),
        new Command("players", "List the scripted players: partners that follow rules written by hand, which `srpo import scripted:NAME` takes.") { Any, Layout }
            .OnThisMachine().Handle(shell, context => Task.FromResult(Players(context))),
    };

    private static int Run(CommandContext context)
    {
        var registration = CommandExtensions.FindEnvironment(context.Get(Name));
        if (!registration.IsStepped) throw new SrpoException(ErrorKind.Usage, $"nobody observes numbers in {registration.Name}: language models play it; `srpo replay` shows what they say");
        var settings = new EnvironmentSettings(registration.Name, registration.Variants[0]);
        if (context.Get(Layout) is { } layout) settings = TypedLayouts.One(layout, settings, context.Shell.Directory);
        var info = EnvironmentFactory.Info(settings);
        var seat = context.Get(Seat) ?? 0;
        if (seat >= info.Seats) throw new SrpoException(ErrorKind.Usage, $"--seat {seat} is not possible; the seats of {info.Name} {info.Variant} are 0 to {info.Seats - 1}");
        var encoding = Chosen(context.Get(Encoding), info);

        using var episode = new EpisodeSession(settings, new FrozenPolicy?[info.Seats], context.Get(Seed), episode: 0);
        var values = new float[info.ObservationLength(encoding)];
        episode.Environment.Observe(seat, encoding, values);
        var slots = episode.Environment.Slots(seat, encoding);
        var legal = new byte[info.Actions];
        episode.Environment.ReadLegalActions(seat, legal);
        if (context.Json)
        {
            context.PrintJson(new
            {
                Environment = info.Name,
                Layout = info.Variant,
                Seat = seat,
                Encoding = Word(encoding),
                Seed = context.Get(Seed),
                episode.Frame.Drawing,
                Legal = info.MasksActions ? legal.Select(may => (int)may) : null,
                Observation = slots.Select((slot, i) => new { slot.Index, Value = values[i], slot.Meaning, slot.Minimum, slot.Maximum }),
            });
            return (int)ExitCode.Ok;
        }

        var head = $"{info.Name} {info.Variant}, seat {seat}, encoding {Word(encoding)}: {values.Length} numbers";
        foreach (var line in new FrameView(head, episode.Frame.Drawing, registration.WordsBelowPicture(info)).Lines(context.Shell.OutColumns)) context.Out.WriteLine(line);
        Tables.Print(context.Shell, ["slot#", "value#", "meaning", "least#", "most#"], slots.Select((slot, i) => (IReadOnlyList<string>)[
            slot.Index.ToString(CultureInfo.InvariantCulture), Number(values[i]), slot.Meaning, Number(slot.Minimum), Number(slot.Maximum)]));
        return (int)ExitCode.Ok;
    }

    private static int Players(CommandContext context)
    {
        var players = ScriptedPlayers.All;
        if (context.Find(Any) is { } name)
        {
            var registration = CommandExtensions.FindEnvironment(name);
            var settings = new EnvironmentSettings(registration.Name, registration.Variants[0]);
            if (context.Get(Layout) is { } layout) settings = TypedLayouts.One(layout, settings, context.Shell.Directory);
            players = registration.IsStepped && ArchitectureRegistry.Source(registration.Name) is null ? ScriptedPlayers.For(EnvironmentFactory.Info(settings)) : [];
        }
        else if (context.Get(Layout) is not null)
        {
            throw new SrpoException(ErrorKind.Usage, "--layout: name the environment whose layout it is");
        }

        if (context.Json)
        {
            context.PrintJson(players.Select(player => new { player.Name, player.Environment, player.Description, player.Rules, LoadedPlugins.ReferenceOf(player).Plugin }));
            return (int)ExitCode.Ok;
        }

        if (players.Count == 0) context.Out.WriteLine("there is none");
        else Tables.Print(context.Shell, ["player", "environment", "plug-in", "what it does"], players.Select(player => (IReadOnlyList<string>)[
            ScriptedReference.Prefix + player.Name, player.Environment ?? "any", LoadedPlugins.OfPlayer(player.Name)?.Reference.Name ?? "", player.Description]));
        return (int)ExitCode.Ok;
    }

    /// <summary>The encoding of a word, or the first that the environment offers.</summary>
    private static ObservationEncoding Chosen(string? word, EnvironmentInfo info)
    {
        ObservationEncoding[] offered = [.. Enum.GetValues<ObservationEncoding>().Where(encoding => info.ObservationLengths[(int)encoding] > 0)];
        if (word is null) return offered[0];
        foreach (var encoding in offered)
        {
            if (string.Equals(word, Word(encoding), StringComparison.OrdinalIgnoreCase)) return encoding;
        }

        throw new SrpoException(ErrorKind.Usage, $"--encoding: {info.Name} {info.Variant}: {NearestName.Unknown("encoding", word, [.. offered.Select(Word)])}");
    }

    private static string Word(ObservationEncoding encoding) => JsonNamingPolicy.CamelCase.ConvertName(encoding.ToString());

    private static string Number(float value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}

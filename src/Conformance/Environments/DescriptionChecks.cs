using System.Text;
using Srpo.Environments;
using static Srpo.Conformance.BrokenException;

namespace Srpo.Conformance.Environments;

/// <summary>What an environment says of itself.</summary>
internal static class DescriptionChecks
{
    public static string? Description(EnvironmentSubject subject)
    {
        var (registration, info) = (subject.Registration, subject.Info);
        var environment = subject.Create(1);
        Unless(registration.Variants.Count > 0, $"there is no built-in {registration.VariantKind}");
        Unless(info.Name == registration.Name, $"Info.Name is '{info.Name}'; the environment is registered as '{registration.Name}'");
        Unless(subject.Settings.Definition is not null || info.Variant == subject.Settings.Variant, $"Info.Variant is '{info.Variant}'; asked for was '{subject.Settings.Variant}'");
        Unless(environment.GetType() == registration.Implementation, $"Create makes a {environment.GetType().Name}; registered is {registration.Implementation.Name}");
        Unless(info.Seats is >= 2 and <= 255, $"it has {info.Seats} seats; 2 to 255 are possible");
        Unless(info.TeamSeats >= 1 && info.TeamSeats <= info.Seats, $"{info.TeamSeats} of {info.Seats} seats are the team's");
        Unless(info.Actions is >= 2 and <= 255, $"it has {info.Actions} actions; 2 to 255 are possible");
        Unless(info.ActionNames.Count == info.Actions, $"{info.ActionNames.Count} actions have names; there are {info.Actions}");
        Unless(info.ActionNames.All(name => !string.IsNullOrWhiteSpace(name)), $"an action has no name");
        Unless(info.ActionNames.Distinct(StringComparer.Ordinal).Count() == info.Actions, $"two actions have one name");
        Unless(info.EpisodeLength >= 1, $"an episode has {info.EpisodeLength} steps");
        Unless(info.ObservationStates >= 0, $"there are {info.ObservationStates} different observations");
        var encodings = Enum.GetValues<ObservationEncoding>().Length;
        Unless(info.ObservationLengths.Count == encodings, $"ObservationLengths has {info.ObservationLengths.Count} numbers; there are {encodings} encodings");
        Unless(info.ObservationLengths.All(length => length >= 0) && info.ObservationLengths.Any(length => length > 0), $"no encoding is offered");

        var described = EnvironmentFactory.Info(subject.Settings);
        Unless(Text(described) == Text(info), $"Describe says {Text(described)}, what Create makes says {Text(info)}");
        var keys = registration.Keys(environment);
        Unless(keys.Count == info.Actions, $"there are keys for {keys.Count} of {info.Actions} actions");
        var twice = keys.Where(key => key.Length > 0).GroupBy(key => key, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Unless(twice is null, $"the key '{twice?.Key}' stands for two actions");
        for (var seat = 0; seat < info.Seats; seat++) Unless(!string.IsNullOrWhiteSpace(registration.Guide(environment, seat).Goal), $"the guide of seat {seat} names no goal");
        foreach (var preset in registration.Presets)
            Unless(registration.Variants.Contains(preset.Layout, StringComparer.Ordinal), $"the preset '{preset.Name}' trains on '{preset.Layout}', which is not built in");
        return null;
    }

    public static string? Definition(EnvironmentSubject subject)
    {
        var (registration, settings) = (subject.Registration, subject.Settings);
        var text = settings.Definition ?? registration.ReadBuiltIn(settings.Variant);
        var complete = registration.Complete(text, settings.Variant, null);
        Unless(registration.Complete(complete, settings.Variant, null) == complete, $"Complete changes a definition that it has made");
        var expected = subject.Probe(2).Play(subject.Seed, 40);
        var actual = subject.Watch(new EnvironmentProbe(subject.Keep(registration.Create(complete, settings.Variant, null, 2)))).Play(subject.Seed, 40);
        CourseChecks.RequireEqual(expected, actual, $"a completed definition is another game than the one that it completes");
        foreach (var nonsense in new[] { "", "\u0001", "{ \"nonsense\": ", "nonsense\nnonsense" })
        {
            try
            {
                registration.Create(nonsense, "nonsense", null, 1);
            }
            catch (FormatException)
            {
                // As it should be. What takes any text is none of our business.
            }
            catch (Exception error)
            {
                throw new BrokenException($"the definition '{nonsense.ReplaceLineEndings(" ")}' gives {error.GetType().Name}; what cannot be read is a FormatException");
            }
        }

        UnlessRefused<ArgumentException>(() => registration.Create(text, settings.Variant, null, 0), $"an environment without lanes");
        return null;
    }

    public static string? Drawing(EnvironmentSubject subject)
    {
        var probe = subject.Probe(3);
        probe.Reset(subject.Seed);
        for (var step = 0; step <= Math.Min(subject.Steps, 60); step++)
        {
            if (step > 0) probe.PlayStep();
            for (var lane = 0; lane < probe.Lanes; lane++)
            {
                RequirePlain(probe.Environment.Render(lane), lane, "Render");
                if (probe.Environment is not ISeatView view) continue;
                for (var seat = 0; seat < probe.Info.Seats; seat++) RequirePlain(view.RenderFor(lane, seat), lane, "RenderFor");
            }
        }

        return null;
    }

    private static void RequirePlain(string drawing, int lane, string what)
    {
        Unless(!string.IsNullOrWhiteSpace(drawing), $"{what} draws nothing in lane {lane}");
        foreach (var rune in drawing.EnumerateRunes())
            Unless(!Rune.IsControl(rune) || rune.Value == '\n', $"{what} writes the control character U+{rune.Value:X4} in lane {lane}; drawings are plain text, whose lines end with U+000A");
    }

    private static string Text(EnvironmentInfo info) => FormattableString.Invariant(
        $"{info.Name} {info.Variant}, {info.Seats} seats ({info.TeamSeats} of the team), actions {string.Join('/', info.ActionNames)}, {info.EpisodeLength} steps, observations {string.Join('/', info.ObservationLengths)} ({info.ObservationStates} states), turns {info.TurnBased}, masks {info.MasksActions}, ends early {info.EndsEarly}, shared reward {info.SharedReward}, saves lanes {info.SavesLanes}");
}

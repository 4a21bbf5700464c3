using Srpo.Core.Settings;
using Srpo.Core.Text;

namespace Srpo.Learning.Methods;

/// <summary>All methods: every sealed record of this folder, found by its type, then those of plug-ins. Thread-safe.</summary>
public static class MethodRegistry
{
    private static readonly Lock Changes = new();

    private static volatile Known _known = new(
    [
        .. typeof(Method).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Method)) && !type.IsAbstract)
            .Select(type => (Method)Activator.CreateInstance(type)!)
            .OrderBy(method => method.Id, StringComparer.Ordinal),
    ]);

    /// <summary>The methods that can be asked for: the built-in ones in order of their ids, then those of plug-ins as they came. The same list until another one comes.</summary>
    public static IReadOnlyList<Method> All => _known.Methods;

    /// <summary>Ids of the methods.</summary>
    public static IReadOnlyList<string> Ids => _known.Ids;

    /// <summary>Takes a method that comes from elsewhere, before any is asked for. One whose id is known already is not taken again.</summary>
    /// <param name="method">The method.</param>
    public static void Register(Method method)
    {
        ArgumentNullException.ThrowIfNull(method);
        lock (Changes)
        {
            if (Find(method.Id) is null) _known = new([.. _known.Every, method]);
        }
    }

    /// <summary>The method of an id, also one that cannot be asked for; or null.</summary>
    public static Method? Find(string? id) => Array.Find(_known.Every, method => method.Id == id);

    /// <summary>The method of an id.</summary>
    /// <exception cref="SettingsException">There is none; the message names the known ones and the nearest.</exception>
    public static Method Get(string? id) => Find(id) ?? throw new SettingsException("method", NearestName.Unknown("method", id ?? "", [.. Ids]), "use one of " + string.Join(", ", Ids));

    /// <summary>The method that settings ask for.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    public static Method Of(TrainingSettings settings) => Get(settings.Method);

    /// <summary>All methods as a Markdown table, as it stands in docs/methods/README.md.</summary>
    public static string ToMarkdown() =>
        "| method | what it does | source | page |\n|---|---|---|---|\n"
        + string.Concat(All.Select(method => $"| `{method.Id}` | {method.Summary} | {method.Source} | [{method.Title}]({method.Id}.md) |\n"));

    /// <summary>Whether one network plays all seats of the team.</summary>
    /// <exception cref="SettingsException">There is no such method.</exception>
    public static bool UsesOnePolicy(this TrainingSettings settings) => Of(settings).UsesOnePolicy(settings);

    /// <summary>The methods at one time.</summary>
    /// <param name="every">Those that cannot be asked for, too.</param>
    private sealed class Known(Method[] every)
    {
        public Method[] Every => every;

        public Method[] Methods { get; } = [.. every.Where(method => method.Trains)];

        public string[] Ids { get; } = [.. every.Where(method => method.Trains).Select(method => method.Id)];
    }
}

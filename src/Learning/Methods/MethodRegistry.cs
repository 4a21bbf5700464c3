using Srpo.Core.Settings;
using Srpo.Core.Text;

namespace Srpo.Learning.Methods;

/// <summary>All methods: every sealed record of this folder, found by its type.</summary>
public static class MethodRegistry
{
    /// <summary>The methods, in order of their ids.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        .. typeof(Method).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Method)) && !type.IsAbstract)
            .Select(type => (Method)Activator.CreateInstance(type)!)
            .OrderBy(method => method.Id, StringComparer.Ordinal),
    ];

    /// <summary>Ids of the methods.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. All.Select(method => method.Id)];

    /// <summary>The method of an id, or null.</summary>
    public static Method? Find(string? id) => All.FirstOrDefault(method => method.Id == id);

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
}

using Srpo.Core.Errors;

namespace Srpo.Core.Settings;

/// <summary>A setting that cannot be used: which, why, and what to do.</summary>
/// <param name="Field">Path of the setting as the user writes it, for example "adversary.entropy".</param>
/// <param name="Reason">What is wrong, with the value.</param>
/// <param name="Remedy">What would be right.</param>
public sealed record SettingsProblem(string Field, string Reason, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field}: {Reason}; {Remedy}";
}

/// <summary>Settings that cannot be used.</summary>
public sealed class SettingsException : SrpoException
{
    /// <summary>An exception for a list of problems.</summary>
    public SettingsException(IReadOnlyList<SettingsProblem> problems)
        : base(ErrorKind.Usage, string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>An exception for one problem.</summary>
    public SettingsException(string field, string reason, string remedy)
        : this([new SettingsProblem(field, reason, remedy)]) { }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }
}

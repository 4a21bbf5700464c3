using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Data;

/// <summary>Names of runs. They have no dot, because populations are named RUN.METHOD.</summary>
public static class RunIds
{
    /// <summary>Checks what a user typed to name a run that exists.</summary>
    /// <exception cref="SrpoException">No run can have this id.</exception>
    public static string Check(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (IsValid(id)) return id;
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        throw dot > 0 && IsValid(id[..dot])
            ? new SrpoException(ErrorKind.Usage, $"'{GrainKeys.Shown(id)}' is not the id of a run but of a part of one; the run is '{id[..dot]}'")
            : Invalid(id);
    }

    /// <summary>Checks an id or a name that a user gives to a run: one that could be taken for an option could not be typed again.</summary>
    /// <exception cref="SrpoException">It is not possible.</exception>
    public static string CheckNew(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return IsValid(id) && id[0] != '-' ? id : throw Invalid(id);
    }

    private static bool IsValid(string id) => PopulationSpec.IsValidName(id) && !id.Contains('.', StringComparison.Ordinal) && id.Length <= 60;

    private static SrpoException Invalid(string id) =>
        new(ErrorKind.Usage, $"'{GrainKeys.Shown(id)}' is not a valid id; use 1 to 60 letters, digits, '-' or '_', not beginning with '-'");
}

using Srpo.Core.Errors;
using Srpo.Core.Settings;

namespace Srpo.Experiments.Data;

/// <summary>Names of runs. They have no dot, because populations are named RUN.METHOD.</summary>
public static class RunIds
{
    /// <summary>Checks an id that a user chose.</summary>
    public static string Check(string id) => PopulationSpec.IsValidName(id) && !id.Contains('.', StringComparison.Ordinal) && id.Length <= 60
        ? id
        : throw new SrpoException(ErrorKind.Usage, $"'{id}' is not a valid id; use 1 to 60 letters, digits, '-' or '_'");
}

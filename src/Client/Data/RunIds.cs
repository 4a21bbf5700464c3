using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;

namespace Srpo.Client.Data;

/// <summary>Names of runs. They have no dot, because populations are named RUN.METHOD.</summary>
internal static class RunIds
{
    /// <summary>Checks an id that a user chose.</summary>
    public static string Check(string id) => PopulationSpec.IsValidName(id) && !id.Contains('.', StringComparison.Ordinal) && id.Length <= 60
        ? id
        : throw new SrpoException(ErrorKind.Usage, $"'{id}' is not a valid id; use 1 to 60 letters, digits, '-' or '_'");

    /// <summary>Locks the first free id NAME-1, NAME-2, ...</summary>
    public static RunLock TakeFirstFree(DataDirectory data, string name)
    {
        for (var number = 1; ; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            if (Directory.Exists(data.Run(id))) continue;
            var held = RunLock.TryTake(data, id);
            if (held is null) continue;
            if (!Directory.Exists(data.Run(id))) return held;
            held.Dispose();
        }
    }
}

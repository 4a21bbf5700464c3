namespace Srpo.Client.Development;

/// <summary>What is asked of the start of a development cluster; null for what it has been, else the default.</summary>
/// <param name="Silos">How many silos.</param>
/// <param name="Storage">Where they keep their state.</param>
/// <param name="Workers">Worker threads of each.</param>
/// <param name="Plugins">What `--plugin` takes, from wherever it is typed; empty for what it has been.</param>
/// <param name="SiloProgram">The program of a silo, absolute.</param>
internal sealed record DevRequest(int? Silos, DevStorageKind? Storage, int? Workers, IReadOnlyList<string> Plugins, string? SiloProgram);

using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Grains.Storage;

namespace Srpo.Silo;

/// <summary>Checks that several groups of settings share.</summary>
internal static class SettingRules
{
    /// <summary>Throws unless a number is within a range.</summary>
    public static void Range(string name, double value, double low, double high)
    {
        if (!(value >= low && value <= high)) throw new SiloSettingsException(name, value, $"use a number from {low} to {high}");
    }

    /// <summary>The kind that a text names.</summary>
    public static T Kind<T>(string name, string? text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(text![0])
            ? kind
            : throw new SiloSettingsException(name, text, $"use one of {string.Join(", ", Enum.GetNames<T>().Select(value => value.ToLowerInvariant()))}");

    /// <summary>The connection string that a setting or a file gives, null if neither is given. It is never part of a message.</summary>
    public static string? Secret(string name, string? text, string? file)
    {
        if (!string.IsNullOrWhiteSpace(text)) return text.Trim();
        if (string.IsNullOrWhiteSpace(file)) return null;
        try
        {
            return UserFile.ReadSecret(Path.GetFullPath(file), "file with the connection string", file).Trim();
        }
        catch (SrpoException error)
        {
            throw new SiloSettingsException(name + "File", file, $"name a file that can be read: {error.Message}");
        }
    }

    /// <summary>The storage account of a connection string.</summary>
    public static AzureAccount Azure(string name, string? text)
    {
        if (text is null) throw new SiloSettingsException(name, "", $"give the connection string of a storage account, or the name of a file that holds it in {name}File");
        try
        {
            return AzureAccount.Parse(text);
        }
        catch (ArgumentException)
        {
            throw new SiloSettingsException(name, "(not shown)", "write 'DefaultEndpointsProtocol=https;AccountName=NAME;AccountKey=KEY;EndpointSuffix=core.windows.net', as the portal shows it");
        }
    }

    /// <summary>Makes something of a connection string that may lack a part.</summary>
    public static T Checked<T>(string name, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException error)
        {
            throw new SiloSettingsException(name, "(not shown)", error.Message);
        }
    }

    /// <summary>The PostgreSQL database of a connection string.</summary>
    public static PostgresConnection Postgres(string name, string? text)
    {
        if (text is null) throw new SiloSettingsException(name, "", $"give a connection string of PostgreSQL, or the name of a file that holds it in {name}File");
        try
        {
            return PostgresConnection.Parse(text);
        }
        catch (ArgumentException)
        {
            throw new SiloSettingsException(name, "(not shown)", "write 'Host=HOST;Database=NAME;Username=USER;Password=...'");
        }
    }
}

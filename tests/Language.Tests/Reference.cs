namespace Srpo.Language.Tests;

/// <summary>Files that came from other programs, beside the tests.</summary>
internal static class Reference
{
    public static string PathOf(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Reference", .. parts]);
}

using System.Runtime.InteropServices;
using HarfBuzzSharp;

namespace Srpo.Reporting.Figures;

/// <summary>Fonts with no more than the glyphs of a text, by HarfBuzz: its native library lies beside Skia's, and the packages' assembly has no words for this part of it.</summary>
internal static partial class FontSubset
{
    private const string Library = "libHarfBuzzSharp";

    /// <summary>A font that draws a text as another one does.</summary>
    /// <param name="font">The font's file, TrueType.</param>
    /// <param name="text">All characters that it is to draw.</param>
    /// <returns>The file of the smaller font; the whole one where HarfBuzz cannot make it.</returns>
    public static byte[] Of(byte[] font, string text)
    {
        try
        {
            return Make(font, text) ?? font;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // A PDF is larger then, and otherwise the same.
            return font;
        }
    }

    private static byte[]? Make(byte[] font, string text)
    {
        using var blob = Copied(font);
        using var face = new Face(blob, 0);
        var input = CreateInput();
        if (input == 0) return null;
        try
        {
            var characters = Characters(input);
            foreach (var character in text.EnumerateRunes()) Add(characters, (uint)character.Value);
            var subset = Subset(face.Handle, input);
            if (subset == 0) return null;
            var made = ReferenceBlob(subset);
            DestroyFace(subset);
            try
            {
                var data = Data(made, out var length);
                var bytes = new byte[length];
                Marshal.Copy(data, bytes, 0, bytes.Length);
                return bytes.Length == 0 ? null : bytes;
            }
            finally
            {
                DestroyBlob(made);
            }
        }
        finally
        {
            DestroyInput(input);
        }
    }

    /// <summary>
    /// A blob with a copy of its own. Blob.FromStream has none: it leaves HarfBuzz with the address of an array that nobody holds, and a collection
    /// before the last glyph is read gives broken fonts or ends the process.
    /// </summary>
    private static unsafe Blob Copied(byte[] font)
    {
        fixed (byte* data = font) return new Blob((nint)data, font.Length, MemoryMode.Duplicate);
    }

    [LibraryImport(Library, EntryPoint = "hb_subset_input_create_or_fail")]
    private static partial nint CreateInput();

    [LibraryImport(Library, EntryPoint = "hb_subset_input_unicode_set")]
    private static partial nint Characters(nint input);

    [LibraryImport(Library, EntryPoint = "hb_set_add")]
    private static partial void Add(nint set, uint character);

    [LibraryImport(Library, EntryPoint = "hb_subset_or_fail")]
    private static partial nint Subset(nint face, nint input);

    [LibraryImport(Library, EntryPoint = "hb_face_reference_blob")]
    private static partial nint ReferenceBlob(nint face);

    [LibraryImport(Library, EntryPoint = "hb_blob_get_data")]
    private static partial nint Data(nint blob, out uint length);

    [LibraryImport(Library, EntryPoint = "hb_face_destroy")]
    private static partial void DestroyFace(nint face);

    [LibraryImport(Library, EntryPoint = "hb_blob_destroy")]
    private static partial void DestroyBlob(nint blob);

    [LibraryImport(Library, EntryPoint = "hb_subset_input_destroy")]
    private static partial void DestroyInput(nint input);
}

using System.Text;
using System.Text.Json;
using Srpo.Core.Json;

namespace Srpo.Environments.Recordings;

/// <summary>
/// Streams the episodes of a recording: one JSON object a line with an <c>id</c>, a list of steps and what else its environment needs, plain or
/// gzip (told by content, not by name). Blank lines are skipped, fields that nobody asks for ignored.
/// </summary>
internal static class RecordingLines
{
    /// <summary>Reads a file line by line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Makes an episode of the fields of a line, which are valid during the call only; their place names the episode.</param>
    /// <exception cref="RecordingException">Cannot be opened, is damaged, is not UTF-8, is not JSON, has no line at all, or a line without id.</exception>
    internal static IEnumerable<T> Read<T>(string path, Func<RecordingFields, T> read)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Objects(path).Select(item =>
        {
            var place = new RecordingPlace(path, item.Line);
            return read(RecordingFields.Of(item.Object, place with { Episode = RecordingFields.Of(item.Object, place).Text("id") }));
        });
    }

    private static IEnumerable<(int Line, JsonElement Object)> Objects(string path)
    {
        var (opened, packed) = Open(path);
        using var reader = opened;
        var number = 0;
        var found = false;
        while (true)
        {
            var line = ReadLine(reader, path, number + 1);
            if (packed && line == MarkedGzip.EndMark) break;
            if (line is null)
            {
                if (!packed) break;
                throw new RecordingException(new RecordingPlace(path, number), "the packed file is cut off, or something that is not gzip follows it");
            }

            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            found = true;
            using var document = Parse(line, path, number);
            yield return (number, document.RootElement);
        }

        if (!found) throw new RecordingException(new RecordingPlace(path), "there is no episode in the file");
    }

    private static (StreamReader Reader, bool Packed) Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = File.OpenRead(path);
            var packed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            if (!packed && file.Length > 0 && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                throw new RecordingException(new RecordingPlace(path), "the name ends in .gz but the content is not gzip");
            return (new StreamReader(packed ? MarkedGzip.Unpack(file) : file, new UTF8Encoding(false, throwOnInvalidBytes: true)), packed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new RecordingException(new RecordingPlace(path), $"cannot be read: {error.Message}", error);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    private static string? ReadLine(StreamReader reader, string path, int line)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw new RecordingException(new RecordingPlace(path, line), "is not UTF-8 text (at or after this line)", error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new RecordingException(
                new RecordingPlace(path, line), $"the file is damaged or cut off at or after this line: {error.Message}", error);
        }
    }

    private static JsonDocument Parse(string text, string path, int line)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException error)
        {
            throw new RecordingException(
                new RecordingPlace(path, line), $"is not valid JSON, or the file is cut off here: {JsonProblem.Of(error)}", error);
        }
    }
}

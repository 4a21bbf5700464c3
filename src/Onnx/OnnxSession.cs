using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using Srpo.Core.Errors;

namespace Srpo.Onnx;

/// <summary>A file that is ready to run; whoever plays it shares it with all others that play the same file, and it is closed when the last of them has gone. Thread-safe.</summary>
internal sealed partial class OnnxSession : IDisposable
{
    private static readonly Lock Lock = new();
    private static readonly Dictionary<string, Shared> Open = new(StringComparer.Ordinal);

    private readonly string _hash;
    private Shared? _shared;

    private OnnxSession(string hash, Shared shared)
    {
        (_hash, _shared) = (hash, shared);
        (Session, File) = shared.Made.Value;
    }

    /// <summary>It runs on the thread that asks it, any number of threads at a time.</summary>
    public InferenceSession Session { get; }

    /// <summary>What its file says of itself.</summary>
    public OnnxFile File { get; }

    /// <summary>Sessions that are open.</summary>
    public static int Count
    {
        get
        {
            lock (Lock) return Open.Count;
        }
    }

    /// <summary>A file, ready to run. Dispose it.</summary>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="SrpoException">It cannot run, or ONNX Runtime cannot be loaded.</exception>
    public static OnnxSession Acquire(byte[] file)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        Shared shared;
        lock (Lock)
        {
            if (!Open.TryGetValue(hash, out shared!)) Open.Add(hash, shared = new Shared(new(() => Make(file))));
            shared.Users++;
        }

        try
        {
            return new OnnxSession(hash, shared);
        }
        catch
        {
            Leave(hash, shared);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _shared, null) is { } shared) Leave(_hash, shared);
    }

    /// <summary>What the library says of an error, without its codes and places in sources.</summary>
    /// <param name="error">The error.</param>
    public static string Reason(OnnxRuntimeException error)
    {
        var text = Places().Replace(Codes().Replace(error.Message, ""), "").ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return text.Length <= 400 ? text : text[..400] + "...";
    }

    /// <summary>An error that names things of a file, without the control characters that its names may have.</summary>
    /// <param name="kind">Why it cannot play.</param>
    /// <param name="message">For the user.</param>
    /// <param name="error">The cause, or null.</param>
    public static SrpoException Refuse(ErrorKind kind, string message, Exception? error = null) => new(kind, Plain(message), error);

    /// <summary>A text of a file without control characters.</summary>
    /// <param name="text">The text.</param>
    public static string Plain(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter)) : text;

    private static void Leave(string hash, Shared shared)
    {
        lock (Lock)
        {
            if (--shared.Users > 0) return;
            Open.Remove(hash);
        }

        if (shared.Made.IsValueCreated) shared.Made.Value.Session.Dispose();
    }

    private static (InferenceSession Session, OnnxFile File) Make(byte[] bytes)
    {
        OnnxFile file;
        try
        {
            file = OnnxFile.Read(bytes);
        }
        catch (FormatException error)
        {
            throw Refuse(ErrorKind.Damaged, error.Message, error);
        }

        if (file.Outside.Count > 0)
        {
            throw Refuse(
                ErrorKind.Usage, $"its weights lie in other files ({string.Join(", ", file.Outside.Take(5))}); expected one file with all of them: export it with external_data=False, or save it with onnx.save_model(model, FILE, save_as_external_data=False)");
        }

        if (file.Random.Count > 0)
            throw Refuse(ErrorKind.Usage, $"it draws random numbers ({string.Join(", ", file.Random)}); expected a function of the observation: export the logits from before the draw, actions are drawn here");
        OnnxLibrary.Load();
        try
        {
            using var options = new SessionOptions
            {
                // On the thread that asks, one operator after the other: threads belong to the worker pool, and bits do not depend on how many there are.
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            return (new InferenceSession(bytes, options), file);
        }
        catch (OnnxRuntimeException error)
        {
            var written = FormattableString.Invariant($"it is written for operators of version {file.Opset} (opset), format {file.IrVersion} (IR)");
            throw Newest().Match(error.Message) is { Success: true } newest
                ? Refuse(ErrorKind.Usage, $"{written}; expected opset {newest.Groups[1].Value} at most: export it with an older opset_version", error)
                : Refuse(ErrorKind.Usage, $"{OnnxLibrary.Name} cannot run it: {Reason(error)}; {written}", error);
        }
    }

    [GeneratedRegex(@"^\[ErrorCode:\w+\]\s*")]
    private static partial Regex Codes();

    [GeneratedRegex(@"(?:/[\w.+-]+)+\.(?:cc|h|hpp|cpp):\d+\s*(?:[^\n]*\)\s*)?|\s*Non-zero status code returned while running ")]
    private static partial Regex Places();

    [GeneratedRegex(@"official support for domain (?:ai\.onnx|) ?is till opset (\d+)")]
    private static partial Regex Newest();

    private sealed class Shared(Lazy<(InferenceSession Session, OnnxFile File)> made)
    {
        public Lazy<(InferenceSession Session, OnnxFile File)> Made { get; } = made;

        public int Users { get; set; }
    }
}

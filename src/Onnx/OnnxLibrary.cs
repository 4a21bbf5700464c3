using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Srpo.Core.Errors;

namespace Srpo.Onnx;

/// <summary>ONNX Runtime, loaded when the first graph is run.</summary>
internal static class OnnxLibrary
{
    private static readonly Lazy<string> Loaded = new(Start);

    /// <summary>Its name and version.</summary>
    /// <exception cref="SrpoException">It cannot be loaded.</exception>
    public static string Name => Loaded.Value;

    /// <summary>Loads it. Does nothing where it is there already.</summary>
    /// <exception cref="SrpoException">It cannot be loaded.</exception>
    public static void Load() => _ = Loaded.Value;

    private static string Start()
    {
        try
        {
            // What goes wrong comes as an exception; the library would write it to standard error besides.
            var options = new EnvironmentCreationOptions { logId = "srpo", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            var environment = OrtEnv.IsCreated ? OrtEnv.Instance() : OrtEnv.CreateInstanceWithOptions(ref options);
            environment.DisableTelemetryEvents();
            return "ONNX Runtime " + environment.GetVersionString();
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            var cause = error is TypeInitializationException { InnerException: { } inner } ? inner : error;
            throw new SrpoException(
                ErrorKind.Environment, $"ONNX Runtime, which plays imported ONNX graphs, cannot be loaded on {RuntimeInformation.RuntimeIdentifier}: {cause.Message.ReplaceLineEndings(" ").Trim()}", error);
        }
    }
}

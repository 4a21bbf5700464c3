using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using TorchSharp;

namespace Srpo.Learning.Torch;

/// <summary>A GPU that libtorch can use.</summary>
/// <param name="Index">Its number, as in `torch:cuda:N`.</param>
/// <param name="Name">What its driver calls it; empty where that is not known.</param>
/// <param name="MemoryBytes">Its memory; 0 where that is not known.</param>
/// <param name="FreeBytes">How much of it is free.</param>
public sealed record TorchGpu(int Index, string Name, long MemoryBytes, long FreeBytes);

/// <summary>What there is of libtorch in this process.</summary>
/// <param name="Folder">The folder that is loaded; null where none is.</param>
/// <param name="Problem">Why none is; null where one is.</param>
/// <param name="Gpus">The GPUs that it shows.</param>
public sealed record TorchInventory(LibTorchFolder? Folder, string? Problem, IReadOnlyList<TorchGpu> Gpus)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The version of the bindings.</summary>
    public static string Bindings { get; } = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>Looks. Loads libtorch where there is one.</summary>
    public static TorchInventory Read()
    {
        try
        {
            var folder = LibTorch.Load();
            var count = TorchBackend.CudaDevices();
            var known = count == 0 ? [] : Drivers();
            return new TorchInventory(folder, null, [.. Enumerable.Range(0, count).Select(i => known.GetValueOrDefault(i) ?? new TorchGpu(i, "", 0, 0))]);
        }
        catch (SrpoException error)
        {
            return new TorchInventory(null, error.Message, []);
        }
    }

    /// <summary>What the driver's own tool says; libtorch's bindings do not.</summary>
    private static Dictionary<int, TorchGpu> Drivers()
    {
        if (ProgramPath.Resolve("nvidia-smi") is not { } program) return [];
        var start = new ProcessStartInfo(program, ["--query-gpu=index,name,memory.total,memory.free", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var text = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience) || !text.Wait(Patience))
            {
                process.Kill(entireProcessTree: true);
                return [];
            }

            return Parse(text.Result);
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>Lines "index, name, MiB, MiB free".</summary>
    internal static Dictionary<int, TorchGpu> Parse(string lines)
    {
        var gpus = new Dictionary<int, TorchGpu>();
        foreach (var line in lines.Split('\n'))
        {
            var parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length < 4 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)) continue;
            gpus[index] = new TorchGpu(index, string.Join(", ", parts[1..^2]), Mebibytes(parts[^2]), Mebibytes(parts[^1]));
        }

        return gpus;

        static long Mebibytes(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number << 20 : 0;
    }
}

using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Learning.Devices;
using Srpo.Learning.Torch;
using Srpo.Reporting.Text;

namespace Srpo.Client.Commands;

/// <summary>`srpo devices`: where networks can run on this machine.</summary>
internal static class DevicesCommand
{
    public static Command Create(Shell shell) =>
        new Command("devices", "List the devices that learners can use on this machine: the processor, and libtorch on the processor and on GPUs.").OnThisMachine().Handle(shell, context => Task.FromResult(Run(context)));

    private static int Run(CommandContext context)
    {
        var torch = TorchInventory.Read();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var room = new DeviceRoom(context.Threads, torch.Gpus.Count, torch.Folder is not null);
        var devices = new List<Entry>
        {
            Of("cpu", LearnerDevices.Get("cpu").Description, memory, room),
            Of("plain", LearnerDevices.Get("plain").Description, memory, room),
            Of("torch:cpu", "libtorch on the processor", memory, room),
        };
        devices.AddRange(torch.Gpus.Select(gpu => Of($"torch:cuda:{gpu.Index}", gpu.Name, gpu.MemoryBytes, room)));
        var means = torch.Folder is null ? null : torch.Gpus.Count > 0 ? "torch:cuda" : "torch:cpu";
        if (context.Json)
        {
            context.PrintJson(new
            {
                Default = LearnerDevices.Names[0],
                Torch = means,
                Libtorch = new { torch.Folder?.Folder, torch.Folder?.Source, torch.Folder?.Version, Cuda = torch.Folder?.HasCuda ?? false, TorchInventory.Bindings, torch.Problem },
                Devices = devices,
            });
        }
        else
        {
            Print(context, torch, devices, means);
        }

        // Who has named a folder expects it to be of use.
        return (int)(torch.Folder is null && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(LibTorch.Variable)) ? ExitCode.Environment : ExitCode.Ok);
    }

    private static Entry Of(string name, string runs, long memory, DeviceRoom room) =>
        new(name, runs, LearnerDevices.Get(name).Capacity(room), memory);

    private static void Print(CommandContext context, TorchInventory torch, List<Entry> devices, string? means)
    {
        Tables.Print(context.Shell, ["learner.device", "runs on", "teams at a time#", "memory#"], devices.Select(device => (IReadOnlyList<string>)
        [
            device.Name, device.Runs, device.Teams > 0 ? device.Teams.ToString() : "none", device.MemoryBytes > 0 ? Numbers.Bytes(device.MemoryBytes) : "",
        ]));
        Tables.PrintPairs(context.Shell,
        [
            ("learners use", $"{LearnerDevices.Names[0]}, unless learner.device says otherwise{(means is null ? "" : $"; torch means {means} here")}"),
            ("libtorch", torch.Folder is { } folder ? $"{folder.Version ?? "of an unknown version"}, {(folder.HasCuda ? "with" : "without")} CUDA, from {folder.Source}: {folder.Folder}" : null),
            ("bindings", $"TorchSharp {TorchInventory.Bindings}"),
            ("problem", torch.Problem),
        ]);
    }

    /// <summary>A device.</summary>
    /// <param name="Name">As in `learner.device`.</param>
    /// <param name="Runs">What it runs on.</param>
    /// <param name="Teams">Teams that learners train on it at the same time; 0 where it cannot be had.</param>
    /// <param name="MemoryBytes">Memory; 0 where that is not known.</param>
    private sealed record Entry(string Name, string Runs, int Teams, long MemoryBytes);
}

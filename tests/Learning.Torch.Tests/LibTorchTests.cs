using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Learning.Devices;

namespace Srpo.Learning.Torch.Tests;

/// <summary>Where libtorch is found, and what is said where it is not. Nothing is loaded here.</summary>
public sealed class LibTorchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("srpo-libtorch-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_named_folder_comes_first_and_may_be_the_one_above()
    {
        var named = Fake("named/lib");
        File.WriteAllText(Path.Combine(_folder.FullName, "named", "build-version"), "2.10.0+cpu\n");
        var package = Fake("packages/libtorch-cpu-linux-x64/2.10.0/runtimes/linux-x64/native");
        foreach (var text in new[] { named, Path.GetDirectoryName(named)! })
        {
            var found = LibTorch.Find(Variables(("SRPO_LIBTORCH", text), ("NUGET_PACKAGES", Path.Combine(_folder.FullName, "packages"))), null)!;
            Assert.Equal((named, "SRPO_LIBTORCH", "2.10.0+cpu", false), (found.Folder, found.Source, found.Version, found.HasCuda));
        }

        Assert.Equal(package, LibTorch.Find(Variables(("SRPO_LIBTORCH", named)), package)!.Folder);
    }

    [Fact]
    public void A_package_is_found_with_its_version_and_others_are_passed_over()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64) return;
        Fake("packages/libtorch-cpu-linux-x64/2.11.0/runtimes/linux-x64/native");
        Fake("packages/libtorch-cpu-linux-x64/2.7.1/runtimes/linux-x64/native");
        var package = Fake("packages/libtorch-cpu-linux-x64/2.10.0.1/runtimes/linux-x64/native");
        var found = LibTorch.Find(Variables(("NUGET_PACKAGES", Path.Combine(_folder.FullName, "packages"))), null)!;
        Assert.Equal((package, "2.10.0"), (found.Folder, found.Version));
    }

    [Fact]
    public void The_torch_of_a_Python_is_found_with_its_version_and_its_GPU_half()
    {
        var python = Fake("venv/lib/python3.12/site-packages/torch/lib");
        File.WriteAllText(Path.Combine(python, "libtorch_cuda.so"), "");
        File.WriteAllText(Path.Combine(python, "..", "version.py"), "from typing import Optional\n__all__ = ['__version__']\n__version__ = '2.10.0+cu128'\n");
        Fake("old/lib/python3.11/site-packages/torch/lib");
        File.WriteAllText(Path.Combine(_folder.FullName, "old/lib/python3.11/site-packages/torch/version.py"), "__version__ = '1.13.1'\n");
        var found = LibTorch.Find(Variables(("VIRTUAL_ENV", Path.Combine(_folder.FullName, "venv"))), null)!;
        Assert.Equal((python, "a Python's torch", "2.10.0+cu128", true), (found.Folder, found.Source, found.Version, found.HasCuda));
        Assert.NotEqual(
            Path.Combine(_folder.FullName, "old/lib/python3.11/site-packages/torch/lib"),
            LibTorch.Find(Variables(("VIRTUAL_ENV", Path.Combine(_folder.FullName, "old"))), null)?.Folder);
    }

    [Fact]
    public void A_named_folder_without_it_or_with_another_version_is_refused_with_the_remedy()
    {
        var empty = _folder.CreateSubdirectory("empty").FullName;
        var refused = Assert.Throws<SrpoException>(() => LibTorch.Find(Variables(("SRPO_LIBTORCH", empty)), null));
        Assert.Equal(ErrorKind.Environment, refused.Kind);
        Assert.Contains(empty, refused.Message, StringComparison.Ordinal);
        Assert.Contains("name the folder that holds it", refused.Message, StringComparison.Ordinal);

        var old = Fake("old/lib");
        File.WriteAllText(Path.Combine(_folder.FullName, "old", "build-version"), "2.4.1");
        refused = Assert.Throws<SrpoException>(() => LibTorch.Find(Variables(), old));
        Assert.Contains("2.4.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("2.10", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.10", true)]
    [InlineData("2.10.0+cpu", true)]
    [InlineData("2.10.3", true)]
    [InlineData("2.1.0", false)]
    [InlineData("2.100.0", false)]
    [InlineData(null, true)]
    public void Versions_fit_by_their_first_two_numbers(string? version, bool fits) => Assert.Equal(fits, LibTorch.Fits(version));

    [Theory]
    [InlineData(null, 3)]
    [InlineData("", 0)]
    [InlineData("1", 1)]
    [InlineData("0,2", 2)]
    [InlineData("0,-1,2", 1)]
    [InlineData("NoDevFiles", 0)]
    public void GPUs_are_counted_as_CUDA_would(string? visible, int expected) => Assert.Equal(
        expected, TorchBackend.CountGpus(name => name == "CUDA_VISIBLE_DEVICES" ? visible : null, file => file is "/dev/nvidia0" or "/dev/nvidia1" or "/dev/nvidia2"));

    [Fact]
    public void Names_of_the_device_are_taken_apart()
    {
        Assert.Equal(new DeviceName("torch"), DeviceName.TryParseTorch("torch"));
        Assert.Equal(new DeviceName("torch", "cpu"), DeviceName.TryParseTorch("torch:cpu"));
        Assert.Equal(new DeviceName("torch", "cuda"), DeviceName.TryParseTorch("torch:cuda"));
        Assert.Equal(new DeviceName("torch", "cuda", 12, DevicePrecision.Tf32), DeviceName.TryParseTorch("torch:cuda:12+tf32"));
        Assert.Equal(new DeviceName("torch", null, null, DevicePrecision.Bf16), DeviceName.TryParseTorch("torch+bf16"));
        foreach (var wrong in new[] { "Torch", "torch:", "torch:gpu", "torch:cpu:0", "torch:cuda:", "torch:cuda:01", "torch:cuda:100", "torch+fp16", "torch:cuda:0\n", "torch ", "cpu", "" })
            Assert.Null(DeviceName.TryParseTorch(wrong));
    }

    [Fact]
    public void Settings_take_every_form_of_the_name_and_no_other()
    {
        var setting = (WordSetting)AllSettings.Find("learner.device")!;
        foreach (var name in new[] { "cpu", "plain", "torch", "torch:cuda:1", "torch:cpu+bf16" })
            Assert.Empty(setting.Check(new TrainingSettings { Method = "ippo", Device = name }));
        var problem = Assert.Single(setting.Check(new TrainingSettings { Method = "ippo", Device = "torch:cuda:x" }));
        Assert.Equal("learner.device", problem.Field);
    }

    [Fact]
    public void A_silo_has_room_for_what_it_has()
    {
        ILearnerDevice Device(string name) => new TorchDevice(name, DeviceName.TryParseTorch(name)!);
        var (bare, plain, gpus) = (new DeviceRoom(8, 0, false), new DeviceRoom(8, 0, true), new DeviceRoom(8, 2, true));
        Assert.Equal([0, 8, 128], new[] { bare, plain, gpus }.Select(Device("torch").Capacity));
        Assert.Equal([0, 8, 8], new[] { bare, plain, gpus }.Select(Device("torch:cpu").Capacity));
        Assert.Equal([0, 0, 128], new[] { bare, plain, gpus }.Select(Device("torch:cuda").Capacity));
        Assert.Equal([0, 0, 64], new[] { bare, plain, gpus }.Select(Device("torch:cuda:1").Capacity));
        Assert.Equal([0, 0, 0], new[] { bare, plain, gpus }.Select(Device("torch:cuda:2").Capacity));
    }

    private Func<string, string?> Variables(params (string Name, string Value)[] values) =>
        name => name == "HOME" ? Path.Combine(_folder.FullName, "home") : values.FirstOrDefault(value => value.Name == name).Value;

    private string Fake(string path)
    {
        var folder = _folder.CreateSubdirectory(path).FullName;
        File.WriteAllText(Path.Combine(folder, OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so"), "");
        return folder;
    }
}

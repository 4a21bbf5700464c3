using System.Globalization;
using Serilog;
using Srpo.Core.Limits;
using Srpo.Learning.Devices.Cpu;
using Srpo.Silo;

// Numbers look the same whatever language the machine speaks.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
if (args.Any(argument => argument is "--help" or "-h" or "-?"))
{
    Console.Write(Usage.Text);
    return ExitCodes.Ok;
}

if (Usage.Stray(args) is { } stray)
{
    Console.Error.WriteLine($"srpo silo: '{stray}' is no setting; settings are of the form --Srpo:NAME=VALUE, --help shows some");
    return ExitCodes.Usage;
}

try
{
    _ = KernelSet.Choose(Environment.GetEnvironmentVariable(KernelSet.WidthVariable));
    MemoryLimit.OfProcess.Require(MemoryNeed.Grains, "a silo");
    await using var silo = SiloHost.Build(args);
    try
    {
        await silo.RunAsync();
    }
    catch (OperationCanceledException) when (silo.Lifetime.ApplicationStopping.IsCancellationRequested)
    {
        // It was told to end while it started, or waited for its database.
    }

    return ExitCodes.Ok;
}
catch (Exception error)
{
    return StartupFailure.Report(error, Console.Error);
}
finally
{
    await Log.CloseAndFlushAsync();
}

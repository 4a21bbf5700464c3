using Serilog;
using Srpo.Silo;

try
{
    await using var silo = SiloHost.Build(args);
    await silo.RunAsync();
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

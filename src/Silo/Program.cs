using Serilog;
using Srpo.Silo;

try
{
    if (StandIn.Refuses(args, Console.Error)) return ExitCodes.Environment;

    await using var silo = SiloHost.Build([.. args.Where(argument => argument != StandIn.StandaloneOption)]);
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

using System.Globalization;
using Srpo.Client.Cli;

// Numbers look the same whatever language the machine speaks.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

// What serves pages beside training mostly waits, and shall not spin for work meanwhile: that takes more than the pages do. Read when the first worker begins.
if (args.Length > 0 && args[0] == "dashboard") AppContext.SetData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", 0);
return await Terminal.RunAsync(args);

using System.Globalization;
using Srpo.Client.Cli;

// Numbers look the same whatever language the machine speaks.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
return await Terminal.RunAsync(args);

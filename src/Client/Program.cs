using Srpo.Client.Cli;

return await Terminal.RunAsync(args);

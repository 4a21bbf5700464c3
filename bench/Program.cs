using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench -- --filter '*Update*'
BenchmarkSwitcher.FromAssembly(typeof(Srpo.Bench.UpdateBenchmarks).Assembly).Run(args);

using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Micro -- --filter '*Update*'
BenchmarkSwitcher.FromAssembly(typeof(Srpo.Bench.UpdateBenchmarks).Assembly).Run(args);

using BenchmarkDotNet.Attributes;
using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Bench;

/// <summary>One round of one team with the preset `official`: its rollouts and its update, with what they allocate.</summary>
[MemoryDiagnoser]
public class UpdateBenchmarks
{
    private LocalTeam _team = null!;
    private LearnerState[] _states = [];
    private Rollout[] _rollouts = [];

    /// <summary>Training method.</summary>
    [Params("ippo", "srpo")]
    public string Method { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _team = new LocalTeam(new PopulationSpec
        {
            Population = "bench",
            Environment = new EnvironmentSettings("gridworld", "official"),
            Training = new TrainingSettings { Method = Method },
            Teams = 1,
        });
        while (_team.Training.Round < 300) _team.Training.TrainAsync().GetAwaiter().GetResult();
        _states = _team.Training.States!;
        _rollouts = Rollouts();
    }

    [Benchmark]
    public Rollout[] Rollouts() => ((ITeamHost)_team).PlayAsync(301, _states).GetAwaiter().GetResult();

    [Benchmark]
    public TeamUpdate Update() => ((ITeamHost)_team)
        .UpdateAsync(new TeamRound(1, 0, 301, _states, _rollouts)).GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => _team.Dispose();
}

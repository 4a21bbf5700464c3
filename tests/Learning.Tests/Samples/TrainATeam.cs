using Srpo.Core.Settings;
using Srpo.Learning;

namespace Samples;

/// <summary>Trains a team of two with SRPO on the Overcooked gridworld, on the calling thread.</summary>
public static class TrainATeam
{
    public static async Task<FrozenTeam> RunAsync(int rounds, TextWriter output)
    {
        var spec = new PopulationSpec
        {
            Population = "sample",
            Environment = new EnvironmentSettings("gridworld", "official"),
            Training = new TrainingSettings { Method = "srpo", Tau = 10, Iterations = rounds, CurveInterval = 2048 },
            Teams = 1,
            Seed = 1,
        };
        using var team = new LocalTeam(spec);
        while (team.Training.Round < rounds)
        {
            var update = await team.Training.TrainAsync();
            if (await team.Training.EvaluateAsync() is not { } point) continue;
            output.WriteLine($"{point.EnvironmentSteps} steps: return {point.MeanReturn:0.0}, entropy {update.Metrics[0].Entropy:0.000}");
        }

        return team.Policies();
    }
}

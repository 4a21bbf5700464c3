using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Tests.Finite;

namespace Srpo.Games.Tests.Search;

/// <summary>The principal branch against an independent program, live where it is installed and recorded elsewhere.</summary>
public class GambitTests
{
    private static readonly int[][] Shapes = [[2, 2], [2, 3], [3, 3], [4, 4], [5, 5], [2, 2, 2], [3, 2, 3]];

    [Fact]
    public void PrincipalBranchAgreesWithGambitsRecordedAnswers()
    {
        var count = 0;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "gambit-logit.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var actions = root.GetProperty("actions").Deserialize<int[]>()!;
            var game = new FiniteGame("recorded", actions, root.GetProperty("payoffs").Deserialize<double[][]>()!);
            var branch = QuantalResponse.PrincipalBranch(game, 1 / root.GetProperty("lambda").GetDouble());
            Compare(root.GetProperty("strategies").Deserialize<double[][]>()!.SelectMany(row => row), branch.Equilibrium);
            count++;
        }

        Assert.Equal(60, count);
    }

    [GambitFact]
    public void PrincipalBranchAgreesWithGambit()
    {
        var random = new Random(11);
        for (var number = 0; number < 56; number++)
        {
            var game = RandomGames.Game(random, number % 3 == 0, Shapes[number % Shapes.Length]);
            var lambda = RandomGames.LogUniform(random, 0.5, 30);
            var branch = QuantalResponse.PrincipalBranch(game, 1 / lambda);
            Compare(Gambit(game, lambda), branch.Equilibrium);
        }
    }

    private static void Compare(IEnumerable<double> expected, FiniteEquilibrium actual)
    {
        double[] probabilities = [.. actual.Strategies.SelectMany(row => row)];
        var at = 0;
        foreach (var probability in expected) Assert.Equal(probability, probabilities[at++], 1e-6);
        Assert.Equal(probabilities.Length, at);
    }

    private static double[] Gambit(FiniteGame game, double lambda)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Nfg(game));
            var start = new ProcessStartInfo(
                GambitFactAttribute.Program!, ["-q", "-e", "-l", lambda.ToString("R"), "-d", "14", file])
            {
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            // lambda first, then the probabilities player by player.
            return [.. lines[^1].Split(',').Skip(1).Select(number => double.Parse(number))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Gambit's payoff format: the first player's action runs fastest, all players' utilities together.</summary>
    private static string Nfg(FiniteGame game)
    {
        var text = new StringBuilder("NFG 1 R \"game\" {");
        for (var player = 0; player < game.Players; player++) text.Append($" \"{player}\"");
        text.Append(" } { ").AppendJoin(' ', game.Actions).Append(" }\n\n");
        for (var number = 0; number < game.JointActions; number++)
        {
            var joint = 0;
            for (var (player, rest) = (0, number); player < game.Players; rest /= game.Actions[player], player++)
                joint += rest % game.Actions[player] * game.Stride(player);
            for (var player = 0; player < game.Players; player++) text.Append($"{game.Utilities(player)[joint]:F17} ");
        }

        return text.ToString();
    }
}

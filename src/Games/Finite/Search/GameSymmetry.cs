namespace Srpo.Games.Finite.Search;

/// <summary>
/// Symmetries of a finite game under given tau and eps: players and their actions renamed so that the game is the same. They take equilibria to
/// equilibria. Found by trying; games with too many renamings are taken as having none.
/// </summary>
internal sealed class GameSymmetry
{
    private const int MostRenamings = 20_000;
    private const int MostJointActions = 1024;
    private const double Rounding = 1e-15;

    private readonly int[] _images;

    private GameSymmetry(int[] images) => _images = images;

    /// <summary>All symmetries of a game but the identity.</summary>
    /// <param name="system">The equations of the game.</param>
    public static IReadOnlyList<GameSymmetry> Of(RqeSystem system)
    {
        var game = system.Game;
        var renamings = Enumerable.Range(1, game.Players).Aggregate(1.0, (product, k) => product * k)
            * game.Actions.Aggregate(1.0, (product, count) => product * Enumerable.Range(1, count).Aggregate(1.0, (p, k) => p * k));
        if (renamings > MostRenamings || game.JointActions > MostJointActions) return [];
        var found = new List<GameSymmetry>();
        foreach (var players in Permutations(game.Players))
        {
            if (!Enumerable.Range(0, game.Players).All(player => Alike(system, player, players[player]))) continue;
            var renamed = new int[game.Players][];
            Rename(system, players, renamed, 0, found);
        }

        return found;
    }

    /// <summary>The image of log probabilities.</summary>
    /// <param name="z">[Size].</param>
    /// <param name="image">[Size].</param>
    public void Apply(ReadOnlySpan<double> z, Span<double> image)
    {
        for (var i = 0; i < z.Length; i++) image[_images[i]] = z[i];
    }

    private static bool Alike(RqeSystem system, int one, int other) =>
        system.Game.Actions[one] == system.Game.Actions[other] && system.Tau[one] == system.Tau[other] && system.Lambda[one] == system.Lambda[other];

    private static void Rename(RqeSystem system, int[] players, int[][] renamed, int player, List<GameSymmetry> found)
    {
        if (player < players.Length)
        {
            foreach (var actions in Permutations(system.Game.Actions[player]))
            {
                renamed[player] = actions;
                Rename(system, players, renamed, player + 1, found);
            }

            return;
        }

        var images = new int[system.Size];
        var identity = true;
        for (var i = 0; i < players.Length; i++)
        {
            for (var a = 0; a < renamed[i].Length; a++)
            {
                var (from, to) = (system.Offsets[i] + a, system.Offsets[players[i]] + renamed[i][a]);
                images[from] = to;
                identity &= from == to;
            }
        }

        if (!identity && Keeps(system.Game, players, renamed)) found.Add(new GameSymmetry(images));
    }

    /// <summary>Whether u_sigma(i)(renamed actions) = u_i(actions) for all players and joint actions, up to rounding and a constant.</summary>
    private static bool Keeps(FiniteGame game, int[] players, int[][] renamed)
    {
        var actions = new int[game.Players];
        for (var joint = 0; joint < game.JointActions; joint++)
        {
            var rest = joint;
            for (var player = game.Players - 1; player >= 0; player--)
            {
                actions[player] = rest % game.Actions[player];
                rest /= game.Actions[player];
            }

            var image = 0;
            for (var player = 0; player < game.Players; player++) image += renamed[player][actions[player]] * game.Stride(players[player]);
            for (var player = 0; player < game.Players; player++)
            {
                var (one, other) = (game.Utilities(player)[joint], game.Utilities(players[player])[image]);
                if (Math.Abs(one - other) > Rounding * (Math.Abs(one) + Math.Abs(other))) return false;
            }
        }

        return true;
    }

    private static IEnumerable<int[]> Permutations(int count)
    {
        var items = Enumerable.Range(0, count).ToArray();
        do yield return [.. items];
        while (Next(items));
    }

    private static bool Next(int[] items)
    {
        var i = items.Length - 2;
        while (i >= 0 && items[i] > items[i + 1]) i--;
        if (i < 0) return false;
        var j = items.Length - 1;
        while (items[j] < items[i]) j--;
        (items[i], items[j]) = (items[j], items[i]);
        Array.Reverse(items, i + 1, items.Length - i - 1);
        return true;
    }
}

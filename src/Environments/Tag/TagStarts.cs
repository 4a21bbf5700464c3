using Srpo.Core.Random;

namespace Srpo.Environments.Tag;

/// <summary>
/// Random starts: agents uniform on [-1, 1), obstacles uniform on [-0.9, 0.9), each coordinate on its own, all at rest. Entities may
/// overlap. Entity k of episode e takes block e * entities + k of its lane's stream: x from its first two words, y from the others.
/// </summary>
internal static class TagStarts
{
    internal const double Agents = 1;
    internal const double Obstacles = 0.9;

    /// <summary>How many episodes a stream has starts for.</summary>
    internal static uint MaxEpisodes(TagWorld world) => uint.MaxValue / (uint)world.Entities;

    internal static void Draw(TagState state, in StreamId stream, int firstLane, uint episode)
    {
        var world = state.World;
        for (var entity = 0; entity < world.Entities; entity++)
        {
            var half = entity < world.Agents ? Agents : Obstacles;
            var block = (episode * (uint)world.Entities) + (uint)entity;
            for (var lane = 0; lane < state.Lanes; lane++)
            {
                var words = stream.Block(firstLane + lane, block);
                state.Place(lane, entity, Uniform(words.Word0, words.Word1), Uniform(words.Word2, words.Word3));
                if (entity < world.Agents) state.Move(lane, entity, 0, 0);
            }

            double Uniform(uint high, uint low) => ((2 * RandomBlock.ToUnitDouble(high, low)) - 1) * half;
        }
    }
}

using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>Prepared policies by identity of their parameters; a bounded number is kept between tiles.</summary>
internal sealed class FrozenPlayerCache : IDisposable
{
    private const int Capacity = 160;
    private readonly Dictionary<float[], FrozenPlayer> _players = new(ReferenceEqualityComparer.Instance as IEqualityComparer<float[]>);

    public FrozenPlayer Get(FrozenPolicy policy, IVectorEnvironment environment, KernelSet kernels, bool tabulate)
    {
        if (_players.TryGetValue(policy.Parameters, out var player)) return player;
        player = new FrozenPlayer(policy, environment, kernels, tabulate);
        _players.Add(policy.Parameters, player);
        return player;
    }

    /// <summary>Forgets all where there are too many; call it when none is in use.</summary>
    public void Trim()
    {
        if (_players.Count > Capacity) Clear();
    }

    public void Clear()
    {
        foreach (var player in _players.Values) player.Dispose();
        _players.Clear();
    }

    public void Dispose() => Clear();
}

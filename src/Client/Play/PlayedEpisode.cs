using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Learning;

namespace Srpo.Client.Play;

/// <summary>An episode in which a person has a seat, whose actions can be taken back: it is then played anew up to there, which equal seeds and actions make the same.</summary>
internal sealed class PlayedEpisode : IDisposable
{
    private readonly PlayTable _table;

    /// <summary>The person's action at every step; null where the seat was not to act.</summary>
    private readonly List<int?> _actions = [];

    private EpisodeSession _session;

    public PlayedEpisode(PlayTable table)
    {
        _table = table;
        _session = Begin();
        Info = _session.Environment.Info;
    }

    /// <summary>The environment's sizes and names.</summary>
    public EnvironmentInfo Info { get; }

    public IVectorEnvironment Environment => _session.Environment;

    /// <summary>The present state and the step that led to it.</summary>
    public MatchFrame Frame => _session.Frame;

    /// <summary>The team's score up to now.</summary>
    public double Score { get; private set; }

    /// <summary>Actions that were taken back.</summary>
    public int TakenBack { get; private set; }

    /// <summary>Whether the person is to act.</summary>
    public bool IsToAct => _session.IsToAct(_table.Seat);

    /// <summary>Whether the episode is over, or all steps that were asked for are played.</summary>
    public bool IsOver => Frame.Step >= _table.Steps || (Frame.EpisodeEnded && (Info.EndsEarly || Frame.Step >= Info.EpisodeLength));

    /// <summary>[Actions] 1 for what the person may choose now.</summary>
    public byte[] Legal() => _session.Legal(_table.Seat).ToArray();

    /// <summary>What the person sees.</summary>
    public string View() => Environment is ISeatView seats ? seats.RenderFor(0, _table.Seat) : Environment.Render(0);

    /// <summary>Plays a step.</summary>
    /// <param name="action">The person's action; null where the seat is not to act.</param>
    public MatchFrame Advance(int? action)
    {
        _actions.Add(action);
        return Step(action);
    }

    /// <summary>Takes back the person's last action, and what came of it.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TakeBack()
    {
        var last = _actions.FindLastIndex(action => action is not null);
        if (last < 0) return false;
        _actions.RemoveRange(last, _actions.Count - last);
        _session.Dispose();
        _session = Begin();
        Score = 0;
        TakenBack++;
        foreach (var action in _actions) Step(action);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private MatchFrame Step(int? action)
    {
        var outside = new int[Info.Seats];
        outside[_table.Seat] = action ?? 0;
        var frame = _session.Advance(outside);
        Score += TeamScore.Of(frame.Rewards, Info);
        return frame;
    }

    private EpisodeSession Begin() => new(_table.Environment, [.. _table.Players.Select(player => player is null ? null : FrozenPolicies.Of(player))], _table.Seed, episode: 0);
}

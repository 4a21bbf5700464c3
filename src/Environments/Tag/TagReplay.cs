namespace Srpo.Environments.Tag;

/// <summary>The environment's rules on one lane, set up as a recording says, its constants included.</summary>
internal sealed class TagReplay
{
    private readonly TagPhysics _physics;
    private readonly TagRewards _rewards;
    private readonly TagObserver _observer;
    private readonly byte[] _actions;

    internal TagReplay(TagRecordedEpisode episode)
    {
        var entities = episode.Agents.Concat(episode.Obstacles).ToArray();
        World = new TagWorld(
            episode.Chasers,
            episode.Agents.Count - episode.Chasers,
            episode.Obstacles.Count,
            [.. entities.Select(entity => entity.Size)],
            [.. episode.Agents.Select(agent => agent.Mass)],
            [.. episode.Agents.Select(agent => agent.Acceleration)],
            [.. episode.Agents.Select(agent => agent.MaxSpeed)]);
        State = new TagState(World, 1);
        for (var i = 0; i < entities.Length; i++) State.Place(0, i, entities[i].Position[0], entities[i].Position[1]);
        for (var i = 0; i < World.Agents; i++) State.Move(0, i, entities[i].Velocity[0], entities[i].Velocity[1]);
        _physics = new TagPhysics(State);
        _rewards = new TagRewards(State);
        _observer = new TagObserver(World);
        _actions = new byte[World.Agents];
    }

    internal TagWorld World { get; }

    internal TagState State { get; }

    /// <summary>Takes over the state after a recorded step.</summary>
    internal void Set(TagRecordedStep step)
    {
        for (var agent = 0; agent < World.Agents; agent++)
        {
            State.Place(0, agent, step.Positions[agent][0], step.Positions[agent][1]);
            State.Move(0, agent, step.Velocities[agent][0], step.Velocities[agent][1]);
        }
    }

    internal void Step(IReadOnlyList<int> actions)
    {
        for (var agent = 0; agent < _actions.Length; agent++) _actions[agent] = (byte)actions[agent];
        _physics.Step(State, _actions);
        _rewards.Update(State);
    }

    internal double RewardOf(int agent) => World.IsChaser(agent) ? _rewards.Team[0] : _rewards.OfRunner(agent - World.Chasers)[0];

    internal double Observation(int agent, int slot) => _observer.Read(State, agent, 0, slot);
}

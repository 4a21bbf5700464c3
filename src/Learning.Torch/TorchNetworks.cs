using Srpo.Learning.Devices;
using static TorchSharp.torch;

namespace Srpo.Learning.Torch;

/// <summary>A policy that plays on libtorch: all lanes of a batch in one pass. Not thread-safe.</summary>
internal sealed unsafe class TorchPolicy(NetworkShape shape, TorchPlace place) : IPolicyNetwork
{
    private readonly FrozenNetwork _network = new(shape, place);
    private readonly Staging _illegal = new(place);

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> parameters) => _network.Load(parameters[..shape.ParameterCount]);

    /// <inheritdoc/>
    public void Evaluate(in PolicyBatch batch)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor? illegal = null;
        if (!batch.Legal.IsEmpty)
        {
            var to = _illegal.Ensure((long)batch.Rows * shape.Outputs);
            for (var i = 0; i < batch.Rows * shape.Outputs; i++) to[i] = batch.Legal[i] == 0 ? 1 : 0;
            illegal = _illegal.Take(0, 1, batch.Rows, shape.Outputs).gt(Scalars.Of(0));
        }

        var (probabilities, logs) = TorchUpdater.LogSoftmax(_network.Forward(batch.Observations, batch.Rows, batch.State), illegal);
        FrozenNetwork.Copy(probabilities, batch.Probabilities);
        if (!batch.LogProbabilities.IsEmpty) FrozenNetwork.Copy(logs, batch.LogProbabilities);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _illegal.Dispose();
    }
}

/// <summary>A critic on libtorch. Not thread-safe.</summary>
internal sealed class TorchCritic(ActorShape shape, TorchPlace place) : ICriticNetwork
{
    private readonly FrozenNetwork _critic = new(shape.Critic, place);
    private readonly FrozenNetwork? _trunk = shape.SharedTrunk ? new(shape.Policy, place) : null;

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> parameters)
    {
        _critic.Load(parameters[shape.Policy.ParameterCount..shape.NetworkParameters]);
        _trunk?.Load(parameters[..shape.Policy.ParameterCount]);
    }

    /// <inheritdoc/>
    public void Evaluate(in CriticBatch batch)
    {
        if (batch.Values.IsEmpty) return;
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var rows = batch.Values.Length;
        var values = _trunk is null ? _critic.Forward(batch.Observations, rows, batch.State) : _critic.Forward(_trunk.Features(batch.Observations, rows, batch.State));
        FrozenNetwork.Copy(values, batch.Values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _critic.Dispose();
        _trunk?.Dispose();
    }
}

/// <summary>One network that does not learn, its parameters and inputs given as spans.</summary>
internal sealed unsafe class FrozenNetwork(NetworkShape shape, TorchPlace place) : IDisposable
{
    private readonly Staging _parameters = new(place);
    private readonly Staging _inputs = new(place);
    private readonly Staging _state = new(place);
    private Tensor? _flat;

    /// <summary>Takes parameters.</summary>
    public void Load(ReadOnlySpan<float> parameters)
    {
        parameters.CopyTo(new Span<float>(_parameters.Ensure(parameters.Length), parameters.Length));
        _flat?.Dispose();
        _flat = _parameters.Take(0, 1, parameters.Length).DetachFromDisposeScope();
    }

    /// <summary>Outputs for rows [rows x inputs], and what each carries on in place of what it carried; that is empty without memory.</summary>
    public Tensor Forward(ReadOnlySpan<float> inputs, int rows, Span<float> state) => Run(inputs, rows, state).Output;

    /// <summary>The same for what the head sees.</summary>
    public Tensor Features(ReadOnlySpan<float> inputs, int rows, Span<float> state) => Run(inputs, rows, state).Features;

    /// <summary>Outputs for rows [1, rows, inputs] of networks without memory.</summary>
    public Tensor Forward(Tensor inputs) => Network.Forward(inputs, 1).Output;

    private StackedNetwork Network => new(shape, _flat!, 0, place, learns: false);

    private (Tensor Features, Tensor Output) Run(ReadOnlySpan<float> inputs, int rows, Span<float> state)
    {
        inputs[..(rows * shape.Inputs)].CopyTo(new Span<float>(_inputs.Ensure((long)rows * shape.Inputs), rows * shape.Inputs));
        if (shape.Gru == 0) return Network.Forward(_inputs.Take(0, 1, rows, shape.Inputs), 1);
        state[..(rows * shape.Gru)].CopyTo(new Span<float>(_state.Ensure((long)rows * shape.Gru), rows * shape.Gru));
        var (features, output) = Network.Forward(_inputs.Take(0, 1, rows, shape.Inputs), 1, _state.Take(0, 1, rows, shape.Gru));
        Copy(features, state);
        return (features, output);
    }

    /// <summary>Copies a tensor's numbers to the beginning of a span.</summary>
    public static void Copy(Tensor from, Span<float> to) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(from.cpu().contiguous().bytes).CopyTo(to);

    /// <inheritdoc/>
    public void Dispose()
    {
        _flat?.Dispose();
        _parameters.Dispose();
        _inputs.Dispose();
        _state.Dispose();
    }
}

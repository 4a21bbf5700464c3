using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Plain;

/// <summary>
/// Everything in scalar doubles, straight from <see cref="Losses"/>, one sample at a time: slow and exact, to check other devices with. Its
/// bits depend on the platform's mathematics library.
/// </summary>
public sealed class PlainDevice : ILearnerDevice
{
    /// <summary>Its name.</summary>
    public const string DeviceName = "plain";

    /// <inheritdoc/>
    public string Name => DeviceName;

    /// <inheritdoc/>
    public string Description => "scalar doubles";

    /// <inheritdoc/>
    public int Capacity(int workers) => workers;

    /// <inheritdoc/>
    public ITeamUpdater CreateUpdater(TrainingSettings settings, TeamPlan plan, ActorShape shape) => new PlainUpdater(settings, plan, shape);

    /// <inheritdoc/>
    public IPolicyNetwork CreatePolicy(NetworkShape shape) => new PlainPolicy(shape);

    /// <inheritdoc/>
    public ICriticNetwork CreateCritic(ActorShape shape) => new PlainCritic(shape);

    private sealed class PlainPolicy(NetworkShape shape) : IPolicyNetwork
    {
        private double[] _parameters = [];

        public void Load(ReadOnlySpan<float> parameters) => _parameters = PlainNetwork.Doubles(parameters[..shape.ParameterCount]);

        public void Evaluate(in PolicyBatch batch)
        {
            var network = new PlainNetwork(shape, _parameters, 0);
            var (probabilities, logs) = (new double[shape.Outputs], new double[shape.Outputs]);
            for (var row = 0; row < batch.Rows; row++)
            {
                var state = batch.State.Slice(row * shape.Gru, shape.Gru);
                var trace = network.Forward(PlainNetwork.Doubles(batch.Observations.Slice(row * shape.Inputs, shape.Inputs)), PlainNetwork.Doubles(state));
                for (var j = 0; j < state.Length; j++) state[j] = (float)trace.Features[j];
                Losses.Softmax(trace.Output, batch.Legal.IsEmpty ? default : batch.Legal.Slice(row * shape.Outputs, shape.Outputs), probabilities, logs);
                for (var a = 0; a < shape.Outputs; a++)
                {
                    batch.Probabilities[(row * shape.Outputs) + a] = (float)probabilities[a];
                    if (!batch.LogProbabilities.IsEmpty) batch.LogProbabilities[(row * shape.Outputs) + a] = (float)logs[a];
                }
            }
        }

        public void Dispose() { }
    }

    private sealed class PlainCritic(ActorShape shape) : ICriticNetwork
    {
        private double[] _parameters = [];

        public void Load(ReadOnlySpan<float> parameters) => _parameters = PlainNetwork.Doubles(parameters[..shape.ParameterCount]);

        public void Evaluate(in CriticBatch batch)
        {
            var networks = new PlainActor(shape, _parameters);
            var memory = shape.CriticState;
            for (var row = 0; row < batch.Values.Length; row++)
            {
                var x = PlainNetwork.Doubles(batch.Observations.Slice(row * shape.CriticInputs, shape.CriticInputs));
                var state = batch.State.Slice(row * memory, memory);
                var before = PlainNetwork.Doubles(state);
                var policy = shape.SharedTrunk ? networks.Policy.Forward(x, before) : null;
                var value = shape.SharedTrunk ? networks.Critic.Forward(policy!.Features, []) : networks.Critic.Forward(x, before);
                for (var j = 0; j < state.Length; j++) state[j] = (float)(policy ?? value).Features[j];
                batch.Values[row] = (float)value.Output[0];
            }
        }

        public void Dispose() { }
    }
}

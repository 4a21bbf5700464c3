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
    public IPolicyNetwork CreatePolicy(MlpShape shape) => new PlainPolicy(shape);

    /// <inheritdoc/>
    public ICriticNetwork CreateCritic(ActorShape shape) => new PlainCritic(shape);

    private sealed class PlainPolicy(MlpShape shape) : IPolicyNetwork
    {
        private double[] _parameters = [];

        public void Load(ReadOnlySpan<float> parameters) => _parameters = PlainNetwork.Doubles(parameters[..shape.ParameterCount]);

        public void Evaluate(in PolicyBatch batch)
        {
            var network = new PlainNetwork(shape, _parameters, 0);
            var (probabilities, logs) = (new double[shape.Outputs], new double[shape.Outputs]);
            for (var row = 0; row < batch.Rows; row++)
            {
                var logits = network.Forward(PlainNetwork.Doubles(batch.Observations.Slice(row * shape.Inputs, shape.Inputs)))[^1];
                Losses.Softmax(logits, batch.Legal.IsEmpty ? default : batch.Legal.Slice(row * shape.Outputs, shape.Outputs), probabilities, logs);
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
        public void Evaluate(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observations, Span<float> values)
        {
            var networks = new PlainActor(shape, PlainNetwork.Doubles(parameters[..shape.ParameterCount]));
            for (var row = 0; row < values.Length; row++)
            {
                var x = PlainNetwork.Doubles(observations.Slice(row * shape.Policy.Inputs, shape.Policy.Inputs));
                values[row] = (float)networks.Value(x, shape.SharedTrunk ? networks.Policy.Forward(x) : [])[^1][0];
            }
        }

        public void Dispose() { }
    }
}

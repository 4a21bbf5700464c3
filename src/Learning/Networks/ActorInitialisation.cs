using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Learning.Methods;

namespace Srpo.Learning;

/// <summary>Initial states of actors.</summary>
public static class ActorInitialisation
{
    /// <summary>The initial state of an actor: an adversary starts as a copy of the agent that it trains, or of the one whose seat it takes.</summary>
    /// <param name="spec">Seed and settings.</param>
    /// <param name="team">The team.</param>
    /// <param name="actor">The actor; its seat names the random stream.</param>
    /// <param name="shape">Its shape.</param>
    public static LearnerState Create(PopulationSpec spec, int team, ActorId actor, ActorShape shape)
    {
        var parameters = new float[shape.ParameterCount];
        var id = new StreamId(spec.Seed, (uint)team, 0, StreamPurpose.Initialisation);
        var origin = MethodRegistry.Of(spec.Training).StartsAs(spec.Training, actor);
        var policy = id.Lane(2 * origin);
        var critic = id.Lane((2 * origin) + 1);
        var network = spec.Training.Network;
        Fill(parameters.AsSpan(0, shape.Policy.ParameterCount), shape.Policy, network.Initialisation, network.HeadGain, ref policy);
        Fill(parameters.AsSpan(shape.Policy.ParameterCount, shape.Critic.ParameterCount), shape.Critic, network.Initialisation, headGain: 1, ref critic);
        return new LearnerState(0, parameters, new float[parameters.Length], new float[parameters.Length], 0);
    }

    private static void Fill(Span<float> parameters, NetworkShape shape, Initialisation initialisation, double headGain, ref RandomStream random)
    {
        if (shape.Head is null)
        {
            Fill(parameters, shape.Body, shape.Body.Layers.Count, initialisation, headGain, ref random);
            return;
        }

        // As PyTorch's GRU: all of its weights and biases uniform in +-1/sqrt(units); or orthogonal matrices and no biases.
        Fill(parameters, shape.Body, shape.Hidden.Count, initialisation, headGain, ref random);
        foreach (var gates in (LinearLayer[])[shape.Body.Layers[^1], shape.Recurrence])
        {
            var slice = parameters[gates.WeightOffset..gates.End];
            if (initialisation == Initialisation.FanIn) FillUniform(slice, shape.Gru, ref random);
            else FillOrthogonal(slice, gates, 1, ref random);
        }

        Fill(parameters[shape.HeadOffset..], shape.Head, 1, initialisation, headGain, ref random);
    }

    private static void Fill(Span<float> parameters, MlpShape shape, int layers, Initialisation initialisation, double headGain, ref RandomStream random)
    {
        foreach (var norm in shape.Norms)
        {
            parameters[norm.ScaleOffset..norm.ShiftOffset].Fill(1);
            parameters[norm.ShiftOffset..norm.End].Clear();
        }

        for (var i = 0; i < layers; i++)
        {
            var layer = shape.Layers[i];
            var slice = parameters[layer.WeightOffset..layer.End];
            if (initialisation == Initialisation.FanIn) FillUniform(slice, layer.Inputs, ref random);
            else FillOrthogonal(slice, layer, i < shape.Layers.Count - 1 ? Math.Sqrt(2) : headGain, ref random);
        }
    }

    private static void FillUniform(Span<float> slice, int fanIn, ref RandomStream random)
    {
        var bound = 1 / Math.Sqrt(fanIn);
        foreach (ref var value in slice) value = (float)(((2 * random.NextDouble()) - 1) * bound);
    }

    /// <summary>A matrix with orthonormal rows or columns, whichever are fewer, times the gain: Gram-Schmidt on normal deviates. Biases 0.</summary>
    private static void FillOrthogonal(Span<float> slice, LinearLayer layer, double gain, ref RandomStream random)
    {
        var vectors = Math.Min(layer.Inputs, layer.Outputs);
        var length = Math.Max(layer.Inputs, layer.Outputs);
        var basis = new double[vectors][];
        for (var v = 0; v < vectors; v++)
        {
            var vector = new double[length];
            for (var i = 0; i < length; i++) vector[i] = random.NextNormal();
            for (var pass = 0; pass < 2; pass++)
            {
                for (var u = 0; u < v; u++)
                {
                    var dot = 0.0;
                    for (var i = 0; i < length; i++) dot += vector[i] * basis[u][i];
                    for (var i = 0; i < length; i++) vector[i] -= dot * basis[u][i];
                }
            }

            var norm = 0.0;
            foreach (var x in vector) norm += x * x;
            norm = Math.Sqrt(norm);
            for (var i = 0; i < length; i++) vector[i] /= norm;
            basis[v] = vector;
        }

        for (var k = 0; k < layer.Inputs; k++)
        {
            for (var j = 0; j < layer.Outputs; j++)
                slice[(k * layer.Outputs) + j] = (float)(gain * (layer.Inputs <= layer.Outputs ? basis[k][j] : basis[j][k]));
        }

        slice[layer.WeightCount..].Clear();
    }
}

using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Plain;

/// <summary>A perceptron in doubles, one sample at a time.</summary>
/// <param name="shape">Its shape.</param>
/// <param name="parameters">A flat vector that holds its parameters.</param>
/// <param name="offset">Index of the first one.</param>
internal sealed class PlainPerceptron(MlpShape shape, double[] parameters, int offset)
{
    /// <summary>y_j = f(norm(b_j + sum_k x_k W_kj)), layer after layer; the last is linear.</summary>
    /// <param name="x">[Inputs].</param>
    public PlainLayer[] Forward(double[] x)
    {
        var trace = new PlainLayer[shape.Layers.Count];
        for (var l = 0; l < trace.Length; l++)
        {
            var linear = Linear(shape.Layers[l], x);
            var (normal, deviation, before) = l < shape.Norms.Count ? Normalise(shape.Norms[l], linear) : ([], 1, linear);
            var y = l < trace.Length - 1 ? Array.ConvertAll(before, Activate) : before;
            trace[l] = new PlainLayer(x, normal, deviation, before, y);
            x = y;
        }

        return trace;
    }

    /// <summary>Adds the gradient of one sample's loss to a flat gradient.</summary>
    /// <param name="trace">What <see cref="Forward"/> returned.</param>
    /// <param name="atOutput">[Outputs] the loss's gradient at the output.</param>
    /// <param name="gradient">Flat, like the parameters; is added to.</param>
    /// <param name="atFeatures">A further gradient at the last hidden layer, from another head; empty for none.</param>
    /// <returns>[Inputs] the loss's gradient at the input.</returns>
    public double[] Backward(PlainLayer[] trace, double[] atOutput, double[] gradient, double[] atFeatures)
    {
        var d = atOutput;
        for (var l = trace.Length - 1; ; l--)
        {
            var step = trace[l];
            if (l < trace.Length - 1)
            {
                d = [.. d.Select((slope, j) => slope * Slope(step.Before[j], step.Output[j]))];
                if (l < shape.Norms.Count) d = NormaliseBackward(shape.Norms[l], step, d, gradient);
            }

            d = LinearBackward(shape.Layers[l], step.Input, d, gradient);
            if (l == 0) return d;
            for (var k = 0; l == trace.Length - 1 && k < atFeatures.Length; k++) d[k] += atFeatures[k];
        }
    }

    /// <summary>y_j = b_j + sum_k x_k W_kj.</summary>
    public double[] Linear(LinearLayer layer, double[] x)
    {
        var y = new double[layer.Outputs];
        for (var j = 0; j < y.Length; j++)
        {
            y[j] = parameters[offset + layer.BiasOffset + j];
            for (var k = 0; k < layer.Inputs; k++) y[j] += x[k] * parameters[offset + layer.WeightOffset + (k * layer.Outputs) + j];
        }

        return y;
    }

    /// <summary>Adds a layer's gradient, given that at its output; returns that at its input.</summary>
    public double[] LinearBackward(LinearLayer layer, double[] x, double[] d, double[] gradient)
    {
        var before = new double[layer.Inputs];
        for (var j = 0; j < layer.Outputs; j++)
        {
            gradient[offset + layer.BiasOffset + j] += d[j];
            for (var k = 0; k < layer.Inputs; k++)
            {
                gradient[offset + layer.WeightOffset + (k * layer.Outputs) + j] += x[k] * d[j];
                before[k] += d[j] * parameters[offset + layer.WeightOffset + (k * layer.Outputs) + j];
            }
        }

        return before;
    }

    /// <summary>(x - mean) / deviation times scale plus shift, over the units of a layer; the deviation is that of all units, not of a sample of them.</summary>
    private (double[] Normal, double Deviation, double[] Output) Normalise(NormLayer norm, double[] x)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + NormLayer.Epsilon);
        var normal = Array.ConvertAll(x, value => (value - mean) / deviation);
        return (normal, deviation, [.. normal.Select((value, j) => (value * parameters[offset + norm.ScaleOffset + j]) + parameters[offset + norm.ShiftOffset + j])]);
    }

    private double[] NormaliseBackward(NormLayer norm, PlainLayer step, double[] d, double[] gradient)
    {
        var atNormal = new double[d.Length];
        for (var j = 0; j < d.Length; j++)
        {
            gradient[offset + norm.ScaleOffset + j] += d[j] * step.Normal[j];
            gradient[offset + norm.ShiftOffset + j] += d[j];
            atNormal[j] = d[j] * parameters[offset + norm.ScaleOffset + j];
        }

        var (mean, along) = (atNormal.Average(), atNormal.Select((slope, j) => slope * step.Normal[j]).Average());
        return [.. atNormal.Select((slope, j) => (slope - mean - (step.Normal[j] * along)) / step.Deviation)];
    }

    private double Activate(double x) => shape.Activation switch
    {
        Activation.Tanh => Math.Tanh(x),
        Activation.Relu => Math.Max(0, x),
        _ => 0.5 * x * (1 + Math.Tanh(Gelu.Root * (x + (Gelu.Cubic * x * x * x)))),
    };

    /// <summary>dy/dx of the nonlinearity at x, which gives y.</summary>
    private double Slope(double x, double y)
    {
        if (shape.Activation == Activation.Tanh) return 1 - (y * y);
        if (shape.Activation == Activation.Relu) return y > 0 ? 1 : 0;
        var t = Math.Tanh(Gelu.Root * (x + (Gelu.Cubic * x * x * x)));
        return (0.5 * (1 + t)) + (0.5 * x * (1 - (t * t)) * Gelu.Root * (1 + (3 * Gelu.Cubic * x * x)));
    }
}

/// <summary>What a layer of a perceptron saw and made of it.</summary>
/// <param name="Input">Its input.</param>
/// <param name="Normal">The normalised linear outputs, before scale and shift; empty without normalisation.</param>
/// <param name="Deviation">What they were divided by.</param>
/// <param name="Before">Before the nonlinearity.</param>
/// <param name="Output">Behind it.</param>
internal sealed record PlainLayer(double[] Input, double[] Normal, double Deviation, double[] Before, double[] Output);

/// <summary>A network in doubles, one sample at a time.</summary>
/// <param name="shape">Its shape.</param>
/// <param name="parameters">A flat vector that holds its parameters.</param>
/// <param name="offset">Index of the first one.</param>
internal sealed class PlainNetwork(NetworkShape shape, double[] parameters, int offset)
{
    private readonly PlainPerceptron _body = new(shape.Body, parameters, offset);
    private readonly PlainPerceptron? _head = shape.Head is { } head ? new(head, parameters, offset + shape.HeadOffset) : null;

    /// <summary>The same numbers in double precision.</summary>
    public static double[] Doubles(ReadOnlySpan<float> values)
    {
        var doubles = new double[values.Length];
        for (var i = 0; i < doubles.Length; i++) doubles[i] = values[i];
        return doubles;
    }

    /// <summary>
    /// The output for one input. The recurrent layer is r = s(gx_r + gh_r), z = s(gx_z + gh_z), n = tanh(gx_n + r gh_n), h' = (1 - z) n + z h
    /// with s(x) = 1/(1 + e^-x), gx from the hidden layers and gh from h.
    /// </summary>
    /// <param name="x">[Inputs].</param>
    /// <param name="state">[Gru] h, what was carried here; empty for networks that carry nothing.</param>
    public PlainTrace Forward(double[] x, double[] state)
    {
        var body = _body.Forward(x);
        if (_head is null) return new PlainTrace(body, null, [], body.Length > 1 ? body[^2].Output : x, body[^1].Output);
        var (units, gx, gh) = (shape.Gru, body[^1].Output, _body.Linear(shape.Recurrence, state));
        double[] reset = new double[units], update = new double[units], candidate = new double[units], next = new double[units];
        for (var j = 0; j < units; j++)
        {
            reset[j] = Sigmoid(gx[j] + gh[j]);
            update[j] = Sigmoid(gx[units + j] + gh[units + j]);
            candidate[j] = Math.Tanh(gx[(2 * units) + j] + (reset[j] * gh[(2 * units) + j]));
            next[j] = ((1 - update[j]) * candidate[j]) + (update[j] * state[j]);
        }

        var head = _head.Forward(next);
        return new PlainTrace(body, new PlainGates(state, reset, update, candidate, gh[(2 * units)..]), head, next, head[^1].Output);
    }

    /// <summary>Adds the gradient of one sample's loss, and of what came of its state later, to a flat gradient.</summary>
    /// <param name="trace">What <see cref="Forward"/> returned.</param>
    /// <param name="atOutput">[Outputs] the loss's gradient at the output.</param>
    /// <param name="gradient">Flat, like the parameters; is added to.</param>
    /// <param name="atFeatures">A further gradient at what the head sees, from another head; empty for none.</param>
    /// <param name="atState">[Gru] the gradient at the state that it handed on, replaced by that at the state that was handed to it.</param>
    /// <returns>[Inputs] the loss's gradient at the input.</returns>
    public double[] Backward(PlainTrace trace, double[] atOutput, double[] gradient, double[] atFeatures, double[] atState)
    {
        if (_head is null || trace.Gates is null) return _body.Backward(trace.Body, atOutput, gradient, atFeatures);
        var (units, gates) = (shape.Gru, trace.Gates);
        var d = _head.Backward(trace.Head, atOutput, gradient, []);
        double[] atInputs = new double[3 * units], atRecurrent = new double[3 * units];
        for (var j = 0; j < units; j++)
        {
            d[j] += atState[j] + (atFeatures.Length > 0 ? atFeatures[j] : 0);
            var (r, z, n) = (gates.Reset[j], gates.Update[j], gates.Candidate[j]);
            var atCandidate = d[j] * (1 - z) * (1 - (n * n));
            atInputs[j] = atRecurrent[j] = atCandidate * gates.Recurrent[j] * r * (1 - r);
            atInputs[units + j] = atRecurrent[units + j] = d[j] * (gates.State[j] - n) * z * (1 - z);
            atInputs[(2 * units) + j] = atCandidate;
            atRecurrent[(2 * units) + j] = atCandidate * r;
        }

        var before = _body.LinearBackward(shape.Recurrence, gates.State, atRecurrent, gradient);
        for (var j = 0; j < units; j++) atState[j] = before[j] + (d[j] * gates.Update[j]);
        return _body.Backward(trace.Body, atInputs, gradient, []);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

/// <summary>What a network made of one sample.</summary>
/// <param name="Body">The hidden layers, and the head or the input gates.</param>
/// <param name="Gates">The recurrent layer; null for networks that carry nothing.</param>
/// <param name="Head">The head behind the recurrent layer; empty without one.</param>
/// <param name="Features">What the head sees: the state that is carried on, or the last hidden layer.</param>
/// <param name="Output">The output.</param>
internal sealed record PlainTrace(PlainLayer[] Body, PlainGates? Gates, PlainLayer[] Head, double[] Features, double[] Output);

/// <summary>The gates of a recurrent layer, and the state that came into it.</summary>
internal sealed record PlainGates(double[] State, double[] Reset, double[] Update, double[] Candidate, double[] Recurrent);

/// <summary>Policy and critic of an actor, on one flat vector of parameters.</summary>
internal sealed class PlainActor(ActorShape shape, double[] parameters)
{
    /// <summary>The policy.</summary>
    public PlainNetwork Policy { get; } = new(shape.Policy, parameters, 0);

    /// <summary>The critic.</summary>
    public PlainNetwork Critic { get; } = new(shape.Critic, parameters, shape.Policy.ParameterCount);

    /// <summary>The critic on what it sees, or on what the policy's head sees.</summary>
    public PlainTrace Value(double[] seen, double[] state, PlainTrace policy) => Critic.Forward(shape.SharedTrunk ? policy.Features : seen, state);
}

using TorchSharp;
using static TorchSharp.torch;

namespace Srpo.Learning.Torch;

/// <summary>
/// Networks of one shape, evaluated together. With memory, rows are those of sequences of equal length, one sequence after another: what does not depend on the
/// step before runs over all rows at once, the recurrent layer step by step over all sequences.
/// </summary>
internal sealed class StackedNetwork
{
    private readonly NetworkShape _shape;
    private readonly TorchPlace _place;
    private readonly StackedPerceptron _body;
    private readonly StackedPerceptron? _head;
    private readonly Tensor? _weights;
    private readonly Tensor? _biases;

    /// <summary>Views into flat vectors.</summary>
    /// <param name="shape">Shape of each.</param>
    /// <param name="flat">[P, n].</param>
    /// <param name="offset">Index of their first parameter.</param>
    /// <param name="place">Where they are.</param>
    /// <param name="learns">Whether gradients will be asked for.</param>
    public StackedNetwork(NetworkShape shape, Tensor flat, int offset, TorchPlace place, bool learns)
    {
        (_shape, _place) = (shape, place);
        _body = new StackedPerceptron(shape.Body, flat, offset, place, learns);
        if (shape.Head is not { } head) return;
        var layer = shape.Recurrence;
        _weights = StackedPerceptron.Part(flat, offset + layer.WeightOffset, layer.Inputs, layer.Outputs);
        _biases = StackedPerceptron.Part(flat, offset + layer.BiasOffset, 1, layer.Outputs);
        if (learns) (_weights, _biases) = (_weights.detach().requires_grad_(true), _biases.detach().requires_grad_(true));
        _head = new StackedPerceptron(head, flat, offset + shape.HeadOffset, place, learns);
    }

    /// <summary>What gradients are taken of, in the order of the flat vector.</summary>
    public IEnumerable<Tensor> Leaves => _head is null ? _body.Leaves : [.. _body.Leaves, _weights!, _biases!, .. _head.Leaves];

    /// <summary>Evaluates them.</summary>
    /// <param name="x">[P, rows, inputs].</param>
    /// <param name="steps">Rows of a sequence, which divides the rows; without memory it does not matter.</param>
    /// <param name="state">[P, sequences, units] what each sequence begins with; null for nothing in memory.</param>
    /// <returns>What the head sees, which with memory is the state behind every row, and the output [P, rows, outputs].</returns>
    public (Tensor Features, Tensor Output) Forward(Tensor x, int steps, Tensor? state = null)
    {
        var (features, output) = _body.Forward(x);
        if (_head is null) return (features, output);
        long networks = x.shape[0], rows = x.shape[1], units = _shape.Gru;
        state ??= zeros([networks, rows / steps, units], device: _place.Device);
        var states = new Tensor[steps];
        var inputs = output.view(networks, rows / steps, steps, 3 * units).unbind(2);
        for (var t = 0; t < steps; t++)
        {
            var recurrent = _place.Multiply(state, _weights!).add_(_biases!, Scalars.One).split([2 * units, units], 2);
            var input = inputs[t].split([2 * units, units], 2);
            var gates = input[0].add(recurrent[0], Scalars.One).sigmoid_().split([units, units], 2);
            var candidate = input[1].add(recurrent[1].mul(gates[0]), Scalars.One).tanh_();
            states[t] = state = candidate.add(state.sub(candidate).mul(gates[1]), Scalars.One);
        }

        features = torch.stack(states, 2).view(networks, rows, units);
        return (features, _head.Forward(features).Output);
    }
}

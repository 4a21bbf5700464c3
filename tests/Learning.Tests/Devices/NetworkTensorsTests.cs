using Srpo.Core.Settings;
using Srpo.Learning.Devices.Plain;

namespace Srpo.Learning.Tests.Devices;

/// <summary>Exported tensors, put together as PyTorch's modules say, are the network.</summary>
public sealed class NetworkTensorsTests
{
    [Fact]
    public void A_network_with_memory_is_the_sequence_GRU_and_linear_head_that_its_tensors_are_named_for()
    {
        var shape = new NetworkShape(4, [6, 5], 3, Activation.Relu, layerNorm: true, gru: 7);
        var random = TestData.Stream(11);
        var parameters = TestData.Normals(shape.ParameterCount, ref random);
        var tensors = NetworkTensors.Of("policy", shape, parameters).ToDictionary(tensor => tensor.Name);
        Assert.Equal(
            ["policy.body.0.weight", "policy.body.0.bias", "policy.body.1.weight", "policy.body.1.bias", "policy.body.3.weight", "policy.body.3.bias", "policy.body.4.weight", "policy.body.4.bias",
                "policy.gru.weight_ih_l0", "policy.gru.bias_ih_l0", "policy.gru.weight_hh_l0", "policy.gru.bias_hh_l0", "policy.head.weight", "policy.head.bias"],
            tensors.Keys);
        Assert.Equal([21, 5], tensors["policy.gru.weight_ih_l0"].Shape);
        Assert.Equal([21, 7], tensors["policy.gru.weight_hh_l0"].Shape);

        var network = new PlainNetwork(shape, PlainNetwork.Doubles(parameters), 0);
        double[] ours = new double[7], h = new double[7];
        for (var step = 0; step < 4; step++)
        {
            double[] x = [.. Enumerable.Range(0, 4).Select(i => Math.Sin((4 * step) + i))];
            var trace = network.Forward(x, ours);
            ours = trace.Features;
            var y = Relu(Norm("policy.body.1", Linear("policy.body.0", x)));
            y = Relu(Norm("policy.body.4", Linear("policy.body.3", y)));
            double[] gx = Product("policy.gru.weight_ih_l0", "policy.gru.bias_ih_l0", y), gh = Product("policy.gru.weight_hh_l0", "policy.gru.bias_hh_l0", h);
            h = [.. h.Select((before, j) =>
            {
                double r = 1 / (1 + Math.Exp(-gx[j] - gh[j])), z = 1 / (1 + Math.Exp(-gx[7 + j] - gh[7 + j]));
                return ((1 - z) * Math.Tanh(gx[14 + j] + (r * gh[14 + j]))) + (z * before);
            })];
            var logits = Linear("policy.head", h);
            for (var a = 0; a < 3; a++) Assert.Equal(logits[a], trace.Output[a], 1e-12);
        }

        double[] Linear(string name, double[] x) => Product(name + ".weight", name + ".bias", x);

        double[] Product(string weight, string bias, double[] x) =>
            [.. tensors[bias].Values.Select((b, row) => b + x.Select((value, column) => value * tensors[weight].Values[(row * x.Length) + column]).Sum())];

        double[] Norm(string name, double[] x)
        {
            var mean = x.Average();
            var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
            return [.. x.Select((value, j) => ((value - mean) / deviation * tensors[name + ".weight"].Values[j]) + tensors[name + ".bias"].Values[j])];
        }

        static double[] Relu(double[] x) => Array.ConvertAll(x, value => Math.Max(0, value));
    }

    [Fact]
    public void An_actors_tensors_are_its_vector_from_end_to_end()
    {
        foreach (var normalises in new[] { false, true })
        {
            var settings = TestData.Small("ippo") with { NormaliseValues = normalises };
            var shape = ActorShape.For(settings, TestData.Info(TestData.Spec(settings)));
            var parameters = Enumerable.Range(0, shape.ParameterCount).Select(i => (float)i).ToArray();
            var tensors = new NetworkArchitecture(shape).Tensors("adam.first.", parameters).ToArray();
            Assert.Equal(parameters, tensors.SelectMany(tensor => tensor.Values).Order());
            Assert.Equal(normalises, tensors[^1].Name == "adam.first.values.normaliser");
            Assert.Equal(normalises, new NetworkArchitecture(shape).Metadata.Contains(new("critic.outputs", "normalised returns")));
            if (normalises) Assert.Equal(parameters[^5..], tensors[^1].Values);
        }
    }

    [Fact]
    public void The_policys_head_has_the_gain_that_is_asked_for_and_the_critics_has_1()
    {
        foreach (var gain in new[] { 0.01, 0.5 })
        {
            var spec = TestData.Spec(TestData.Small("ippo") with { Network = new() { Hidden = [9], Initialisation = Initialisation.Orthogonal, HeadGain = gain } });
            var (shape, _, states, _) = TestData.FirstRound(spec);
            var tensors = NetworkTensors.OfActor("", shape, states[0].Parameters).ToDictionary(tensor => tensor.Name);
            for (var action = 0; action < shape.Policy.Outputs; action++)
                Assert.Equal(gain, Math.Sqrt(tensors["policy.2.weight"].Values.Skip(9 * action).Take(9).Sum(x => (double)x * x)), 1e-6);
            Assert.Equal(1, Math.Sqrt(tensors["critic.2.weight"].Values.Sum(x => (double)x * x)), 1e-6);
        }
    }

    [Fact]
    public void Networks_start_as_PyTorch_starts_them()
    {
        foreach (var initialisation in Enum.GetValues<Initialisation>())
        {
            var spec = TestData.Spec(TestData.Small("ippo") with { Network = new() { Hidden = [9], Gru = 16, LayerNorm = true, Initialisation = initialisation } });
            var shape = ActorShape.For(spec.Training, Srpo.Environments.EnvironmentFactory.Create(spec.Environment, 1).Info);
            var state = ActorInitialisation.Create(spec, 0, TeamPlan.For(spec, Srpo.Environments.EnvironmentFactory.Create(spec.Environment, 1).Info).Actors[0], shape);
            var tensors = NetworkTensors.Of("", shape.Policy, state.Parameters).ToDictionary(tensor => tensor.Name);
            Assert.All(tensors[".body.1.weight"].Values, value => Assert.Equal(1, value));
            Assert.All(tensors[".body.1.bias"].Values, value => Assert.Equal(0, value));
            var recurrent = tensors[".gru.weight_hh_l0"].Values;
            if (initialisation == Initialisation.FanIn)
            {
                Assert.All(recurrent, value => Assert.InRange(value, -0.25f, 0.25f));
                Assert.Contains(recurrent, value => Math.Abs(value) > 0.24f);
                Assert.Contains(tensors[".gru.bias_ih_l0"].Values, value => value != 0);
                continue;
            }

            // 48 rows of 16: the columns are orthonormal.
            for (var a = 0; a < 16; a++)
            {
                for (var b = 0; b <= a; b++)
                    Assert.Equal(a == b ? 1 : 0, Enumerable.Range(0, 48).Sum(row => (double)recurrent[(row * 16) + a] * recurrent[(row * 16) + b]), 1e-5);
            }

            Assert.All(tensors[".gru.bias_hh_l0"].Values, value => Assert.Equal(0, value));
        }
    }
}

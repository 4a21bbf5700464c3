using System.Globalization;
using Srpo.Language.Models;

namespace Srpo.Bench.Throughput;

/// <summary>
/// A small language model of random weights, always of the same shape, on one core: what `srpo bench language` measures of a user's model, in rounds with everything else. In 32-bit floats, which every
/// processor computes in and the peak is of.
/// </summary>
internal sealed class LanguageProbes : IDisposable
{
    /// <summary>Rates of processor time need more of it than those of the clock: some systems count it by the hundredth of a second.</summary>
    private const int Longer = 8;

    private static readonly ModelConfig Shape = new()
    {
        Family = ModelFamily.Llama,
        VocabSize = 4096,
        HiddenSize = 256,
        IntermediateSize = 768,
        Layers = 4,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 64,
        TieWordEmbeddings = true,
    };

    private readonly List<LanguageWork> _works = [];
    private ICausalModel? _model;

    /// <summary>Makes the model, and what is measured.</summary>
    /// <param name="backend">What models are computed with.</param>
    public IReadOnlyList<Probe> Prepare(ICausalModelBackend backend)
    {
        _model = backend.Create(Shape, ModelPrecision.Float32, seed: 1, "cpu");
        foreach (var make in LanguageWork.All) _works.Add(make(_model, new LanguageLoad()));
        return [.. _works.Select(ProbeOf)];
    }

    public void Dispose()
    {
        foreach (var work in _works) work.Dispose();
        _model?.Dispose();
    }

    private static Probe ProbeOf(LanguageWork work) => new(
        BenchGroups.Language, $"language {work.Name}", string.Create(CultureInfo.InvariantCulture, $"{work.Sizes}, {Shape.ParameterCount / 1e6:0.0} M parameters"), "k tokens/CPU s", 1e3,
        new Work(work.Tokens, work.Flops), (seconds, _) => Task.FromResult(work.Measure(Longer * seconds).PerCpuSecond));
}

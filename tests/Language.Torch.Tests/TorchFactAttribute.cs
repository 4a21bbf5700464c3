using Srpo.Learning.Torch;

namespace Srpo.Language.Torch.Tests;

/// <summary>A test that computes with libtorch; skipped, with the reason, where that cannot be loaded.</summary>
internal sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = LibTorch.WhyNot();
}

/// <summary>The same for several cases.</summary>
internal sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = LibTorch.WhyNot();
}

namespace Orleans.Runtime;

/// <summary>Base of placement strategies. Without effect here: there is one process.</summary>
public abstract class PlacementStrategy
{
}

/// <summary>The only strategy that a single process has.</summary>
internal sealed class SingleProcessPlacement : PlacementStrategy
{
}

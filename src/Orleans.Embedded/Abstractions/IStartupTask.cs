namespace Orleans.Runtime;

/// <summary>Work that runs once grains can be called. As in Orleans.</summary>
public interface IStartupTask
{
    /// <summary>Does the work; the host's start waits for it.</summary>
    /// <param name="cancellationToken">Cancelled when the start is given up.</param>
    /// <returns>A task; its failure fails the start.</returns>
    Task Execute(CancellationToken cancellationToken);
}

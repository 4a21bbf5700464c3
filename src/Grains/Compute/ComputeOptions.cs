namespace Srpo.Grains.Compute;

/// <summary>How much of the machine rollouts, updates and matches may use.</summary>
public sealed class ComputeOptions
{
    /// <summary>Worker threads of the silo, 1 to 1024. <value>By default the number of processors.</value></summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>Jobs that may wait for a worker, at least 1; whoever adds more waits without holding a thread. <value>1024 by default.</value></summary>
    public int QueueCapacity { get; set; } = 1024;

    /// <summary>
    /// Teams of a population that a learner trains at the same time, 1 to 1024. More than one keeps the workers busy while
    /// messages travel. <value>2 by default.</value>
    /// </summary>
    public int TeamsPerLearner { get; set; } = 2;

    /// <summary>
    /// Time without a rollout after which an environment lets its buffers go, 1 ms to a day; the next rollout makes them anew.
    /// <value>15 seconds by default.</value>
    /// </summary>
    public TimeSpan EnvironmentRest { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a call between grains waits for the work that it asks for; then its caller asks again. Well below
    /// <see cref="Hosting.SrpoSiloBuilderExtensions.LostAfter"/>. <value>5 seconds by default.</value>
    /// </summary>
    internal TimeSpan Answer { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws if a number is out of range.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and the range.</exception>
    public void Validate()
    {
        Check(nameof(Workers), Workers, 1024);
        Check(nameof(QueueCapacity), QueueCapacity, 1_000_000);
        Check(nameof(TeamsPerLearner), TeamsPerLearner, 1024);
        if (EnvironmentRest < TimeSpan.FromMilliseconds(1) || EnvironmentRest > TimeSpan.FromDays(1))
            throw new ArgumentException(FormattableString.Invariant($"{nameof(ComputeOptions)}.{nameof(EnvironmentRest)} is {EnvironmentRest}; use a time from 1 ms to a day"));
    }

    private static void Check(string name, int value, int high)
    {
        if (value < 1 || value > high)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(ComputeOptions)}.{name} is {value}; use a whole number from 1 to {high}"));
    }
}

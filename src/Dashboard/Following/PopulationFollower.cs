using System.Collections.Immutable;
using Srpo.Core.Errors;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Following;

/// <summary>What is known of a population at one time.</summary>
/// <param name="Spec">What it was started with.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Curves">The learning curves of its teams, labelled with its name.</param>
public sealed record PopulationView(PopulationSpec Spec, PopulationStatus Status, ImmutableArray<LearningCurve> Curves);

/// <summary>
/// Follows one population for all pages that show it: asks where it stands, and for what its curves have beyond what is known. Nothing is asked for while nobody looks, and
/// little once training has ended.
/// </summary>
/// <param name="source">Who is asked.</param>
/// <param name="population">Its name.</param>
/// <param name="log">Takes what happens.</param>
/// <param name="time">The time.</param>
internal sealed class PopulationFollower(IDashboardSource source, string population, EventLog log, TimeProvider time)
{
    /// <summary>Between two questions while it trains: a point is shown within a second of its round.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(450);

    /// <summary>Between two questions while there is no answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Time over which the speed of teams is taken.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (long At, int[] Rounds)? _measured;
    private ImmutableArray<LearningCurve> _curves = [];
    private PopulationNews? _news;
    private string? _era;
    private long _asked;
    private int _lookers;
    private Action _end = () => { };

    /// <summary>What is known; null before the first answer.</summary>
    public PopulationView? View { get; private set; }

    /// <summary>[Teams] rounds a second, over the last seconds.</summary>
    public double[] Rates { get; private set; } = [];

    /// <summary>Why there is no answer, or none any more; null if there is one.</summary>
    public string? Problem { get; private set; }

    /// <summary>Ends with the first answer, or with why there is none. Somebody has to look for it.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Raised after <see cref="View"/> or <see cref="Problem"/> changed, on any thread.</summary>
    public event Action? Changed;

    /// <summary>Begins to look, until the result is disposed.</summary>
    /// <param name="changed">Told of changes.</param>
    public IDisposable Look(Action changed)
    {
        Changed += changed;
        lock (_lock)
        {
            if (_lookers++ == 0)
            {
                var running = new CancellationTokenSource();
                _end = () =>
                {
                    running.Cancel();
                    running.Dispose();
                };
                _ = RunAsync(running.Token);
            }
        }

        return new Leave(() =>
        {
            Changed -= changed;
            lock (_lock)
            {
                if (--_lookers > 0) return;
                _end();
                _end = () => { };
            }
        });
    }

    /// <summary>Asks at once, for whoever has just changed something.</summary>
    public void Hurry() => (_era, _asked) = (null, 0);

    private async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Pace, time);

        // While nobody looked another population may have taken the name.
        if (source.Era != _era) (_news, _curves, _measured) = (null, [], null);
        try
        {
            do
            {
                if (View is { Status.Phase: not PopulationPhase.Training } && Problem is null && source.Era == _era) continue;
                if (Problem is not null && time.GetElapsedTime(_asked) < Patience) continue;
                _asked = time.GetTimestamp();
                await RefreshAsync(cancellation);
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more.
        }
    }

    /// <summary>Asks once.</summary>
    internal async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            _era = source.Era;
            int[] known = [.. _curves.Select(curve => curve.Points.Length)];
            var before = _news;
            var news = await source.AskAsync(reader => reader.GetNewsAsync(population, known, before), cancellation);
            var status = news.Status;
            if (Problem is null && before is not null && Same(before, status)) return;
            _curves = Merge(_curves, news.Curves, news.Spec);
            _news = news with { Curves = [] };
            log.Note(before?.Status, status);
            Measure(status);
            (View, Problem) = (new PopulationView(news.Spec, status, _curves), null);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            if (Problem == SrpoException.MessageOf(error)) return;
            Problem = SrpoException.MessageOf(error);
        }

        _answered.TrySetResult();
        Changed?.Invoke();
    }

    /// <summary>How fast teams are: what they did since the measure before, which is some seconds old.</summary>
    private void Measure(PopulationStatus status)
    {
        var now = time.GetTimestamp();
        if (_measured is { } before && before.Rounds.Length == status.Teams.Length)
        {
            var seconds = time.GetElapsedTime(before.At, now).TotalSeconds;
            if (seconds < Window.TotalSeconds && Rates.Length > 0) return;
            Rates = [.. status.Teams.Select((team, index) => Math.Max(0, team.Round - before.Rounds[index]) / Math.Max(seconds, 1e-3))];
            if (seconds < Window.TotalSeconds) return;
        }

        _measured = (now, [.. status.Teams.Select(team => team.Round)]);
    }

    /// <summary>Whether a page would look the same.</summary>
    private static bool Same(PopulationNews before, PopulationStatus now) =>
        before.HaveNotMoved(now) && Plain(before.Status) == Plain(now);

    private static PopulationStatus Plain(PopulationStatus status) => status with { Teams = [], EnvironmentStepsPerSecond = 0, TokensPerSecond = 0, TrainingSeconds = 0 };

    private static ImmutableArray<LearningCurve> Merge(ImmutableArray<LearningCurve> curves, TeamCurve[] news, PopulationSpec spec)
    {
        if (news.Length == 0 || (news.Length == curves.Length && Array.TrueForAll(news, piece => piece.First > 0 && piece.Points.Length == 0))) return curves;
        var pieces = LearningCurves.Of(spec.Population, spec, news);
        return [.. news.Select((piece, team) => piece.First == 0 ? pieces[team] : curves[team] with { Points = [.. curves[team].Points.AsSpan(0, piece.First), .. pieces[team].Points] })];
    }

    private sealed class Leave(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}

using Microsoft.AspNetCore.Components;
using Srpo.Core.Errors;

namespace Srpo.Dashboard.Components.Parts;

/// <summary>A component that follows something while it is shown: it is drawn again when that changed, though not more often than the eye needs.</summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly List<IDisposable> _held = [];
    private long _drawn;
    private int _waiting;

    /// <summary>Least time between two drawings.</summary>
    protected virtual TimeSpan Pace => TimeSpan.FromMilliseconds(480);

    /// <summary>Set when the component is not shown any more.</summary>
    protected CancellationToken Leaving => _leaving.Token;

    /// <summary>Keeps something until the component is not shown any more, or <see cref="LetGo"/>; where it is not shown already, it ends at once.</summary>
    protected void Hold(IDisposable held)
    {
        ArgumentNullException.ThrowIfNull(held);
        if (_leaving.IsCancellationRequested) held.Dispose();
        else _held.Add(held);
    }

    /// <summary>Ends all that was held.</summary>
    protected void LetGo()
    {
        foreach (var held in _held) held.Dispose();
        _held.Clear();
    }

    /// <summary>Has the component drawn again soon; from any thread, as often as one likes.</summary>
    protected void Redraw()
    {
        if (Interlocked.Exchange(ref _waiting, 1) == 0) _ = DrawAsync();
    }

    /// <summary>What a user is told of an action that went wrong; null if it went well.</summary>
    protected static async Task<string?> TryAsync(Func<Task> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        try
        {
            await act();
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return SrpoException.MessageOf(error);
        }
    }

    /// <summary>Called when the component is not shown any more.</summary>
    protected virtual void OnLeave()
    {
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        OnLeave();
        await _leaving.CancelAsync();
        LetGo();
        _leaving.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task DrawAsync()
    {
        try
        {
            var left = Pace - TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _drawn));
            if (left > TimeSpan.Zero) await Task.Delay(left, _leaving.Token);
            Interlocked.Exchange(ref _waiting, 0);
            Interlocked.Exchange(ref _drawn, Environment.TickCount64);
            await InvokeAsync(StateHasChanged);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // Nobody looks any more.
        }
    }
}

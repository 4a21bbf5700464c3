using Orleans.Runtime;
using Srpo.OrleansEmbedded.Runtime;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>
/// A stream that a grain produces and a caller pulls: each item is a request to the grain that may interleave, as in
/// Orleans, so that a slow reader does not block the grain.
/// </summary>
internal sealed class GrainStream<T>(GrainReference reference, StreamCall<T> call, MethodPlan plan) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(reference, call, plan, cancellationToken);

    private sealed class Enumerator(GrainReference reference, StreamCall<T> call, MethodPlan plan, CancellationToken token)
        : IAsyncEnumerator<T>
    {
        private Activation? _producer;
#pragma warning disable CA2213 // It is disposed of in a turn of the grain, by the last step.
        private IAsyncEnumerator<T>? _source;
#pragma warning restore CA2213

        private Task _moving = Task.CompletedTask;

        public T Current { get; private set; } = default!;

        public async ValueTask<bool> MoveNextAsync()
        {
            token.ThrowIfCancellationRequested();
            var (found, item) = await reference.SendTask(new Step(this, token), plan).ConfigureAwait(false);
            Current = item!;
            return found;
        }

        public async ValueTask DisposeAsync()
        {
            if (_source is null)
                return;

            try
            {
                await reference.SendTask(new Step(this, default, last: true), plan).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is EnumerationAbortedException or SiloUnavailableException)
            {
                // The producer is gone, and what it held with it: the disposal has nothing left to do.
            }
        }

        private object? Argument(int index) => call.GetArgument(index);

        private async Task<(bool Found, T? Item)> Advance(object target, bool last)
        {
            if (_source is null)
            {
                _producer = RuntimeContext.Current;
                _source = call.Open(target).GetAsyncEnumerator(token);
                _producer!.Hold(_source);
            }
            else if (RuntimeContext.Current != _producer)
            {
                throw new EnumerationAbortedException(
                    $"The activation of {reference.GrainId} that served this enumeration of {plan.Name} was deactivated.");
            }

            if (last)
            {
                // A reader who cancelled leaves before the producer has: an iterator may not be disposed of while it moves.
                await _moving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                _producer!.Release(_source);
                await _source.DisposeAsync();
                return default;
            }

            var moving = _source.MoveNextAsync().AsTask();
            _moving = moving;
            return await moving ? (true, _source.Current) : default;
        }

        private sealed class Step(Enumerator owner, CancellationToken token, bool last = false) : ResultRequest<(bool Found, T? Item)>
        {
            internal override bool Interleaves => true;

            public override object? GetArgument(int index) => owner.Argument(index);

            public override CancellationToken GetToken() => token;

            public override Task Call(object target) => owner.Advance(target, last);
        }
    }
}

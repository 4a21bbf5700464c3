using Srpo.Core.Errors;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Packs;

/// <summary>Brings a population or tournament into a storage, through the grain that takes it.</summary>
/// <param name="grains">The way to the grains.</param>
/// <param name="work">What it is: <see cref="GrainKeys.Transfer"/>.</param>
/// <param name="notice">Told of what is waited for.</param>
/// <param name="cancellation">Gives up.</param>
public sealed class StateSender(IGrainFactory grains, string work, Action<string> notice, CancellationToken cancellation)
{
    private readonly ITransferGrain _grain = grains.GetGrain<ITransferGrain>(work);

    /// <summary>Sends states that memory holds.</summary>
    /// <param name="states">All states, each once.</param>
    /// <exception cref="SrpoException">The name is in use there, or the way was broken off.</exception>
    public Task SendAsync(IReadOnlyList<(StateName State, byte[] Bytes)> states) => SendAsync(states.Count, async send =>
    {
        foreach (var (state, bytes) in states) await send(state, bytes.Length, new MemoryStream(bytes));
    });

    /// <summary>Sends states one after the other.</summary>
    /// <param name="count">How many.</param>
    /// <param name="each">Given what sends a state: its name, its length and its bytes.</param>
    /// <exception cref="SrpoException">The name is in use there, or the way was broken off.</exception>
    public async Task SendAsync(int count, Func<Func<StateName, long, Stream, Task>, Task> each)
    {
        ArgumentNullException.ThrowIfNull(each);
        await AskAsync(_grain.BeginAsync);
        await each(SendAsync);
        await AskAsync(() => _grain.FinishAsync(count));
    }

    private async Task SendAsync(StateName state, long length, Stream content)
    {
        var part = new byte[StatePiece.MostBytes];
        for (long offset = 0; offset < length;)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = await content.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, cancellation);
            if (read == 0) throw new SrpoException(ErrorKind.Damaged, $"the state {state} ends after {offset} bytes instead of {length}");
            var arrived = await _grain.WriteAsync(new StatePiece(0, state, offset, length, part[..read]));
            offset += read;
            if (arrived != offset) throw new SrpoException(ErrorKind.Environment, $"bringing in {work.Replace("/", " ", StringComparison.Ordinal)} was broken off, most likely since the silo where it went is gone; repeat the command");
        }
    }

    private Task AskAsync(Func<Task> ask) => Wishes.AskAsync(
        async () =>
        {
            await ask();
            return true;
        },
        notice,
        cancellation);
}

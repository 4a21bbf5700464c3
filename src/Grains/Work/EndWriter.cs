using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Grains.Compute;

namespace Srpo.Grains;

/// <summary>Stores how work ended, as long as storage is away too; until then the end is not acknowledged.</summary>
/// <param name="writer">Writes the record.</param>
/// <param name="rereads">Whether a record that somebody else wrote is read again, instead of being an error.</param>
/// <param name="work">Kind and name of the work, for messages.</param>
/// <param name="logger">Where trouble goes.</param>
internal sealed class EndWriter(CoalescedWriter writer, bool rereads, string work, ILogger logger)
{
    private readonly StopSignal _leave = new();

    /// <summary>Why the last end is not stored yet, or null.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The activation ends: what cannot be stored now is given up.</summary>
    public void Leave() => _leave.Set();

    /// <summary>Stores the record.</summary>
    /// <param name="superseded">Called if somebody else wrote it, and it is to be read again.</param>
    /// <param name="failed">Called if it cannot be stored, and never will be.</param>
    public async Task WriteAsync(Action superseded, Action<Exception> failed)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await writer.WriteAsync();
                Trouble = null;
                return;
            }
            catch (InconsistentStateException error) when (rereads)
            {
                logger.LogWarning(error, "The record of {Work} was written by somebody else; it is read again.", work);
                superseded();
                return;
            }
            catch (Exception error) when (Transient.Is(error) && error is not InconsistentStateException && !_leave.IsSet)
            {
                logger.LogWarning(error, "The state of {Work} could not be stored and is tried again.", work);
                Trouble = error.Message;
                await backoff.WaitAsync(_leave.Token);
            }
            catch (Exception error)
            {
                logger.LogError(error, "The state of {Work} could not be stored.", work);
                failed(error);
                return;
            }
        }
    }
}

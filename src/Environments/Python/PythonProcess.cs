using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Srpo.Core.Errors;

namespace Srpo.Environments.Python;

/// <summary>
/// A Python process and the messages that go to it and come back, see docs/python-environments.md: a length (u32, little-endian), a kind (one letter), then as
/// many bytes. Every message is answered by one. The process ends when its input is closed, so never later than this one. Not thread-safe.
/// </summary>
internal sealed class PythonProcess : IDisposable
{
    private const int HeadLength = 5;

    /// <summary>Longest answer that is believed, bytes.</summary>
    private const int MaxAnswer = 1 << 30;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly string _name;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly PythonLog _log;
    private readonly Timer _watch;
    private readonly TimeSpan _patience;
    private byte[] _outgoing = new byte[256];
    private byte[] _incoming = new byte[256];
    private int _length;
    private volatile bool _timedOut;
    private bool _answered;
    private bool _closed;

    /// <summary>Starts a process.</summary>
    /// <param name="name">The environment, for messages.</param>
    /// <exception cref="PythonEnvironmentException">It cannot be started.</exception>
    public PythonProcess(string name)
    {
        _patience = PythonInterpreter.Patience;
        (_name, _process, _log) = (name, PythonInterpreter.Start(name, "srpo_environment.py"), new PythonLog(name));
        (_input, _output) = (_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream);
        _process.ErrorDataReceived += _log.Take;
        _process.BeginErrorReadLine();
        _watch = new Timer(static state => ((PythonProcess)state!).TimeOut(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Whether it can be asked; after an error of its own, or a timeout, it cannot.</summary>
    public bool IsAlive => !_closed && !_timedOut && !_process.HasExited;

    /// <summary>Its number, for tests.</summary>
    public int Id => _process.Id;

    /// <summary>The next message, to be filled before <see cref="Ask"/>.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="length">Its bytes.</param>
    public Span<byte> Begin(char kind, int length)
    {
        if (_outgoing.Length < HeadLength + length) _outgoing = new byte[HeadLength + length];
        _length = length;
        BinaryPrimitives.WriteInt32LittleEndian(_outgoing, length);
        _outgoing[HeadLength - 1] = (byte)kind;
        return _outgoing.AsSpan(HeadLength, length);
    }

    /// <summary>Sends the message and waits for the answer.</summary>
    /// <param name="kind">The kind that the answer must have.</param>
    /// <param name="doing">What it is about, for messages, for example "a step".</param>
    /// <param name="firstLane">Number of lane 0, for messages.</param>
    /// <param name="patience">How many times the usual time is waited.</param>
    /// <returns>The answer, until the next one.</returns>
    /// <exception cref="PythonEnvironmentException">The environment failed, the process ended, or no answer came in time.</exception>
    public ReadOnlySpan<byte> Ask(char kind, string doing, int firstLane = 0, int patience = 1)
    {
        _watch.Change(_patience * patience, Timeout.InfiniteTimeSpan);
        try
        {
            _input.Write(_outgoing, 0, HeadLength + _length);
            Span<byte> head = stackalloc byte[HeadLength];
            Read(head);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
            var answered = (char)head[HeadLength - 1];
            if (length > MaxAnswer || (answered != kind && answered != 'E')) throw Broken(doing, $"it answered with a message '{answered}' of {length} bytes, where '{kind}' was expected");
            if (_incoming.Length < length) _incoming = new byte[length];
            var answer = _incoming.AsSpan(0, (int)length);
            Read(answer);
            _answered = true;
            return answered == kind ? answer : throw Raised(answer, doing, firstLane);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw Ended(doing, patience);
        }
        finally
        {
            _watch.Change(Timeout.Infinite, Timeout.Infinite);
        }
    }

    /// <summary>An answer that is not what the protocol says; the process is not asked again.</summary>
    /// <param name="doing">What was asked.</param>
    /// <param name="how">What is wrong.</param>
    public PythonEnvironmentException Broken(string doing, FormattableString how)
    {
        Dispose();
        return new PythonEnvironmentException(ErrorKind.Failed, $"{_name}: {doing} failed: {how.ToString(CultureInfo.InvariantCulture)}{_log.LastLines}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed) return;
        Close();
        try
        {
            if (!_process.WaitForExit(Grace)) _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended meanwhile.
        }

        _process.Dispose();
    }

    /// <summary>Ends its input, and with it the process, without waiting for that.</summary>
    public void Close()
    {
        if (_closed) return;
        _closed = true;
        _watch.Dispose();
        try
        {
            _input.Dispose();
            _output.Dispose();
        }
        catch (IOException)
        {
            // It reads no more.
        }
    }

    private void Read(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var read = _output.Read(bytes);
            if (read == 0) throw new EndOfStreamException();
            bytes = bytes[read..];
        }
    }

    private void TimeOut()
    {
        _timedOut = true;
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself.
        }
    }

    private PythonEnvironmentException Ended(string doing, int patience)
    {
        if (_timedOut)
        {
            Dispose();
            return new PythonEnvironmentException(
                ErrorKind.Failed,
                string.Create(CultureInfo.InvariantCulture, $"{_name}: {doing} has taken more than {(_patience * patience).TotalSeconds:0.###} seconds, and the process was ended{_log.LastLines}; play fewer lanes, or set ${PythonInterpreter.PatienceVariable} to more seconds"));
        }

        // That it has ended is known before the last that it wrote.
        var ended = !_closed && _process.WaitForExitAsync().Wait(Grace) ? string.Create(CultureInfo.InvariantCulture, $"its process ended with code {_process.ExitCode}") : "its process ended";
        Dispose();
        return new PythonEnvironmentException(ErrorKind.Failed, $"{_name}: {doing} failed: {ended}{_log.LastLines}{(_answered ? "" : $"; '{PythonInterpreter.Program}' must be Python 3.8 or later, name another in ${PythonInterpreter.Variable}")}");
    }

    private PythonEnvironmentException Raised(ReadOnlySpan<byte> answer, string doing, int firstLane)
    {
        try
        {
            return PythonFailure.Parse(answer).ToException(_name, doing, firstLane);
        }
        catch (System.Text.Json.JsonException error)
        {
            return new PythonEnvironmentException(ErrorKind.Failed, $"{_name}: {doing} failed: {Encoding.UTF8.GetString(answer)}", error);
        }
    }
}

/// <summary>What a process writes to its standard error: the last lines are kept for messages, and each different line is passed on once, to the log of this process.</summary>
/// <param name="name">The environment.</param>
internal sealed class PythonLog(string name)
{
    private const int Kept = 10, Remembered = 1000, Longest = 500;

    private static readonly ConcurrentDictionary<string, bool> Passed = new(StringComparer.Ordinal);

    private readonly Queue<string> _last = new();

    /// <summary>The last lines as the end of a message; empty where there are none.</summary>
    public string LastLines
    {
        get
        {
            lock (_last) return _last.Count == 0 ? "" : "; the last that it wrote:\n" + string.Join('\n', _last);
        }
    }

    /// <summary>Takes a line.</summary>
    public void Take(object sender, DataReceivedEventArgs line)
    {
        if (string.IsNullOrWhiteSpace(line.Data)) return;
        var text = line.Data.Length > Longest ? line.Data[..Longest] + "..." : line.Data;
        lock (_last)
        {
            if (_last.Count == Kept) _last.Dequeue();
            _last.Enqueue("  " + text);
        }

        var said = $"{name}: {text}";
        if (Passed.Count < Remembered && Passed.TryAdd(said, true)) Console.Error.WriteLine(said);
    }
}

using System.Diagnostics;
using System.Globalization;
using Srpo.Core.Errors;

namespace Srpo.Environments.Python;

/// <summary>A process that plays one environment as a program in Python would: a loop of `step` and `reset` with random legal actions, and nothing of Srpo. Not thread-safe.</summary>
public sealed class PythonLoop : IDisposable
{
    private readonly string _name;
    private readonly PythonLog _log;
    private readonly Process _process;

    internal PythonLoop(PythonModule module, string arguments)
    {
        (_name, _log) = (module.Reference.EnvironmentName, new PythonLog(module.Reference.EnvironmentName));
        _process = PythonInterpreter.Start(_name, "plain_loop.py", module.Root, module.Reference.Module, module.Reference.Factory, arguments);
        _process.ErrorDataReceived += _log.Take;
        _process.BeginErrorReadLine();
    }

    /// <summary>Plays for a time.</summary>
    /// <param name="seconds">How long, above 0; a step is finished.</param>
    /// <returns>Steps a second, resets included.</returns>
    /// <exception cref="PythonEnvironmentException">The process has failed; the message has the last that it wrote.</exception>
    public double StepsPerSecond(double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        var patience = PythonInterpreter.Patience;
        var late = false;
        using var watch = new Timer(
            _ =>
            {
                late = true;
                _process.Kill(entireProcessTree: true);
            },
            null, patience + TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
        try
        {
            _process.StandardInput.WriteLine(seconds.ToString("R", CultureInfo.InvariantCulture));
            _process.StandardInput.Flush();
            if (double.TryParse(_process.StandardOutput.ReadLine(), NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)) return rate;
        }
        catch (IOException)
        {
            // It has ended, and said why.
        }

        _process.WaitForExit();
        throw new PythonEnvironmentException(
            ErrorKind.Failed,
            late ? string.Create(CultureInfo.InvariantCulture, $"{_name}: the loop in Python has not come back within {patience.TotalSeconds} seconds; $SRPO_PYTHON_TIMEOUT allows it more") : $"{_name}: the loop in Python failed{_log.LastLines}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}

namespace Srpo.Environments.Python;

/// <summary>An environment in Python, as it can be asked for. Its variants are arguments of the factory: "default" for none, or a file with a JSON object.</summary>
public static class PythonRegistration
{
    private const string Default = "default";

    /// <summary>Of a small environment in plain Python; others are slower, and none much faster.</summary>
    private const double Speed = 5e4;

    /// <summary>The registration of a module's environment. Python is started when sizes or games are asked for, not before.</summary>
    /// <param name="module">The module.</param>
    public static EnvironmentRegistration Of(PythonModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new EnvironmentRegistration(
            module.Reference.EnvironmentName, "argument set", typeof(PythonEnvironment), [Default], _ => "{}", (text, label, file, lanes) => new PythonEnvironment(module, text, label, file, lanes))
        {
            Describe = (text, label, file) => module.Describe(PythonModule.Arguments(text, file)).ToInfo(module.Reference.EnvironmentName, label),
            StepsPerSecond = Speed,
            Complete = (text, _, file) => PythonModule.Arguments(text, file),
        };
    }
}

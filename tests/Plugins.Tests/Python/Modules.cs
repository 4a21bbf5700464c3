using Srpo.Client.Tests.Support;
using Srpo.Environments;
using Srpo.Environments.Python;

namespace Srpo.Plugins.Tests.Python;

/// <summary>A test with several sets of values that needs a package of Python; skipped, with the reason, where there is none.</summary>
internal sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute(string package) => Skip = new PythonFactAttribute(package).Skip;
}

/// <summary>Environments in Python that tests write.</summary>
internal static class Modules
{
    /// <summary>The folder of the sample.</summary>
    public static string Sample => Repository.PathOf("samples", "Corridor");

    /// <summary>
    /// A module with a factory "make": two agents that draw numbers from a generator of their own, observe three of them, and are paid for equal actions; an
    /// episode ends by itself, with a chance of 1 in 10 a step.
    /// </summary>
    /// <param name="reset">Statements at the end of reset.</param>
    /// <param name="step">Statements at the beginning of step, where `actions` are given.</param>
    /// <param name="members">More members of the class.</param>
    /// <param name="top">Statements at the beginning of the module.</param>
    public static string Text(string reset = "", string step = "", string members = "", string top = "") => $$$"""
        import random
        {{{top}}}

        class Space:
            def __init__(self, **about):
                self.__dict__.update(about)
            def __repr__(self):
                return "Space(%s)" % self.__dict__

        class Draws:
            max_cycles = 25
            possible_agents = ["a", "b"]
            def action_space(self, agent):
                return Space(n=4)
            def observation_space(self, agent):
                return Space(shape=(3,), low=[0.0, 0.0, 0.0], high=[1.0, 1.0, 1.0])
            def look(self):
                self.numbers = [self.random.random() for _ in range(3)]
                return {"a": self.numbers, "b": self.numbers[::-1]}
            def reset(self, seed=None, options=None):
                self.random = random.Random(seed)
                {{{reset}}}
                return self.look(), {"a": {}, "b": {}}
            def step(self, actions):
                {{{step}}}
                end = self.random.random() < 0.1
                return self.look(), {"a": float(actions["a"] == actions["b"]), "b": self.numbers[0]}, {"a": end, "b": end}, {"a": False, "b": False}, {}
        {{{(members.Length == 0 ? "" : string.Join('\n', members.Split('\n').Select(line => "    " + line)))}}}

        def make(**arguments):
            return Draws(**arguments)
        """;

    /// <summary>The environment of a module in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Module and factory.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="arguments">Arguments of the factory.</param>
    public static PythonEnvironment Create(string folder, string name, int lanes = 2, string arguments = "{}") =>
        (PythonEnvironment)Find(folder, name).Create(arguments, "default", null, lanes);

    /// <summary>The registration of a module in a folder, which nobody else knows of.</summary>
    public static EnvironmentRegistration Find(string folder, string name) => PythonRegistration.Of(PythonModule.Find(PythonReference.Parse("python:" + name), folder));
}

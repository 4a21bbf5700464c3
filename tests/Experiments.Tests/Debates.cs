using System.Runtime.CompilerServices;
using Srpo.Environments;
using Srpo.Language.Debate;

namespace Srpo.Experiments.Tests;

/// <summary>Debates are known as in the program, which brings them; language models to hold them are not.</summary>
internal static class Debates
{
    // Presets are listed once, when the first experiment is read.
    [ModuleInitializer]
    internal static void Register() => EnvironmentFactory.Register(DebateRules.Registration);
}

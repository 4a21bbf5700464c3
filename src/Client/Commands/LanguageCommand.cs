using System.CommandLine;
using Srpo.Client.Cli;

namespace Srpo.Client.Commands;

/// <summary>`srpo language`: language models as folders.</summary>
internal static class LanguageCommand
{
    public static Command Create(Shell shell) => new("language", "Language models: what a folder holds, and folders with random weights to measure with.")
    {
        LanguageInfoCommand.Create(shell),
        LanguageMakeCommand.Create(shell),
    };
}

using System.CommandLine;
using Srpo.Client.Cli;

namespace Srpo.Client.Commands;

/// <summary>`srpo language`: language models as folders.</summary>
internal static class LanguageCommand
{
    public static Command Create(Shell shell) => new("language", "Language models: texts that they go on with, what a folder holds, and folders with random weights to measure with.")
    {
        LanguageGenerateCommand.Create(shell),
        LanguageChatCommand.Create(shell),
        LanguageInfoCommand.Create(shell),
        LanguageMakeCommand.Create(shell),
        LanguageTrainCommand.Create(shell),
    };
}

using Srpo.Core.Files;

namespace Srpo.Core.Tests.Files;

public sealed class ProgramPathTests
{
    [Fact]
    public void A_program_by_name_is_one_on_PATH_and_never_what_lies_in_the_current_directory()
    {
        var name = $"decoy{Guid.NewGuid():N}";
        var decoy = Path.Combine(Environment.CurrentDirectory, name);
        File.WriteAllText(decoy, "#!/bin/sh\n");
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(decoy, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Assert.Null(ProgramPath.Resolve(name));
            Assert.Null(ProgramPath.Find($".{Path.PathSeparator}{Path.PathSeparator}relative", name));
            Assert.Equal(decoy, ProgramPath.Find($"/nowhere{Path.PathSeparator}{Environment.CurrentDirectory}", name));

            // A path is what it says.
            Assert.Equal(decoy, ProgramPath.Resolve("./" + name));
            Assert.Equal(decoy, ProgramPath.Resolve(decoy));
        }
        finally
        {
            File.Delete(decoy);
        }
    }

    [Fact]
    public void What_cannot_be_executed_is_no_program()
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "text"), "");
            Directory.CreateDirectory(Path.Combine(folder.FullName, "folder"));
            Assert.Null(ProgramPath.Find(folder.FullName, "text"));
            Assert.Null(ProgramPath.Find(folder.FullName, "folder"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

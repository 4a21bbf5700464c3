using Srpo.Client.Tests.Support;
using Srpo.Core.Errors;
using Srpo.Environments;
using Srpo.Learning;
using Srpo.Learning.Methods;
using Srpo.Learning.Plugins;

namespace Srpo.Plugins.Tests;

public sealed class LoadingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_a_plugin_registers_is_there_by_name_and_its_types_are_those_of_the_program()
    {
        var kitchen = LoadedPlugins.Load(Samples.Kitchen, _directory.Root);
        Assert.Equal(("kitchen", "0.1.0", LoadedPlugins.HashOf(Samples.Kitchen)), (kitchen.Reference.Name, kitchen.Reference.Version, kitchen.Reference.Hash));
        Assert.Equal(["kitchen"], kitchen.Environments);
        Assert.Same(kitchen, LoadedPlugins.OfEnvironment("kitchen"));
        var registration = EnvironmentFactory.Find("kitchen");
        Assert.NotSame(System.Runtime.Loader.AssemblyLoadContext.Default, System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(registration.Implementation.Assembly));
        Assert.IsAssignableFrom<IVectorEnvironment>(EnvironmentFactory.Create(new("kitchen", "cramped_room"), lanes: 2));

        var tsallis = LoadedPlugins.Load(Samples.Tsallis, _directory.Root);
        Assert.Same(tsallis, LoadedPlugins.OfMethod("tsallis-srpo"));
        Assert.Contains("tsallis-srpo", MethodRegistry.Ids);
        Assert.NotNull(AllSettings.Find("tsallis-srpo.q"));
        Assert.Equal([kitchen.Reference, tsallis.Reference], LoadedPlugins.NeededBy("kitchen", "tsallis-srpo"));
        Assert.Empty(LoadedPlugins.NeededBy("gridworld", "srpo"));
    }

    [Fact]
    public void A_file_that_is_loaded_already_is_not_loaded_again_wherever_it_lies()
    {
        var first = LoadedPlugins.Load(Samples.Kitchen, _directory.Root);
        File.Copy(Samples.Kitchen, _directory["Copy.dll"]);
        Assert.Same(first, LoadedPlugins.Load("Copy.dll", _directory.Root));
    }

    [Fact]
    public void Two_plugins_of_one_name_are_refused_with_both_builds()
    {
        var first = LoadedPlugins.Load(Samples.Kitchen, _directory.Root);
        Samples.Compile(_directory["Twin.dll"], Samples.Source("kitchen", "twin"));
        var error = Refused("Twin.dll");
        Assert.Equal(ErrorKind.InUse, error.Kind);
        Assert.Contains("two plug-ins 'kitchen'", error.Message, StringComparison.Ordinal);
        Assert.Contains(first.File, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("twin", MethodRegistry.Ids);
    }

    [Theory]
    [InlineData(2, "is built against version 2 of the plug-in interface, and this program has version 1; use a newer Srpo")]
    [InlineData(0, "is built against version 0 of the plug-in interface, and this program has version 1; build it anew")]
    public void Another_version_of_the_interface_is_refused_before_anything_runs(int api, string said)
    {
        Samples.Compile(_directory["Other.dll"], Samples.Source("other", "other", $"Srpo.Learning.Plugins.SrpoPlugin(typeof(P), {api})", "throw new System.Exception(\"ran\");"));
        Assert.Contains(said, Refused("Other.dll").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_dependency_is_named_with_what_helps_and_one_that_is_beside_it_is_found()
    {
        Samples.Compile(_directory["Needed.dll"], "public static class Needed { public static int Of() => 1; }");
        Samples.Compile(_directory["Needy.dll"], Samples.Source("needy", "needy", body: "Needed.Of();"), _directory["Needed.dll"]);
        File.Move(_directory["Needed.dll"], _directory["elsewhere.dll"]);
        var error = Refused("Needy.dll");
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Contains("Needy.dll: it needs the assembly Needed 0.0.0.0, which is neither beside it nor part of this program; put it there", error.Message, StringComparison.Ordinal);

        File.Move(_directory["elsewhere.dll"], _directory["Needed.dll"]);
        Assert.Equal(["needy"], LoadedPlugins.Load("Needy.dll", _directory.Root).Methods);
    }

    [Fact]
    public void Names_that_are_taken_are_refused_and_nothing_of_the_plugin_is_kept()
    {
        Samples.Compile(_directory["Taken.dll"], Samples.Source("taken", "srpo", body: "registry.Add(new M2());") + "public sealed record M2() : Method(\"not-kept\", \"M\", \"\", \"\") { public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) => []; }");
        Assert.Contains("the plug-in 'taken' in Taken.dll cannot be used: a method 'srpo' is built in; give it another name", Refused("Taken.dll").Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-kept", MethodRegistry.Ids);

        LoadedPlugins.Load(Samples.Tsallis, _directory.Root);
        Samples.Compile(_directory["Late.dll"], Samples.Source("late", "tsallis-srpo"));
        Assert.Contains("a method 'tsallis-srpo' is of the plug-in 'tsallis' 0.1.0 (sha256 ", Refused("Late.dll").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_plugin_is_refused_in_words()
    {
        _directory.Write("text.dll", "no assembly");
        Assert.Contains("text.dll: it is no assembly of .NET", Refused("text.dll").Message, StringComparison.Ordinal);
        Assert.Contains("gone.dll", Assert.Throws<SrpoException>(() => LoadedPlugins.Load("gone.dll", _directory.Root)).Message, StringComparison.Ordinal);
        Samples.Compile(_directory["Plain.dll"], Samples.Source("plain", "plain", attribute: ""));
        Assert.Contains("Plain.dll: it names no plug-in; write [assembly: SrpoPlugin(typeof(YourPlugin))]", Refused("Plain.dll").Message, StringComparison.Ordinal);
        Samples.Compile(_directory["Wrong.dll"], Samples.Source("wrong", "wrong", "Srpo.Learning.Plugins.SrpoPlugin(typeof(M))"));
        Assert.Contains("Wrong.dll: M is no plug-in; it must implement ISrpoPlugin", Refused("Wrong.dll").Message, StringComparison.Ordinal);
        Samples.Compile(_directory["Bad.dll"], Samples.Source("not a name", "bad"));
        Assert.Contains("'not a name' is no name for a plug-in", Refused("Bad.dll").Message, StringComparison.Ordinal);
        Samples.Compile(_directory["Throws.dll"], Samples.Source("throws", "throws", body: "if (registry != null) throw new System.InvalidOperationException(\"no luck\");"));
        Assert.Contains("Throws.dll: it failed while it registered: InvalidOperationException: no luck", Refused("Throws.dll").Message, StringComparison.Ordinal);
    }

    private PluginException Refused(string file) => Assert.Throws<PluginException>(() => LoadedPlugins.Load(file, _directory.Root));
}

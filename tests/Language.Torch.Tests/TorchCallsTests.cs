using Mono.Cecil;
using Mono.Cecil.Cil;
using Srpo.Learning.Torch;

namespace Srpo.Language.Torch.Tests;

/// <summary>How libtorch is called, as compiled.</summary>
public sealed class TorchCallsTests
{
    /// <summary>A scalar that is made on the way into a call, by the compiler or by a method of TorchSharp, may be freed while the call reads it: see <see cref="Scalars"/>.</summary>
    [Theory]
    [InlineData(typeof(Scalars))]
    [InlineData(typeof(TorchCausalModel))]
    public void Every_scalar_outlives_the_call_that_takes_it(Type inAssembly)
    {
        using var bindings = AssemblyDefinition.ReadAssembly(typeof(TorchSharp.torch).Assembly.Location);
        var makers = Makers(bindings);
        Assert.Contains(makers, name => name.Contains("Tensor::add(TorchSharp.torch/Tensor)", StringComparison.Ordinal));
        using var ours = AssemblyDefinition.ReadAssembly(inAssembly.Assembly.Location);
        var calls = from method in Methods(ours)
                    where method.DeclaringType.FullName != typeof(Scalars).FullName
                    from called in Calls(method)
                    where MakesScalar(called) || makers.Contains(called.FullName)
                    select $"{method.FullName} calls {called.FullName}";
        Assert.Empty(calls);
    }

    /// <summary>Methods of the bindings that make scalars, themselves or by those that they call.</summary>
    private static HashSet<string> Makers(AssemblyDefinition bindings)
    {
        var calls = Methods(bindings).Where(method => method.DeclaringType.FullName != "TorchSharp.Scalar").Select(method => (method.FullName, Called: Calls(method).ToArray())).ToArray();
        var makers = calls.Where(method => Array.Exists(method.Called, MakesScalar)).Select(method => method.FullName).ToHashSet(StringComparer.Ordinal);
        while (calls.Where(method => !makers.Contains(method.FullName) && Array.Exists(method.Called, called => makers.Contains(called.FullName))).Select(method => method.FullName).ToArray() is { Length: > 0 } more)
            makers.UnionWith(more);
        return makers;
    }

    private static bool MakesScalar(MethodReference method) =>
        (method.DeclaringType.FullName == "TorchSharp.Scalar" && method.Name == "op_Implicit") || method.DeclaringType.FullName == "TorchSharp.ScalarExtensionMethods";

    private static IEnumerable<MethodDefinition> Methods(AssemblyDefinition assembly) => assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) => method.Body.Instructions.Where(instruction => instruction.OpCode.FlowControl == FlowControl.Call).Select(instruction => instruction.Operand).OfType<MethodReference>();
}

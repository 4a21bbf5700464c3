using System.Reflection;
using System.Reflection.Emit;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Runtime;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>
/// Emits, for an interface, a subclass of <see cref="GrainReference"/> whose methods make a request and send it, and for
/// each method the request class. A call then costs a few field stores instead of reflection.
/// </summary>
internal static class ProxyEmitter
{
    private static readonly ConstructorInfo BaseConstructor = typeof(GrainReference)
        .GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, [typeof(EmbeddedSilo), typeof(GrainId)])!;

    public static Type Emit(Type interfaceType)
    {
        var plans = new List<MethodPlan>();
        var proxy = DynamicModule.DefineType($"{interfaceType.FullName}+Reference", typeof(GrainReference), interfaceType);
        EmitConstructor(proxy);

        foreach (var declaring in interfaceType.GetInterfaces().Append(interfaceType))
        {
            DynamicModule.AllowAccessTo(declaring);
            foreach (var method in declaring.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            {
                if (method.IsAbstract)
                    EmitMethod(proxy, method, new MethodPlan(declaring, method), plans);
            }
        }

        var type = proxy.CreateType();
        for (var i = 0; i < plans.Count; i++)
            type.GetField(PlanField(i), BindingFlags.Public | BindingFlags.Static)!.SetValue(null, plans[i]);
        return type;
    }

    private static string PlanField(int index) => $"Plan{index}";

    private static void EmitConstructor(TypeBuilder proxy)
    {
        var constructor = proxy.DefineConstructor(
            MethodAttributes.Public, CallingConventions.Standard, [typeof(EmbeddedSilo), typeof(GrainId)]);
        var code = constructor.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldarg_2);
        code.Emit(OpCodes.Call, BaseConstructor);
        code.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder proxy, MethodInfo method, MethodPlan plan, List<MethodPlan> plans)
    {
        var send = Sender(method, plan);
        var request = RequestEmitter.Emit(method, send.GetParameters()[0].ParameterType);
        var planField = proxy.DefineField(
            PlanField(plans.Count), typeof(MethodPlan), FieldAttributes.Public | FieldAttributes.Static);
        plans.Add(plan);

        Type[] parameters = [.. method.GetParameters().Select(p => p.ParameterType)];
        var implementation = proxy.DefineMethod(
            $"{plan.InterfaceName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            parameters);
        var code = implementation.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Newobj, request.GetConstructor(Type.EmptyTypes)!);
        for (var i = 0; i < parameters.Length; i++)
        {
            code.Emit(OpCodes.Dup);
            code.Emit(OpCodes.Ldarg, checked((short)(i + 1)));
            code.Emit(OpCodes.Stfld, request.GetField(RequestEmitter.ArgumentField(i))!);
        }

        code.Emit(OpCodes.Ldsfld, planField);
        code.Emit(OpCodes.Call, send);
        code.Emit(OpCodes.Ret);
        proxy.DefineMethodOverride(implementation, method);
    }

    /// <summary>Chooses the sending method by the return type, and refuses what Orleans refuses.</summary>
    private static MethodInfo Sender(MethodInfo method, MethodPlan plan)
    {
        if (method.IsGenericMethodDefinition)
            throw Unsupported(plan, "is generic, which this stand-in does not support");
        if (method.GetParameters().Any(p => p.ParameterType.IsByRef))
            throw Unsupported(plan, "has a parameter by reference");
        if (method.GetParameters().Count(p => p.ParameterType == typeof(CancellationToken)) > 1)
            throw Unsupported(plan, "has more than one cancellation token");

        var result = method.ReturnType;
        if (result == typeof(Task))
            return Find(nameof(GrainReference.SendTask), null);
        if (result == typeof(ValueTask))
            return Find(nameof(GrainReference.SendValueTask), null);
        if (result == typeof(void) && (typeof(Orleans.IGrainObserver).IsAssignableFrom(plan.InterfaceType) || plan.OneWay))
            return Find(nameof(GrainReference.SendVoid), null);
        if (result.IsGenericType)
        {
            var shape = result.GetGenericTypeDefinition();
            var name = shape == typeof(Task<>) ? nameof(GrainReference.SendTask)
                : shape == typeof(ValueTask<>) ? nameof(GrainReference.SendValueTask)
                : shape == typeof(IAsyncEnumerable<>) ? nameof(GrainReference.SendStream)
                : null;
            if (name is not null && !(plan.OneWay && name != nameof(GrainReference.SendStream)))
                return Find(name, result.GetGenericArguments()[0]);
        }

        throw Unsupported(plan, $"returns {result}; grain methods return Task, Task<T>, ValueTask, ValueTask<T> or IAsyncEnumerable<T>, one-way ones no result");
    }

    private static MethodInfo Find(string name, Type? result)
    {
        var method = typeof(GrainReference).GetMethods(BindingFlags.NonPublic | BindingFlags.Instance)
            .Single(m => m.Name == name && m.IsGenericMethodDefinition == result is not null);
        return result is null ? method : method.MakeGenericMethod(result);
    }

    private static NotSupportedException Unsupported(MethodPlan plan, string reason) => new($"{plan.InterfaceName}.{plan.Method.Name} {reason}.");
}

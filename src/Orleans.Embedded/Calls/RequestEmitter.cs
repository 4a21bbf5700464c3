using System.Reflection;
using System.Reflection.Emit;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>Emits the class that holds the arguments of one interface method and calls it on the grain.</summary>
internal static class RequestEmitter
{
    private const MethodAttributes Override =
        MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;

    public static string ArgumentField(int index) => $"A{index}";

    public static Type Emit(MethodInfo method, Type baseType)
    {
        var type = DynamicModule.DefineType($"{method.DeclaringType!.FullName}.{method.Name}+Request", baseType);
        type.DefineDefaultConstructor(MethodAttributes.Public);
        var parameters = method.GetParameters();
        var fields = new FieldBuilder[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            DynamicModule.AllowAccessTo(parameters[i].ParameterType);
            fields[i] = type.DefineField(ArgumentField(i), parameters[i].ParameterType, FieldAttributes.Public);
        }

        DynamicModule.AllowAccessTo(method.ReturnType);
        var isStream = typeof(GrainRequest).IsAssignableFrom(baseType) is false;
        EmitCall(type, method, fields, baseType.GetMethod(isStream ? "Open" : "Call", BindingFlags.Public | BindingFlags.Instance)!);
        EmitGetArgument(type, fields, baseType);
        if (!isStream)
        {
            var token = Array.FindIndex(parameters, p => p.ParameterType == typeof(CancellationToken));
            if (token >= 0)
                EmitGetToken(type, fields[token]);
        }

        return type.CreateType();
    }

    private static void EmitCall(TypeBuilder type, MethodInfo method, FieldBuilder[] fields, MethodInfo overridden)
    {
        var call = type.DefineMethod(overridden.Name, Override, overridden.ReturnType, [typeof(object)]);
        var code = call.GetILGenerator();
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldfld, field);
        }

        code.Emit(OpCodes.Callvirt, method);
        if (method.ReturnType == typeof(void))
        {
            code.Emit(OpCodes.Call, typeof(Task).GetProperty(nameof(Task.CompletedTask))!.GetMethod!);
        }
        else if (method.ReturnType.IsValueType)
        {
            // ValueTask and ValueTask<T>.
            var local = code.DeclareLocal(method.ReturnType);
            code.Emit(OpCodes.Stloc, local);
            code.Emit(OpCodes.Ldloca, local);
            code.Emit(OpCodes.Call, method.ReturnType.GetMethod(nameof(ValueTask.AsTask))!);
        }

        code.Emit(OpCodes.Ret);
        type.DefineMethodOverride(call, overridden);
    }

    private static void EmitGetArgument(TypeBuilder type, FieldBuilder[] fields, Type baseType)
    {
        var method = type.DefineMethod(nameof(GrainRequest.GetArgument), Override, typeof(object), [typeof(int)]);
        var code = method.GetILGenerator();
        var cases = fields.Select(_ => code.DefineLabel()).ToArray();
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Switch, cases);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Call, baseType.GetMethod(nameof(GrainRequest.GetArgument))!);
        code.Emit(OpCodes.Ret);
        for (var i = 0; i < fields.Length; i++)
        {
            code.MarkLabel(cases[i]);
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldfld, fields[i]);
            if (fields[i].FieldType.IsValueType)
                code.Emit(OpCodes.Box, fields[i].FieldType);
            code.Emit(OpCodes.Ret);
        }
    }

    private static void EmitGetToken(TypeBuilder type, FieldBuilder field)
    {
        var overridden = typeof(GrainRequest).GetMethod(nameof(GrainRequest.GetToken), BindingFlags.Public | BindingFlags.Instance)!;
        var method = type.DefineMethod(overridden.Name, Override, typeof(CancellationToken), Type.EmptyTypes);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Ret);
        type.DefineMethodOverride(method, overridden);
    }
}

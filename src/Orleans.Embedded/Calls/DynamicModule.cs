using System.Reflection;
using System.Reflection.Emit;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>
/// The assembly that holds the emitted classes. Grain interfaces and messages may be internal to their assemblies; the
/// runtime honours IgnoresAccessChecksToAttribute by name, so each assembly that is touched gets one.
/// </summary>
internal static class DynamicModule
{
    private static readonly AssemblyBuilder Assembly =
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Srpo.Orleans.Embedded.Emitted"), AssemblyBuilderAccess.Run);

    private static readonly ModuleBuilder Module = Assembly.DefineDynamicModule("Emitted");
    private static readonly ConstructorInfo IgnoreAccess = DefineIgnoreAccessAttribute();
    private static readonly HashSet<string> Opened = [];
    private static int s_count;

    /// <summary>Starts a class. Callers hold the lock of <see cref="ProxyFactory"/>.</summary>
    public static TypeBuilder DefineType(string name, Type baseType, params Type[] interfaces)
    {
        AllowAccessTo(baseType);
        foreach (var type in interfaces)
            AllowAccessTo(type);

        // A number keeps names apart, since overloads and nested interfaces can give the same text.
        return Module.DefineType($"{name}#{s_count++}", TypeAttributes.Public | TypeAttributes.Sealed, baseType, interfaces);
    }

    public static void AllowAccessTo(Type type)
    {
        if (type.HasElementType)
            AllowAccessTo(type.GetElementType()!);
        foreach (var argument in type.GetGenericArguments())
            AllowAccessTo(argument);
        if (type.Assembly.GetName().Name is { } name && Opened.Add(name))
            Assembly.SetCustomAttribute(new CustomAttributeBuilder(IgnoreAccess, [name]));
    }

    private static ConstructorInfo DefineIgnoreAccessAttribute()
    {
        var attribute = Module.DefineType(
            "System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute",
            TypeAttributes.Public | TypeAttributes.Class,
            typeof(Attribute));
        var name = attribute.DefineField("_name", typeof(string), FieldAttributes.Private);
        var constructor = attribute.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [typeof(string)]);
        var code = constructor.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Call, typeof(Attribute).GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, Type.EmptyTypes)!);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, name);
        code.Emit(OpCodes.Ret);

        var property = attribute.DefineProperty("AssemblyName", PropertyAttributes.None, typeof(string), null);
        var getter = attribute.DefineMethod("get_AssemblyName", MethodAttributes.Public, typeof(string), Type.EmptyTypes);
        code = getter.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, name);
        code.Emit(OpCodes.Ret);
        property.SetGetMethod(getter);
        return attribute.CreateType().GetConstructor([typeof(string)])!;
    }
}

using System.Reflection;

namespace Orleans.Serialization.Invocation;

/// <summary>A request as predicates of <see cref="Concurrency.MayInterleaveAttribute"/> see it. The reading half of the Orleans interface.</summary>
public interface IInvokable
{
    /// <summary>The number of arguments.</summary>
    /// <returns>The number, cancellation tokens included.</returns>
    int GetArgumentCount();

    /// <summary>An argument.</summary>
    /// <param name="index">Its place.</param>
    /// <returns>Its value.</returns>
    object? GetArgument(int index);

    /// <summary>The name of the method.</summary>
    /// <returns>The name without its types.</returns>
    string GetMethodName();

    /// <summary>The name of the interface.</summary>
    /// <returns>The full name.</returns>
    string GetInterfaceName();

    /// <summary>The method.</summary>
    /// <returns>The interface's method.</returns>
    MethodInfo GetMethod();

    /// <summary>The interface.</summary>
    /// <returns>The type that declares the method.</returns>
    Type GetInterfaceType();
}

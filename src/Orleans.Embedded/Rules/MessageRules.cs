using System.Reflection;
using Orleans;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Rules;

/// <summary>Checks the types in a method's signature once, when the method is first called.</summary>
internal static class MessageRules
{
    // Types that contain each other are taken as good while one of them is looked at; nobody else may see that.
    private static readonly Lock Gate = new();

    /// <summary>What is wrong with the method, or null.</summary>
    public static OrleansConfigurationException? Check(MethodPlan plan)
    {
        lock (Gate)
            return CheckAll(plan);
    }

    private static OrleansConfigurationException? CheckAll(MethodPlan plan)
    {
        var method = plan.Method;
        foreach (var parameter in method.GetParameters())
        {
            if (Check(plan, parameter, $"the parameter '{parameter.Name}'") is { } wrong)
                return wrong;
        }

        return Check(plan, method.ReturnParameter, "the result");
    }

    private static OrleansConfigurationException? Check(MethodPlan plan, ParameterInfo parameter, string what)
    {
        var type = parameter.ParameterType;
        if (!parameter.IsDefined(typeof(ImmutableAttribute)) && SharingRules.FindUnsafe(type) is { } culprit)
        {
            var within = culprit == type ? "" : $" within {Describe(type)}";
            return new OrleansConfigurationException(
                $"{plan.InterfaceName}.{plan.Method.Name}: {what} has the type {Describe(culprit)}{within}, which may be changed after it was sent. "
                + "Orleans would copy it; this stand-in does not, so the two would behave differently. Mark the type [Immutable] or the "
                + "parameter or result [Immutable] if nobody changes it after sending, or use an immutable collection such as ImmutableArray<T>.");
        }

        return SerializationRules.FindFault(type) is { } fault
            ? new OrleansConfigurationException(
                $"{plan.InterfaceName}.{plan.Method.Name}: {what} could not be sent by Orleans: {fault}")
            : null;
    }

    private static string Describe(Type type) => type.IsGenericType
        ? $"{type.Namespace}.{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Describe))}>"
        : type.FullName ?? type.Name;
}

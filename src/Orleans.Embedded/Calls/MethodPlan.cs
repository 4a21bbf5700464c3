using System.Reflection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Rules;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>What is known of an interface method: made once, used by every call.</summary>
internal sealed class MethodPlan
{
    private Exception? _violation;
    private volatile bool _checked;

    public MethodPlan(Type interfaceType, MethodInfo method)
    {
        InterfaceType = interfaceType;
        Method = method;
        InterfaceName = interfaceType.FullName ?? interfaceType.Name;
        Name = $"{interfaceType.Name}.{method.Name}";
        OneWay = method.IsDefined(typeof(OneWayAttribute)) || method.ReturnType == typeof(void);
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        var parameters = method.GetParameters();
        HasToken = parameters.Any(p => p.ParameterType == typeof(CancellationToken));
        References = [.. parameters.Where(p => typeof(IAddressable).IsAssignableFrom(p.ParameterType)).Select(p => p.Position)];
    }

    public Type InterfaceType { get; }

    public MethodInfo Method { get; }

    public string InterfaceName { get; }

    public string Name { get; }

    public bool OneWay { get; }

    public bool ReadOnly { get; }

    public bool AlwaysInterleave { get; }

    public TimeSpan? Timeout { get; }

    public bool HasToken { get; }

    /// <summary>Places of the arguments that are grains or observers.</summary>
    public int[] References { get; }

    /// <summary>Refuses methods whose messages would behave differently on Orleans. The check runs once; later calls read a flag.</summary>
    public void EnsureUsable()
    {
        if (!_checked)
        {
            _violation = MessageRules.Check(this);
            _checked = true;
        }

        if (_violation is not null)
            throw _violation;
    }
}

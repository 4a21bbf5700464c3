using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>What is known of a grain class, and how its objects are made.</summary>
internal sealed class GrainClass
{
    private readonly ObjectFactory _factory;
    private readonly Func<Activation, object>[] _facets;

    public GrainClass(Type type, GrainCollectionOptions collection)
    {
        Type = type;
        Name = NameOf(type);
        MaxWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>()?.MaxLocal ?? 0;
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        MayInterleave = type.GetCustomAttribute<MayInterleaveAttribute>() is { } attribute ? Predicate(type, attribute.CallbackMethodName) : null;
        CollectionAge = AgeOf(type, collection);

        var (parameterTypes, facets) = PersistentState.FacetsOf(type);
        _facets = facets;
        _factory = ActivatorUtilities.CreateFactory(type, parameterTypes);
    }

    public Type Type { get; }

    public GrainType Name { get; }

    /// <summary>Most activations per key of a stateless worker; 0 for other classes.</summary>
    public int MaxWorkers { get; }

    public bool IsReentrant { get; }

    public Func<object, IInvokable, bool>? MayInterleave { get; }

    /// <summary>How long activations may be idle; null for ever.</summary>
    public TimeSpan? CollectionAge { get; }

    public object Create(Activation activation)
    {
        var arguments = _facets.Length == 0 ? [] : new object[_facets.Length];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = _facets[i](activation);
        return _factory(activation.ActivationServices, arguments);
    }

    private static GrainType NameOf(Type type)
    {
        if (type.GetCustomAttribute<GrainTypeAttribute>() is { } attribute)
            return attribute.GrainType;

        const string Ending = "grain";
        var name = type.Name.ToLowerInvariant();
        return GrainType.Create(name.Length > Ending.Length && name.EndsWith(Ending, StringComparison.Ordinal) ? name[..^Ending.Length] : name);
    }

    private static TimeSpan? AgeOf(Type type, GrainCollectionOptions collection)
    {
        if (type.IsDefined(typeof(KeepAliveAttribute)))
            return null;
        if (type.GetCustomAttribute<CollectionAgeLimitAttribute>() is { } attribute)
            return attribute.AlwaysActive ? null : attribute.AgeLimit;
        return collection.ClassSpecificCollectionAge.TryGetValue(type.FullName ?? type.Name, out var age) ? age : collection.CollectionAge;
    }

    private static Func<object, IInvokable, bool> Predicate(Type type, string name)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy;
        var method = type.GetMethod(name, Any, [typeof(IInvokable)]);
        if (method is null || method.ReturnType != typeof(bool))
        {
            throw new OrleansConfigurationException(
                $"{type} is marked [MayInterleave(\"{name}\")], but has no method bool {name}(IInvokable request).");
        }

        var grain = Expression.Parameter(typeof(object));
        var request = Expression.Parameter(typeof(IInvokable));
        var call = method.IsStatic ? Expression.Call(method, request) : Expression.Call(Expression.Convert(grain, type), method, request);
        return Expression.Lambda<Func<object, IInvokable, bool>>(call, grain, request).Compile();
    }
}

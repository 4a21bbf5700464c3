using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Runtime;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>Makes references of emitted classes, one class per interface, emitted when it is first asked for.</summary>
internal static class ProxyFactory
{
    private static readonly ConcurrentDictionary<Type, Func<EmbeddedSilo, GrainId, GrainReference>> Makers = new();
    private static readonly Lock Gate = new();

    public static GrainReference Create(Type interfaceType, EmbeddedSilo silo, GrainId id)
    {
        if (!Makers.TryGetValue(interfaceType, out var make))
            make = Emit(interfaceType);
        return make(silo, id);
    }

    private static Func<EmbeddedSilo, GrainId, GrainReference> Emit(Type interfaceType)
    {
        lock (Gate)
        {
            if (Makers.TryGetValue(interfaceType, out var existing))
                return existing;

            if (!interfaceType.IsInterface || !typeof(IAddressable).IsAssignableFrom(interfaceType))
                throw new ArgumentException($"{interfaceType} is not a grain or observer interface.", nameof(interfaceType));

            var constructor = ProxyEmitter.Emit(interfaceType).GetConstructors(BindingFlags.Public | BindingFlags.Instance)[0];
            var silo = Expression.Parameter(typeof(EmbeddedSilo));
            var id = Expression.Parameter(typeof(GrainId));
            var make = Expression.Lambda<Func<EmbeddedSilo, GrainId, GrainReference>>(Expression.New(constructor, silo, id), silo, id).Compile();
            Makers[interfaceType] = make;
            return make;
        }
    }
}

using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>A state of an activation, as far as the runtime deals with it.</summary>
internal abstract class PersistentState
{
    public abstract Task ReadAsync();

    /// <summary>The constructor parameters of a grain class that are states, and how to make each for an activation.</summary>
    public static (Type[] Types, Func<Activation, object>[] Facets) FacetsOf(Type grainClass)
    {
        var constructors = grainClass.GetConstructors();
        var constructor = constructors.FirstOrDefault(c => c.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? constructors.OrderByDescending(c => c.GetParameters().Length).FirstOrDefault();
        var types = new List<Type>();
        var facets = new List<Func<Activation, object>>();
        foreach (var parameter in constructor?.GetParameters() ?? [])
        {
            if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } attribute)
                facets.Add(Facet(grainClass, parameter, attribute));
            else if (parameter.ParameterType == typeof(IGrainContext))
                facets.Add(static activation => activation);
            else
                continue;
            types.Add(parameter.ParameterType);
        }

        return ([.. types], [.. facets]);
    }

    private static Func<Activation, object> Facet(Type grainClass, ParameterInfo parameter, PersistentStateAttribute attribute)
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException(
                $"{grainClass}: the parameter '{parameter.Name}' is marked [PersistentState] but is {type}, not IPersistentState<T>.");
        }

        var make = typeof(PersistentState).GetMethod(nameof(Make), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type.GetGenericArguments())
            .CreateDelegate<Func<Activation, PersistentStateAttribute, PersistentState>>();
        return activation => make(activation, attribute);
    }

    private static PersistentState Make<TState>(Activation activation, PersistentStateAttribute attribute)
    {
        var storage = attribute.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var provider = activation.ActivationServices.GetKeyedService<IGrainStorage>(storage)
            ?? throw new OrleansConfigurationException(
                $"{activation.Class.Type} wants its state '{attribute.StateName}' in the storage '{storage}', but none has that name. "
                + "Register one, for instance with AddMemoryGrainStorage.");
        var state = new PersistentState<TState>(attribute.StateName, activation, provider);
        activation.AddState(state);
        return state;
    }
}

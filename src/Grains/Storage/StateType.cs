using System.Reflection;

namespace Srpo.Grains.Storage;

/// <summary>What storages need to know of the types of states.</summary>
internal static class StateType
{
    /// <summary>The name that a stored state carries: its alias, so that classes may be moved.</summary>
    public static string Name<T>() => typeof(T).GetCustomAttributes<AliasAttribute>().FirstOrDefault()?.Alias ?? typeof(T).FullName!;

    /// <summary>What a grain finds where nothing is stored.</summary>
    public static T Empty<T>() => typeof(T).GetConstructor(Type.EmptyTypes) is null ? default! : Activator.CreateInstance<T>();
}

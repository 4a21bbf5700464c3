using System.Runtime.CompilerServices;

namespace Srpo.Grains.Tests;

/// <summary>
/// Silos, servers and clients, in practice each a process of its own, share the one pool of a test program. A pool that adds a thread or
/// two in a second would let them wait for each other.
/// </summary>
internal static class TestThreads
{
    private const int Least = 32;

#pragma warning disable CA2255 // Module initialisers are for programs: this is one.
    [ModuleInitializer]
    internal static void Prepare() => ThreadPool.SetMinThreads(Least, Least);
#pragma warning restore CA2255
}

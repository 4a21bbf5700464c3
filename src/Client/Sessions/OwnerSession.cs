using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization.Configuration;
using Srpo.Client.Live;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Experiments.Data;
using Srpo.Experiments.Runs;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Sessions;

/// <summary>The process that had the grains ended while it was being asked. What it stored can be read in this process.</summary>
internal sealed class OwnerEndedException(LiveProcess owner, Exception? inner) : SrpoException(
    ErrorKind.Environment, $"{owner.Name}, which has this in memory, ended before it answered; repeat the command to read the stored state", inner);

/// <summary>
/// The grains of another process of this user, which works on the data directory: a client over the socket of that process. A
/// call whose answer cannot come any more, because the connection broke, fails at once, and the next one connects again.
/// </summary>
internal sealed class OwnerSession : IGrainSession, IOutgoingGrainCallFilter
{
    /// <summary>How long a process that takes a connection may take to say so, and how long it is tried again.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long it may take to answer, where the call itself says nothing else.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(25);

    /// <summary>How long a process that has closed the connection may take to end.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly DataDirectory _data;
    private readonly LiveProcess _owner;
    private readonly IHost _host;
    private readonly CancellationToken _giveUp;
    private TaskCompletionSource _lost = NewSignal();

    private OwnerSession(DataDirectory data, LiveProcess owner, CancellationToken giveUp)
    {
        (_data, _owner, _giveUp) = (data, owner, giveUp);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.UseLocalSilo(owner.Info.ClusterId!, owner.Info.Socket!);
            client.Configure<ConnectionOptions>(options => options.OpenConnectionTimeout = ConnectTimeout);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);

            // Whether to try again is decided here, where it is known whether the process lives.
            client.UseConnectionRetryFilter((_, _) => Task.FromResult(false));
            client.AddGatewayCountChangedHandler(OnGatewayCountChanged);
            client.AddOutgoingGrainCallFilter(this);
        });
        builder.Services.PostConfigure<TypeManifestOptions>(KeepWhatClientsExchange);
        _host = builder.Build();
    }

    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects to a process.</summary>
    /// <param name="data">The data directory that it works on.</param>
    /// <param name="owner">The process.</param>
    /// <param name="giveUpCalls">Ends the waiting for answers. Calls that are made afterwards, to bring things in order, are waited for.</param>
    /// <param name="cancellation">Gives up connecting.</param>
    /// <returns>null if it has ended.</returns>
    /// <exception cref="SrpoException">It lives, and does not answer.</exception>
    public static async Task<IGrainSession?> TryConnectAsync(DataDirectory data, LiveProcess owner, CancellationToken giveUpCalls, CancellationToken cancellation)
    {
        if (owner.Info.ClusterId is null) throw Silent(owner, null);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var session = new OwnerSession(data, owner, giveUpCalls);

            // One that ends after it has taken the connection would be waited for without end.
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(ConnectTimeout);
            try
            {
                await session._host.StartAsync(limited.Token).WaitAsync(limited.Token);

                // One whose silo is ending has no grains any more, which a client says of the first that it is asked for.
                if (session.KnowsGrains()) return session;
                throw new TimeoutException($"{owner.Name} has no grains");
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested && IsFailureToConnect(error))
            {
                session._host.Dispose();
                if (!IsAlive(data, owner)) return null;
                if (Stopwatch.GetElapsedTime(began) >= ConnectTimeout) throw Silent(owner, error);
                await Task.Delay(Pause, cancellation);
            }
            catch
            {
                session._host.Dispose();
                throw;
            }
        }
    }

    private bool KnowsGrains()
    {
        try
        {
            Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Lets a call fail when the connection breaks meanwhile; Orleans would wait for its time limit, which can be long.</summary>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (_lost.Task.IsCompleted)
        {
            if (!IsAlive(_data, _owner)) throw new OwnerEndedException(_owner, null);
            _lost = NewSignal();
        }

        var call = context.Invoke();
        await EndAsync(call);
        if (!call.IsCompleted)
        {
            call.Ignore();
            _giveUp.ThrowIfCancellationRequested();
            throw await ExplainAsync(null);
        }

        try
        {
            await call;
        }
        catch (TimeoutException error)
        {
            throw Silent(_owner, error);
        }
        catch (Exception error) when (error is SiloUnavailableException or OrleansMessageRejectionException or Orleans.Runtime.Messaging.ConnectionFailedException)
        {
            throw await ExplainAsync(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>
    /// Leaves the serializer the types of the contracts, of what they carry, and of Orleans' own clients. Those of silos are in this program too; taking note of
    /// every one of them would take a client longer than its question does.
    /// </summary>
    private static void KeepWhatClientsExchange(TypeManifestOptions manifest)
    {
        Assembly[] exchanged = [typeof(ICoordinatorGrain).Assembly, typeof(PopulationSpec).Assembly, typeof(IGrain).Assembly, typeof(IClusterClient).Assembly, typeof(TypeManifestOptions).Assembly];
        foreach (var types in new[] { manifest.Activators, manifest.Converters, manifest.Copiers, manifest.FieldCodecs, manifest.Interfaces, manifest.InterfaceImplementations, manifest.InterfaceProxies, manifest.Serializers })
            types.RemoveWhere(type => !exchanged.Contains(type.Assembly));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the process that was found still holds its lock.</summary>
    private static bool IsAlive(DataDirectory data, LiveProcess owner) =>
        RunLock.IsHeld(data, owner.Id) && RunLock.ReadInfo(data, owner.Id) is { } now && now.ClusterId == owner.Info.ClusterId;

    private static bool IsFailureToConnect(Exception error) => error is OrleansException or SocketException or TimeoutException or OperationCanceledException
        or Microsoft.AspNetCore.Connections.ConnectionAbortedException or Microsoft.AspNetCore.Connections.ConnectionResetException;

    private static SrpoException Silent(LiveProcess owner, Exception? error) => new(
        ErrorKind.Environment, $"{owner.Name}, which has this in memory, does not answer; wait until it goes on, or end it: what it stored is not lost", error);

    private void OnGatewayCountChanged(object? sender, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways == 0) _lost.TrySetResult();
    }

    /// <summary>Waits until a call has ended, the connection breaks, or it is given up.</summary>
    private async Task EndAsync(Task call)
    {
        if (_giveUp.IsCancellationRequested || !_giveUp.CanBeCanceled)
        {
            await Task.WhenAny(call, _lost.Task);
            return;
        }

        var gaveUp = NewSignal();
        using var registration = _giveUp.Register(() => gaveUp.TrySetResult());
        await Task.WhenAny(call, _lost.Task, gaveUp.Task);
    }

    /// <summary>The connection broke: says whether the process has ended.</summary>
    private async Task<Exception> ExplainAsync(Exception? error)
    {
        var began = Stopwatch.GetTimestamp();
        while (IsAlive(_data, _owner))
        {
            if (Stopwatch.GetElapsedTime(began) > EndTimeout)
                return new SrpoException(ErrorKind.Environment, $"the connection to {_owner.Name}, which has this in memory, broke; repeat the command", error);
            await Task.Delay(Pause);
        }

        return new OwnerEndedException(_owner, error);
    }
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Srpo.Client.Tests.Operations;

/// <summary>A span as a collector gets it.</summary>
internal sealed record OtlpSpan(string Service, string Scope, string Name, string Trace, string Id, string Parent, int Kind);

/// <summary>A collector: takes spans and metrics in OTLP over HTTP with protobuf, and keeps what the tests look at.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;

    private OtlpReceiver(WebApplication application) => _application = application;

    /// <summary>Its address without the paths of the signals.</summary>
    public string Address => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public ConcurrentQueue<OtlpSpan> Spans { get; } = new();

    /// <summary>Names of the metrics that came.</summary>
    public ConcurrentDictionary<string, bool> Metrics { get; } = new();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._application.MapPost("/v1/traces", context => TakeAsync(context, receiver.TakeSpans));
        receiver._application.MapPost("/v1/metrics", context => TakeAsync(context, receiver.TakeMetrics));
        await receiver._application.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private static async Task TakeAsync(HttpContext context, Action<ReadOnlyMemory<byte>> take)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        take(body.ToArray());
        context.Response.ContentType = "application/x-protobuf";
    }

    // The numbers are those of opentelemetry/proto/collector and its messages.
    private void TakeSpans(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in Parts(request, 1))
        {
            var service = Parts(resource, 1).SelectMany(one => Parts(one, 1)).Where(tag => Text(tag, 1) == "service.name").Select(tag => Text(Parts(tag, 2).Single(), 1)).Single();
            foreach (var scope in Parts(resource, 2))
            {
                foreach (var span in Parts(scope, 2))
                    Spans.Enqueue(new OtlpSpan(service, Text(Parts(scope, 1).Single(), 1), Text(span, 5), Hex(span, 1), Hex(span, 2), Hex(span, 4), Number(span, 6)));
            }
        }
    }

    private void TakeMetrics(ReadOnlyMemory<byte> request)
    {
        foreach (var metric in Parts(request, 1).SelectMany(resource => Parts(resource, 2)).SelectMany(scope => Parts(scope, 2))) Metrics[Text(metric, 1)] = true;
    }

    private static string Text(ReadOnlyMemory<byte> message, int field) => string.Concat(Parts(message, field).Select(part => Encoding.UTF8.GetString(part.Span)));

    private static string Hex(ReadOnlyMemory<byte> message, int field) => string.Concat(Parts(message, field).Select(part => Convert.ToHexStringLower(part.Span)));

    private static int Number(ReadOnlyMemory<byte> message, int field) => (int)Fields(message).Where(part => part.Field == field).Select(part => part.Number).SingleOrDefault();

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> message, int field) => Fields(message).Where(part => part.Field == field && part.Wire == 2).Select(part => part.Content);

    /// <summary>The fields of a message of protobuf, whatever they mean.</summary>
    private static List<(int Field, int Wire, ulong Number, ReadOnlyMemory<byte> Content)> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<(int, int, ulong, ReadOnlyMemory<byte>)>();
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint();
            var (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            switch (wire)
            {
                case 0:
                    fields.Add((field, wire, Varint(), default));
                    break;
                case 1:
                    fields.Add((field, wire, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint();
                    fields.Add((field, wire, 0, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    fields.Add((field, wire, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {wire}");
            }
        }

        return fields;

        ulong Varint()
        {
            var (value, shift) = (0UL, 0);
            while (true)
            {
                var part = message.Span[at++];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80) return value;
                shift += 7;
            }
        }
    }
}

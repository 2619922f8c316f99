using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// One call as one HTTP/2 request: reads its messages, writes its responses, ends it with a status. The part that handlers see is in
/// HttpServerCall.Context.cs. Kestrel's output pipe is the only buffer of responses, so a flush waits for a slow reader.
/// </summary>
internal sealed partial class HttpServerCall(HttpContext context, IMethod method, CallSettings settings) : ServerCallContext, IDisposable
{
    /// <summary>How much <see cref="WriteFlags.BufferHint"/> may leave in the pipe: one frame of HTTP/2.</summary>
    private const int LargestUnflushed = 16 * 1024;

    /// <summary>Timers end here. A later deadline is left to the client.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly MessageSerializer _serializer = new(settings.Options.MaxSendMessageSize);
    private readonly MessageReader _reader = new(
        context.Request.BodyReader,
        new MessageRules(settings.Options.MaxReceiveMessageSize, context.Request.Headers[HeaderNames.Encoding], StatusCode.Unimplemented));

    private CancellationTokenSource? _deadlineTimer;
    private CancellationTokenSource? _cancelled;
    private DateTime _deadline = DateTime.MaxValue;
    private bool _hasMessages;

    public HttpContext HttpContext => context;

    /// <summary>The client reset the stream or lost its connection.</summary>
    public bool IsAborted => context.RequestAborted.IsCancellationRequested;

    public bool HasDeadlinePassed => _deadlineTimer?.IsCancellationRequested == true;

    /// <exception cref="RpcException">The timeout cannot be read.</exception>
    public void Begin()
    {
        context.Response.ContentType = HeaderNames.ContentType;
        LiftBodyLimits();
        if (context.Request.Headers[HeaderNames.Timeout] is [{ } value])
        {
            if (!TimeoutCoding.TryDecode(value, out var timeout))
            {
                throw new RpcException(new Status(StatusCode.Internal, "grpc-timeout must be 1 to 8 digits and one of H M S m u n."));
            }

            StartDeadline(timeout);
        }
    }

    /// <exception cref="RpcException">The timer of the deadline has run out.</exception>
    public void ThrowIfDeadlinePassed()
    {
        if (HasDeadlinePassed)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, ""));
        }
    }

    public async Task<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class =>
        await WhileConnectedAsync(_reader.ReadSingleAsync(marshaller.ContextualDeserializer, CancellationToken)).ConfigureAwait(false);

    public async Task<T?> ReadNextAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class =>
        await WhileConnectedAsync(_reader.ReadAsync(marshaller.ContextualDeserializer, cancellationToken)).ConfigureAwait(false);

    /// <summary>Writes the response of a call that has one. It leaves together with the status, in one write.</summary>
    public async Task WriteSingleAsync<T>(T response, Marshaller<T> marshaller)
        where T : class
    {
        ThrowIfDeadlinePassed();
        await StartAsync().ConfigureAwait(false);
        Serialize(response, marshaller);
    }

    public async Task WriteNextAsync<T>(T response, Marshaller<T> marshaller, WriteOptions? options, CancellationToken cancellationToken)
        where T : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        await StartAsync().ConfigureAwait(false);
        Serialize(response, marshaller);
        var body = context.Response.BodyWriter;
        var mayWait = options is not null && options.Flags.HasFlag(WriteFlags.BufferHint);
        if (!mayWait || body.UnflushedBytes >= LargestUnflushed)
        {
            await body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends with that status instead of the one of the handler.</summary>
    public void Fail(Status status, Metadata? trailers = null)
    {
        StatusCore = status;
        foreach (var entry in trailers ?? Metadata.Empty)
        {
            ResponseTrailers.Add(entry);
        }

        if (status.StatusCode == StatusCode.Unimplemented)
        {
            OfferEncodings();
        }
    }

    /// <summary>Writes the status. The web server sends it when the request delegate returns.</summary>
    public void End()
    {
        if (IsAborted)
        {
            return;
        }

        if (_hasMessages || context.Response.HasStarted)
        {
            StatusFields.WriteAsTrailers(context.Response, StatusCore, ResponseTrailers);
        }
        else
        {
            StatusFields.WriteAsHeaders(context.Response, StatusCore, ResponseTrailers);
        }
    }

    public void Dispose()
    {
        _cancelled?.Dispose();
        _deadlineTimer?.Dispose();
    }

    /// <summary>Tells a client that compressed its message what it may send instead, as the protocol asks.</summary>
    private void OfferEncodings()
    {
        if (!context.Response.HasStarted && context.Request.Headers.ContainsKey(HeaderNames.Encoding))
        {
            context.Response.Headers[HeaderNames.AcceptEncoding] = HeaderNames.Identity;
        }
    }

    /// <summary>
    /// The web server's limits are made for bodies of one piece. Here the size of each message is bounded, one is in memory at a time, and a
    /// stream may rest for as long as its client lives.
    /// </summary>
    private void LiftBodyLimits()
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming
            && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private void StartDeadline(TimeSpan timeout)
    {
        var now = settings.Clock.GetUtcNow().UtcDateTime;
        _deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        if (timeout <= LongestTimer)
        {
            _deadlineTimer = new CancellationTokenSource(timeout, settings.Clock);
            _cancelled = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _deadlineTimer.Token);
        }
    }

    private static async ValueTask<T> WhileConnectedAsync<T>(ValueTask<T> read)
    {
        try
        {
            return await read.ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // The body ends in this way when the client resets the stream, sometimes before the token of the request knows.
            throw new RpcException(new Status(StatusCode.Cancelled, "The client went away while it was sending.", e));
        }
    }

    private Task StartAsync()
    {
        _hasMessages = true;
        return context.Response.HasStarted ? Task.CompletedTask : context.Response.StartAsync(CancellationToken);
    }

    private void Serialize<T>(T response, Marshaller<T> marshaller)
    {
        if (response is null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The handler returned no message."));
        }

        _serializer.Write(response, marshaller.ContextualSerializer, context.Response.BodyWriter);
    }
}

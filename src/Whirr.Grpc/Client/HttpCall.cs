using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// One call as one HTTP/2 request. A call ends once, with the first status that is found: the one the server sent, or the one that says
/// what went wrong on this side. Ending it early resets the stream (RST_STREAM, CANCEL), so the server learns of it.
/// </summary>
internal sealed class HttpCall
{
    /// <summary>Timers end here. A later deadline is sent to the server and left to it.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly GrpcChannel _channel;
    private readonly IMethod _method;
    private readonly CallOptions _options;
    private readonly TimeSpan? _timeout;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards _status, _trailers, _response and _isDisposed.
    private readonly Lock _gate = new();
    private Status? _status;
    private Metadata _trailers = Metadata.Empty;
    private HttpResponseMessage? _response;
    private bool _isDisposed;

    private HttpContent? _content;
    private ResponseHead? _head;
    private Task<MessageReader?> _opening = Task.FromResult<MessageReader?>(null);
    private CancellationTokenRegistration _callerStops;
    private CancellationTokenRegistration _channelStops;

    public HttpCall(GrpcChannel channel, IMethod method, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _options = options;
        if (options.Deadline is { } deadline && deadline != DateTime.MaxValue)
        {
            _timeout = deadline.ToUniversalTime() - channel.TimeProvider.GetUtcNow().UtcDateTime;
        }

        _stop = _timeout is { } timeout && timeout > TimeSpan.Zero && timeout <= LongestTimer
            ? new CancellationTokenSource(timeout, channel.TimeProvider)
            : new CancellationTokenSource();
    }

    public Task<Metadata> Headers => _headers.Task;

    public void Start(string? host, HttpContent content)
    {
        _content = content;
        if (_timeout <= TimeSpan.Zero)
        {
            End(DeadlineExceeded());
            return;
        }

        _stop.Token.UnsafeRegister(static call => ((HttpCall)call!).End(((HttpCall)call).StoppedStatus()), this);
        _callerStops = _options.CancellationToken.UnsafeRegister(static call => ((HttpCall)call!).Stop(), this);
        _channelStops = _channel.Shutdown.UnsafeRegister(static call => ((HttpCall)call!).Stop(), this);
        _opening = OpenAsync(RequestHead.Create(_channel.Address, _method, host, _options.Headers, _timeout, content));
    }

    /// <summary>The next message, or null when the server ended the call with OK.</summary>
    /// <exception cref="RpcException">The call ended in any other way.</exception>
    public async Task<T?> ReadNextAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        if (IsEnded(out var status))
        {
            return status.StatusCode == StatusCode.OK ? null : throw Error(status);
        }

        var message = await ReadMessageAsync(marshaller).ConfigureAwait(false);
        if (message is null)
        {
            EndAsTheServerSays();
        }

        return message;
    }

    /// <summary>The one message of a call that must have exactly one.</summary>
    /// <exception cref="RpcException">The call ended in any other way.</exception>
    public async Task<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        if (IsEnded(out var status))
        {
            throw Error(status);
        }

        var message = await ReadMessageAsync(marshaller).ConfigureAwait(false);
        if (message is not null && await ReadMessageAsync(marshaller).ConfigureAwait(false) is not null)
        {
            throw End(new Status(StatusCode.Internal, "The server sent more than the one message of this call."));
        }

        EndAsTheServerSays(hasMessage: message is not null);
        return message!;
    }

    public Status GetStatus() => IsEnded(out var status) ? status : throw new InvalidOperationException("The call has not ended yet.");

    public Metadata GetTrailers() => IsEnded(out _) ? _trailers : throw new InvalidOperationException("The call has not ended yet.");

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        End(StoppedStatus());
    }

    /// <summary>Why a message could not be sent: how the call ended, if that can be known, else what the transport said.</summary>
    public async Task<Status> StatusAfterBrokenWriteAsync(Exception error)
    {
        // Only in this kind of call somebody reads the response for sure, and finds the status that the server sent before it
        // stopped reading.
        if (_method.Type == MethodType.ClientStreaming)
        {
            await _ended.Task.ConfigureAwait(false);
        }

        return IsEnded(out var status) ? status : StatusOf(error);
    }

    private async Task<MessageReader?> OpenAsync(HttpRequestMessage request)
    {
        try
        {
            var response = await _channel.Http.SendAsync(request, _stop.Token).ConfigureAwait(false);
            if (!Keep(response))
            {
                response.Dispose();
                throw Error(GetStatus());
            }

            _head = ResponseHead.Parse(response);
            _headers.TrySetResult(_head.Metadata);
            if (_head.Status is not null)
            {
                return null;
            }

            var body = await response.Content.ReadAsStreamAsync(_stop.Token).ConfigureAwait(false);
            var rules = new MessageRules(_channel.MaxReceiveMessageSize, _head.Encoding, StatusCode.Internal);
            return new MessageReader(PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 * 1024)), rules);
        }
        catch (Exception e)
        {
            throw End(StatusOf(e));
        }
    }

    private async Task<T?> ReadMessageAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        try
        {
            var reader = await _opening.ConfigureAwait(false);
            return reader is null
                ? null
                : await reader.ReadAsync(marshaller.ContextualDeserializer, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw End(StatusOf(e));
        }
    }

    /// <exception cref="RpcException">The status is not OK.</exception>
    private void EndAsTheServerSays(bool hasMessage = true)
    {
        var (status, trailers) = _head?.Status is { } early ? (early, _head.Metadata) : ResponseHead.ParseTrailers(_response!);
        if (status.StatusCode == StatusCode.OK && !hasMessage)
        {
            status = new Status(StatusCode.Internal, "The server ended the call with OK and without the message of this call.");
        }

        var error = End(status, trailers);
        if (error.StatusCode != StatusCode.OK)
        {
            throw error;
        }
    }

    private void Stop() => _stop.Cancel();

    private bool Keep(HttpResponseMessage response)
    {
        lock (_gate)
        {
            if (_status is null)
            {
                _response = response;
            }

            return _status is null;
        }
    }

    private bool IsEnded(out Status status)
    {
        lock (_gate)
        {
            status = _status ?? default;
            return _status is not null;
        }
    }

    /// <summary>Ends the call with that status unless it ended before; returns the error for the status that it ended with.</summary>
    private RpcException End(Status status, Metadata? trailers = null)
    {
        lock (_gate)
        {
            if (_status is not null)
            {
                return Error(_status.Value);
            }

            _status = status;
            _trailers = trailers ?? Metadata.Empty;
        }

        _callerStops.Unregister();
        _channelStops.Unregister();
        var error = Error(status);
        if (_headers.TrySetException(error))
        {
            // Most callers never ask for the headers; their error is the one of the response.
            _ = _headers.Task.Exception;
        }

        if (status.StatusCode == StatusCode.OK)
        {
            _stop.Dispose();
        }
        else
        {
            _stop.Cancel();
        }

        _response?.Dispose();
        (_content as MessageStreamContent)?.Abandon();
        _ended.TrySetResult();
        return error;
    }

    private RpcException Error(Status status) => new(status, _trailers);

    private Status StatusOf(Exception error)
    {
        if (error is RpcException known)
        {
            return known.Status;
        }

        if (_stop.IsCancellationRequested)
        {
            return StoppedStatus();
        }

        var status = TransportFailure.StatusOf(error);

        // A server that keeps the deadline may reset the stream a moment before the timer here runs out.
        return status.StatusCode == StatusCode.Cancelled && _options.Deadline?.ToUniversalTime() <= _channel.TimeProvider.GetUtcNow().UtcDateTime
            ? DeadlineExceeded()
            : status;
    }

    private Status StoppedStatus() =>
        _options.CancellationToken.IsCancellationRequested ? new Status(StatusCode.Cancelled, "The caller cancelled the call.")
        : _isDisposed ? new Status(StatusCode.Cancelled, "The caller disposed the call before it ended.")
        : _channel.Shutdown.IsCancellationRequested ? new Status(StatusCode.Cancelled, "The channel was disposed before the call ended.")
        : DeadlineExceeded();

    private static Status DeadlineExceeded() => new(StatusCode.DeadlineExceeded, "The deadline of the call passed before it ended.");
}

using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Starts each call as an HTTP/2 request on the channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Start(method, host, options, request);
        var response = call.ReadSingleAsync(method.ResponseMarshaller);
        return new AsyncUnaryCall<TResponse>(response, call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = Start(method, host, options, request);
        var responses = new ResponseStreamReader<TResponse>(call, method.ResponseMarshaller);
        return new AsyncServerStreamingCall<TResponse>(responses, call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, requests) = StartStream(method, host, options);
        var response = call.ReadSingleAsync(method.ResponseMarshaller);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests, response, call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var (call, requests) = StartStream(method, host, options);
        var responses = new ResponseStreamReader<TResponse>(call, method.ResponseMarshaller);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests, responses, call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private HttpCall Start<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var content = SingleMessageContent.Create(request, method.RequestMarshaller, channel.MaxSendMessageSize);
        var call = new HttpCall(channel, method, options);
        call.Start(host, content);
        return call;
    }

    private (HttpCall Call, RequestStreamWriter<TRequest> Requests) StartStream<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var content = new MessageStreamContent();
        var call = new HttpCall(channel, method, options);
        call.Start(host, content);
        var requests = new RequestStreamWriter<TRequest>(call, content, method.RequestMarshaller, channel.MaxSendMessageSize)
        {
            WriteOptions = options.WriteOptions,
        };
        return (call, requests);
    }
}

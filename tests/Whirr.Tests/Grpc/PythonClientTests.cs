using System.Text.Json;

namespace Whirr.Tests.Grpc;

/// <summary>A foreign client with our server.</summary>
public sealed class PythonClientTests(PythonClientFixture fixture) : IClassFixture<PythonClientFixture>
{
    private const string Difficult = "100 % größer, 訓練 🚀\nsecond line";

    [PythonGrpcFact]
    public async Task A_unary_call_works()
    {
        var seen = await fixture.Client.RunAsync("unary");
        Assert.Equal("größer", seen.GetProperty("text").GetString());
        Assert.Equal(1_000_000, seen.GetProperty("size").GetInt32());
    }

    [PythonGrpcFact]
    public async Task A_server_stream_works()
    {
        var seen = await fixture.Client.RunAsync("server_stream");
        Assert.Equal(Enumerable.Range(0, 1000), seen.GetProperty("result").Deserialize<int[]>()!);
    }

    [PythonGrpcFact]
    public async Task A_client_stream_works()
    {
        var seen = await fixture.Client.RunAsync("client_stream");
        Assert.Equal((1000, 1_000_000), (seen.GetProperty("number").GetInt32(), seen.GetProperty("total").GetInt32()));
    }

    [PythonGrpcFact]
    public async Task A_duplex_call_works()
    {
        var seen = await fixture.Client.RunAsync("duplex");
        Assert.Equal(["one", "two"], seen.GetProperty("result").Deserialize<string[]>()!);
    }

    [PythonGrpcFact]
    public async Task Metadata_comes_back_in_headers_and_trailers()
    {
        var seen = (await fixture.Client.RunAsync("metadata")).GetProperty("result");
        foreach (var part in new[] { "headers", "trailers" })
        {
            Assert.Equal("a b, c", seen.GetProperty(part).GetProperty("echo-text").GetString());
            Assert.Equal("0001ff", seen.GetProperty(part).GetProperty("echo-bytes-bin").GetString());
            Assert.Equal("", seen.GetProperty(part).GetProperty("echo-none-bin").GetString());
        }
    }

    [PythonGrpcFact]
    public async Task An_error_keeps_its_code_and_its_message() => await SeesAsync("error", "NOT_FOUND", Difficult);

    [PythonGrpcFact]
    public async Task An_error_comes_after_the_messages_before_it()
    {
        var seen = (await fixture.Client.RunAsync("error_in_stream")).GetProperty("result");
        Assert.Equal([0, 1], seen.GetProperty("seen").Deserialize<int[]>()!);
        Assert.Equal("DATA_LOSS", seen.GetProperty("code").GetString());
        Assert.Equal("gone", seen.GetProperty("details").GetString());
    }

    [PythonGrpcFact]
    public async Task A_failed_handler_tells_nothing() => await SeesAsync("handler_failed", "UNKNOWN", "The handler failed.");

    [PythonGrpcFact]
    public async Task The_deadline_of_the_client_reaches_the_handler() =>
        await EndsTheHandlerAsync("deadline", "DEADLINE_EXCEEDED", "python deadline");

    [PythonGrpcFact]
    public async Task The_cancellation_of_the_client_reaches_the_handler() => await EndsTheHandlerAsync("cancel", "CANCELLED", "python cancel");

    [PythonGrpcFact]
    public async Task The_loss_of_the_connection_reaches_the_handler() =>
        await EndsTheHandlerAsync("connection_lost", "CANCELLED", "python connection");

    [PythonGrpcFact]
    public async Task A_message_over_the_limit_is_refused() => await SeesAsync("too_large", "RESOURCE_EXHAUSTED", "limit of 4194304");

    [PythonGrpcFact]
    public async Task An_unknown_method_is_unimplemented() => await SeesAsync("unknown_method", "UNIMPLEMENTED", "Interop/Nothing");

    [PythonGrpcFact]
    public async Task An_unknown_service_is_unimplemented() => await SeesAsync("unknown_service", "UNIMPLEMENTED", "no.such.Service");

    [PythonGrpcFact]
    public async Task A_compressed_message_is_unimplemented() => await SeesAsync("compressed", "UNIMPLEMENTED", "gzip");

    private async Task SeesAsync(string scenario, string code, string details)
    {
        var seen = await fixture.Client.RunAsync(scenario);
        Assert.Equal(code, seen.GetProperty("code").GetString());
        Assert.Contains(details, seen.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    private async Task EndsTheHandlerAsync(string scenario, string code, string text)
    {
        var seen = await fixture.Client.RunAsync(scenario);
        var name = seen.TryGetProperty("code", out var failed) ? failed : seen.GetProperty("result");
        Assert.Equal(code, name.GetString());
        Assert.Equal(text, await fixture.Host.Seen.Cancellations.Reader.ReadAsync());
    }
}

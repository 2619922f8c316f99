using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Server;
using Whirr.Server.Runs;
using Whirr.Tests.Runs;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Tests.Server;

/// <summary>The Runs service over a socket, with real directories and a real store behind it.</summary>
public sealed class RunsServiceTests : IAsyncLifetime
{
    private const int Limit = 60_000;

    private RunTree _tree = null!;
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;
    private Wire.Runs.RunsClient _runs = null!;

    public async Task InitializeAsync()
    {
        _tree = await RunTree.MakeAsync();
        var socket = $"{_tree.Place}/socket";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new RunsService(_tree.Store, _tree.Indexer, new LongCalls(CancellationToken.None)));
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            context.Features.Set<ICaller>(new Caller(_tree.Me));
            return next(context);
        });
        _app.MapGrpcService<RunsService>();
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = HandlerFor(socket) });
        _runs = new(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
        await _tree.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Runs_are_listed_as_they_are_asked_for()
    {
        _tree.Add("local-1", new { name = "a", status = "failed", exit_code = 3, started_at = "2026-01-01T00:00:00Z", tags = new[] { "x" }, hostname = RunTree.Here }, """{"lr": 0.1}""");
        _tree.Add("local-2", new { name = "b", status = "completed", started_at = "2026-01-02T00:00:00Z", summary = new { acc = 0.9 } }, """{"lr": 0.01}""");
        _tree.Add("local-3", new { name = "c", status = "completed", started_at = "2026-01-03T00:00:00Z" });

        Assert.Equal("c b a", await NamesAsync(new()));
        Assert.Equal("b", await NamesAsync(new() { Where = "config.lr < 0.05 and summary.acc > 0.8" }));
        Assert.Equal("a b c", await NamesAsync(new() { Sort = "started" }));
        Assert.Equal("a", await NamesAsync(new() { States = { Wire.JobState.Failed }, Tags = { "x" } }));
        var failed = (await _runs.ListAsync(new Wire.ListRunsRequest { Name = "A" })).Runs[0];
        Assert.Equal(("local-1", 3, $"{_tree.Root}/local-1", """{"lr": 0.1}"""), (failed.RunId, failed.ExitCode, failed.RunDir, failed.ConfigJson));
        Assert.Equal(_tree.Me.Name, failed.Owner);

        var first = await _runs.ListAsync(new Wire.ListRunsRequest { PageSize = 2, Sort = "-name" });
        Assert.Equal(3UL, first.Total);
        var second = await _runs.ListAsync(new Wire.ListRunsRequest { PageSize = 2, Sort = "-name", PageToken = first.NextPageToken });
        Assert.Equal(("c b", "a", ""), (Names(first), Names(second), second.NextPageToken));
    }

    [Fact(Timeout = Limit)]
    public async Task A_run_is_got_by_id_beginning_number_and_path()
    {
        var project = Directory.CreateDirectory($"{_tree.Place}/project/runs").FullName;
        _tree.Add("job-7", new { name = "mine", status = "completed" });
        _tree.Add("job-7", new { name = "other", status = "completed" }, root: project);
        _tree.Add("local-20260101-a", new { name = "l", status = "completed" }, root: project);

        Assert.Equal("mine", (await GetAsync("7")).Name);
        Assert.Equal("other", (await GetAsync($"{project}/job-7/")).Name);
        Assert.Equal("l", (await GetAsync("local-2")).Name);
        Assert.Equal("other", (await GetAsync("job-7", project)).Name);
        Assert.Equal("mine", (await GetAsync("7", _tree.Root)).Name);
        var several = await Assert.ThrowsAsync<RpcException>(() => GetAsync("7"));
        Assert.Equal(StatusCode.FailedPrecondition, several.StatusCode);
        Assert.Contains($"{project}/job-7", several.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync("8"))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync($"{project}/job-8"))).StatusCode);
    }

    [Fact(Timeout = Limit)]
    public async Task At_most_five_of_the_runs_that_fit_are_named()
    {
        foreach (var number in Enumerable.Range(0, 9))
        {
            _tree.Add($"local-{number}");
        }

        var several = await Assert.ThrowsAsync<RpcException>(() => GetAsync("local"));

        Assert.Matches("^local fits several runs: (local-., ){4}local-., and more; name one by its whole id$", several.Status.Detail);
    }

    [Theory(Timeout = Limit)]
    [InlineData("where", "lr < 1", "where: at character 1: expected one of the fields")]
    [InlineData("sort", "lr", "sort: expected started")]
    [InlineData("page_token", "x", "page_token: was not made by this service")]
    [InlineData("roots", "runs", "roots: \"runs\" is not an absolute path")]
    [InlineData("roots", "/a/../b", "roots: \"/a/../b\" has ..")]
    public async Task What_cannot_be_read_is_refused(string field, string value, string fault)
    {
        var request = new Wire.ListRunsRequest();
        var descriptor = Wire.ListRunsRequest.Descriptor.FindFieldByName(field);
        if (descriptor.IsRepeated)
        {
            request.Roots.Add(value);
        }
        else
        {
            descriptor.Accessor.SetValue(request, value);
        }

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await _runs.ListAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.StartsWith(fault, refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task The_index_is_made_anew_from_the_files()
    {
        _tree.Add("local-1");
        _tree.Add("local-2", root: Directory.CreateDirectory($"{_tree.Place}/project").FullName);

        Assert.Equal(1UL, (await _runs.ReindexAsync(new())).Runs);
        Assert.Equal(2UL, (await _runs.ReindexAsync(new() { Roots = { $"{_tree.Place}/project" } })).Runs);
        Assert.Equal(2UL, (await _runs.ReindexAsync(new())).Runs);
        Assert.Equal("local-2", Assert.Single((await _runs.ListAsync(new() { OnlyRoots = { $"{_tree.Place}/project" } })).Runs).RunId);
    }

    private static SocketsHttpHandler HandlerFor(string socket) => new()
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
            return new NetworkStream(connection, ownsSocket: true);
        },
    };

    private static string Names(Wire.ListRunsReply reply) => string.Join(' ', reply.Runs.Select(run => run.Name));

    private async Task<string> NamesAsync(Wire.ListRunsRequest request) => Names(await _runs.ListAsync(request));

    private async Task<Wire.Run> GetAsync(string run, params string[] roots) => await _runs.GetAsync(new Wire.GetRunRequest { Run = run, Roots = { roots } });

    private sealed record Caller(JobOwner User) : ICaller;
}

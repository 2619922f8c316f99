using System.Net;
using System.Net.Sockets;
using Whirr.Domain.Ports;
using Whirr.Notices;

namespace Whirr.Tests.Notices;

public sealed class WebhookChannelTests : IAsyncLifetime, IDisposable
{
    private const int Limit = 30_000;
    private readonly WebhookChannel _channel = new(TimeProvider.System);
    private Receiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    public void Dispose() => _channel.Dispose();

    [Fact(Timeout = Limit)]
    public async Task A_notice_is_posted_as_json()
    {
        await _channel.SendAsync($"{_receiver.Url}/services/T0/B0/secret?a=b", Samples.Message(), CancellationToken.None);
        var (path, type, body) = await _receiver.NextAsync(CancellationToken.None);
        Assert.Equal("/services/T0/B0/secret?a=b", path);
        Assert.Equal("application/json; charset=utf-8", type);
        Assert.Equal("""{"text":"hello","id":42}""", body);
    }

    [Theory(Timeout = Limit)]
    [InlineData(400, true)]
    [InlineData(404, true)]
    [InlineData(410, true)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task Only_what_may_pass_is_worth_another_try(int status, bool permanent)
    {
        _receiver.Answer = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        var failure = await FailureAsync($"{_receiver.Url}/secret");
        Assert.Equal(permanent, failure.IsPermanent);
        Assert.Contains($"answered {status}", failure.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("120")]
    [InlineData("date")]
    public async Task A_receiver_that_asks_for_time_gets_it(string text)
    {
        _receiver.Answer = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = text == "date" ? TimeProvider.System.GetUtcNow().AddSeconds(121).ToString("R") : text;
            return Task.CompletedTask;
        };
        var failure = await FailureAsync(_receiver.Url);
        Assert.InRange(failure.RetryAfter!.Value, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(121));
    }

    [Fact(Timeout = Limit)]
    public async Task A_redirect_is_not_followed()
    {
        _receiver.Answer = context =>
        {
            context.Response.Redirect($"{_receiver.Url}/elsewhere");
            return Task.CompletedTask;
        };
        Assert.True((await FailureAsync($"{_receiver.Url}/first")).IsPermanent);
        Assert.Equal("/first", (await _receiver.NextAsync(CancellationToken.None)).Path);
        Assert.True(_receiver.IsQuiet);
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_secret_in_an_address_is_never_said()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var target = $"http://user:hush@127.0.0.1:{((IPEndPoint)nobody.LocalEndpoint).Port}/services/hush?token=hush";
        nobody.Stop();
        var failure = await FailureAsync(target);
        Assert.False(failure.IsPermanent);
        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.ToString() + _channel.Describe(target), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_receiver_that_never_answers_is_left_after_the_limit()
    {
        using var release = new SemaphoreSlim(0);
        _receiver.Answer = _ => release.WaitAsync();
        using var channel = new WebhookChannel(TimeProvider.System) { Limit = TimeSpan.FromMilliseconds(300) };
        var failure = await Assert.ThrowsAsync<NoticeException>(() => channel.SendAsync(_receiver.Url, Samples.Message(), CancellationToken.None));
        Assert.False(failure.IsPermanent);
        Assert.Contains("did not answer within", failure.Message, StringComparison.Ordinal);
        release.Release();
    }

    [Fact]
    public void Only_web_addresses_are_taken()
    {
        Assert.True(_channel.Takes("https://hooks.example.org/x"));
        Assert.False(_channel.Takes("mail:ada@example.org"));
        Assert.False(_channel.Takes("command"));
    }

    private Task<NoticeException> FailureAsync(string target) =>
        Assert.ThrowsAsync<NoticeException>(() => _channel.SendAsync(target, Samples.Message(), CancellationToken.None));
}

using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Whirr.Tests.Notices;

/// <summary>A web server on a free port that keeps what is posted to it, and answers as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Channel<(string Path, string ContentType, string Body)> _posted = Channel.CreateUnbounded<(string, string, string)>();
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>Writes the answer; 200 when it is not set.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    public string Url => _app.Urls.First();

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async Task<(string Path, string ContentType, string Body)> NextAsync(CancellationToken cancellation) => await _posted.Reader.ReadAsync(cancellation);

    /// <summary>Nothing was posted that the test has not seen.</summary>
    public bool IsQuiet => _posted.Reader.Count == 0;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        _posted.Writer.TryWrite((context.Request.Path + context.Request.QueryString, context.Request.ContentType ?? "", body));
        await (Answer?.Invoke(context) ?? Task.CompletedTask);
    }
}

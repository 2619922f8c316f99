using System.Net;
using System.Net.Http.Headers;
using Whirr.Domain.Ports;

namespace Whirr.Notices;

/// <summary>Posts notices as JSON to a URL. The body has a <c>text</c>, which is what Slack, Mattermost and their like show.</summary>
/// <remarks>Such URLs are secrets: what is said about one names its host alone. Redirects are not followed, because a POST that is sent on
/// becomes something else; proxies come from the environment (<c>https_proxy</c>, <c>no_proxy</c>).</remarks>
public sealed class WebhookChannel : INoticeChannel, IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectLimit,
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        // The limit below counts instead.
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    public WebhookChannel(TimeProvider time)
    {
        _time = time;
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("whirr", null));
    }

    /// <summary>How long a receiver may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public bool IsForPeople => true;

    /// <inheritdoc/>
    public bool Takes(string target) => NoticeTargets.FindUrl(target) is not null;

    /// <inheritdoc/>
    public string Describe(string target) => $"the webhook at {NoticeTargets.FindUrl(target)?.Authority}";

    /// <inheritdoc/>
    public async Task SendAsync(string target, NoticeMessage message, CancellationToken cancellation)
    {
        var where = Describe(target);
        using var limit = new CancellationTokenSource(Limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, NoticeTargets.FindUrl(target)) { Content = new ByteArrayContent(message.Json) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Refused(where, response);
            }
        }
        catch (HttpRequestException e)
        {
            // Its message names the host at most; those of inner exceptions are not used.
            throw new NoticeException($"{where} cannot be reached: {e.Message}", isPermanent: false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Without the limit it is the one on connecting.
            var what = limit.IsCancellationRequested ? $"did not answer within {Limit.TotalSeconds:0} s" : $"cannot be reached within {ConnectLimit.TotalSeconds:0} s";
            throw new NoticeException($"{where} {what}", isPermanent: false);
        }
    }

    public void Dispose() => _client.Dispose();

    private NoticeException Refused(string where, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var sentence = $"{where} answered {status} {response.ReasonPhrase}";
        if (status is >= 300 and < 400)
        {
            return new NoticeException($"{sentence}; redirects are not followed, use the address it leads to", isPermanent: true);
        }

        var mayPass = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || status >= 500;
        return new NoticeException(sentence, isPermanent: !mayPass) { RetryAfter = RetryAfter(response) };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };
}

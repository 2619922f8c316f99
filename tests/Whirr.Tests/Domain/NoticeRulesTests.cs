using Whirr.Domain.Jobs;

namespace Whirr.Tests.Domain;

public sealed class NoticeRulesTests
{
    [Theory]
    [InlineData("mail")]
    [InlineData("mail:ada@example.org")]
    [InlineData("mail:ada+jobs@example.org")]
    [InlineData("https://hooks.example.org/services/T0/B0/x?y=z")]
    [InlineData("http://127.0.0.1:8080/")]
    public void A_target_is_a_mailbox_or_a_url(string target) => Assert.Null(NoticeRules.FindTargetFault(target));

    [Theory]
    [InlineData("")]
    [InlineData("mail:")]
    [InlineData("mail:-oQ/tmp")]
    [InlineData("mail:a b")]
    [InlineData("mail:a\nBcc:b")]
    [InlineData("mail:a,b")]
    [InlineData("mail:|/bin/sh")]
    [InlineData("command:/bin/sh")]
    [InlineData("/usr/bin/program")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/")]
    [InlineData("https://")]
    public void Nothing_else_is(string target) => Assert.StartsWith("notify_to: ", NoticeRules.FindTargetFault(target), StringComparison.Ordinal);

    [Theory]
    [InlineData("none", NoticeEvents.None, "none")]
    [InlineData("", NoticeEvents.None, "none")]
    [InlineData("failure, end", NoticeEvents.Failure | NoticeEvents.End, "end,failure")]
    [InlineData("queue-empty", NoticeEvents.QueueEmpty, "queue_empty")]
    [InlineData("alert,stall", NoticeEvents.Stall | NoticeEvents.Alert, "stall,alert")]
    [InlineData("stall,retry,trouble", NoticeEvents.Stall | NoticeEvents.Retry | NoticeEvents.Trouble, "stall,retry,trouble")]
    public void Events_have_words(string text, NoticeEvents events, string canonical)
    {
        Assert.Equal(events, NoticeRules.ParseEvents(text));
        Assert.Equal(canonical, NoticeRules.Format(events));
    }

    [Fact]
    public void An_event_that_is_none_is_refused_with_what_there_is()
    {
        var error = Assert.Throws<FormatException>(() => NoticeRules.ParseEvents("failure,success"));

        Assert.Equal("\"success\" is nothing that can be told; there are end, failure, stall, retry, alert, queue_empty, trouble and none", error.Message);
    }
}

namespace Whirr.Domain.Jobs;

/// <summary>What may be asked for in the way of notices.</summary>
public static class NoticeRules
{
    public const int MaxTargets = 8;
    public const int MaxTargetLength = 1024;

    /// <summary>The words of the events.</summary>
    public static IReadOnlyList<(string Word, NoticeEvents Event)> Words { get; } =
    [
        ("end", NoticeEvents.End),
        ("failure", NoticeEvents.Failure),
        ("stall", NoticeEvents.Stall),
        ("retry", NoticeEvents.Retry),
        ("alert", NoticeEvents.Alert),
        ("queue_empty", NoticeEvents.QueueEmpty),
        ("trouble", NoticeEvents.Trouble),
    ];

    /// <summary>What is wrong: one sentence that names the field, or null.</summary>
    public static string? FindFault(NoticeSettings? notices)
    {
        if (notices is null)
        {
            return null;
        }

        if (notices.Targets.Count > MaxTargets)
        {
            return $"notify_to: {notices.Targets.Count} targets, the limit is {MaxTargets}";
        }

        return notices.Targets.Select(FindTargetFault).FirstOrDefault(fault => fault is not null);
    }

    /// <summary>Reads events, as <c>failure,stall</c>; <c>none</c> for none.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    public static NoticeEvents ParseEvents(string text)
    {
        var events = NoticeEvents.None;
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (item == "none")
            {
                continue;
            }

            var known = Words.FirstOrDefault(word => word.Word == item.Replace('-', '_'));
            events |= known.Event != NoticeEvents.None
                ? known.Event
                : throw new FormatException($"\"{item}\" is nothing that can be told; there are {string.Join(", ", Words.Select(word => word.Word))} and none");
        }

        return events;
    }

    /// <summary>The words of events, as <see cref="ParseEvents"/> reads them.</summary>
    public static string Format(NoticeEvents events) =>
        events == NoticeEvents.None ? "none" : string.Join(',', Words.Where(word => events.HasFlag(word.Event)).Select(word => word.Word));

    /// <summary>What is wrong with a target that a job names, or null.</summary>
    public static string? FindTargetFault(string target)
    {
        if (target.Length > MaxTargetLength || target.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            return "notify_to: a target is one word of at most 1024 characters";
        }

        if (target == "mail" || (target.StartsWith("mail:", StringComparison.Ordinal) && IsAddress(target[5..])))
        {
            return null;
        }

        return Uri.TryCreate(target, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Host.Length > 0
            ? null
            : $"notify_to: \"{target}\" is neither mail, mail:ADDRESS nor an http(s) URL";
    }

    // What a shell or sendmail could take for something else than an address is none.
    private static bool IsAddress(string text) =>
        text.Length > 0 && text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '_' or '-' or '+' or '=' or '%');
}

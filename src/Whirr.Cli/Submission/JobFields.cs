namespace Whirr.Cli.Submission;

/// <summary>All that can be said about a job in words, under the headings of the help.</summary>
internal static class JobFields
{
    public static IReadOnlyList<(string Heading, IReadOnlyList<JobField> Fields)> Groups { get; } =
    [
        ("Limits", LimitFields.All),
        ("When it fails or is lost", RetryFields.All),
        ("Watching", WatchFields.All),
        ("Notifications", NoticeFields.All),
    ];

    /// <summary>The field of that name in a job file; null when there is none.</summary>
    public static JobField? Find(string name)
    {
        foreach (var (_, fields) in Groups)
        {
            foreach (var field in fields)
            {
                if (field.InFiles == name || field.Alias == name)
                {
                    return field;
                }
            }
        }

        return null;
    }
}

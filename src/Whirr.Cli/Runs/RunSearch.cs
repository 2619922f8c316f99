using Whirr.Protocol.V1;

namespace Whirr.Cli.Runs;

/// <summary>Asks the index for the runs that match.</summary>
internal static class RunSearch
{
    // The daemon answers with up to 10,000; smaller pages keep messages small.
    private const int LargestPage = 1_000;

    /// <summary>Up to <paramref name="limit"/> runs, in the order that the request asks for.</summary>
    /// <param name="session">Has the daemon.</param>
    /// <param name="request">What to look for; page and roots are filled in here.</param>
    /// <param name="limit">At most so many.</param>
    public static async Task<ListRunsReply> ListAsync(Session session, ListRunsRequest request, int limit = int.MaxValue)
    {
        var all = new ListRunsReply();
        request.Roots.AddRange(RunRoots.Of(session.Surroundings));
        do
        {
            request.PageSize = (uint)Math.Min(limit - all.Runs.Count, LargestPage);
            var page = await session.Daemon.AskAsync(call => session.Daemon.Runs.ListAsync(request, call));
            all.Runs.AddRange(page.Runs);
            all.Total = page.Total;
            all.Problems.AddRange(page.Problems.Except(all.Problems).ToList());
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0 && all.Runs.Count < limit);

        return all;
    }
}

namespace Whirr.Storage.Sqlite.Access;

/// <summary>Every SQL operation of the store. A test holds that the files, these names and their uses agree.</summary>
internal static class Queries
{
    public static readonly Query ClaimJob = new("claim_job");
    public static readonly Query ClearHold = new("clear_hold");
    public static readonly Query CountByState = new("count_by_state");
    public static readonly Query DeleteAttemptsOf = new("delete_attempts_of");
    public static readonly Query DeleteEventsOf = new("delete_events_of");
    public static readonly Query DeleteJob = new("delete_job");
    public static readonly Query DeleteUnusedEnvironment = new("delete_unused_environment");
    public static readonly Query EndAttempt = new("end_attempt");
    public static readonly Query EndJob = new("end_job");
    public static readonly Query EndJobs = new("end_jobs");
    public static readonly Query EndPause = new("end_pause");
    public static readonly Query FindClaimedJob = new("find_claimed_job");
    public static readonly Query FindEndedJob = new("find_ended_job");
    public static readonly Query FindEnvironment = new("find_environment");
    public static readonly Query FindEnvironmentId = new("find_environment_id");
    public static readonly Query FindExistingJob = new("find_existing_job");
    public static readonly Query FindHold = new("find_hold");
    public static readonly Query FindJob = new("find_job");
    public static readonly Query FindLease = new("find_lease");
    public static readonly Query ForgetParent = new("forget_parent");
    public static readonly Query InsertAttempt = new("insert_attempt");
    public static readonly Query InsertEnvironment = new("insert_environment");
    public static readonly Query InsertEvent = new("insert_event");
    public static readonly Query InsertEventsOfEndJobs = new("insert_events_of_end_jobs");
    public static readonly Query InsertJob = new("insert_job");
    public static readonly Query IsCancelRequested = new("is_cancel_requested");
    public static readonly Query ListAttemptsOf = new("list_attempts_of");
    public static readonly Query ListAttemptsSince = new("list_attempts_since");
    public static readonly Query ListDurations = new("list_durations");
    public static readonly Query FindLastEnded = new("find_last_ended");
    public static readonly Query ListEnded = new("list_ended");
    public static readonly Query ListEvents = new("list_events");
    public static readonly Query ListEventsSince = new("list_events_since");
    public static readonly Query ListLiveJobs = new("list_live_jobs");
    public static readonly Query ListNewestFirst = new("list_newest_first");
    public static readonly Query ListOldestFirst = new("list_oldest_first");
    public static readonly Query ListPaused = new("list_paused");
    public static readonly Query ListQueueOrder = new("list_queue_order");
    public static readonly Query ListQueueOrderTies = new("list_queue_order_ties");
    public static readonly Query MoveJobOfAttempt = new("move_job_of_attempt");
    public static readonly Query RenewLease = new("renew_lease");
    public static readonly Query RequestCancel = new("request_cancel");
    public static readonly Query SelectNextJobs = new("select_next_jobs");
    public static readonly Query SelectNextJobsExcept = new("select_next_jobs_except");
    public static readonly Query SetHold = new("set_hold");
    public static readonly Query SetJobOutcome = new("set_job_outcome");
    public static readonly Query SetTimeLimit = new("set_time_limit");
    public static readonly Query StartAttempt = new("start_attempt");
}

-- What the usual list is sorted by, of every run: configurations and all else stay unread.
SELECT id, coalesce(queue_started_at, started_at) AS started_at FROM run_rows WHERE :owner_uid IS NULL OR owner_uid = :owner_uid

-- Walks past the exceptions, which there are only while something is wrong with a disk or a user's place.
SELECT id FROM jobs
WHERE state = :state AND is_blocked = 0
  AND owner_uid NOT IN (SELECT value FROM json_each(:owner_uids))
  AND coalesce(runs_dir, '') NOT IN (SELECT value FROM json_each(:runs_dirs))
ORDER BY rank, created_at, id
LIMIT :max

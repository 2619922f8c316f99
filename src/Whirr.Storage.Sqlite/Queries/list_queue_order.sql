-- One state at a time, and what may be claimed apart from what may not, so that an index gives the order; the caller merges the states.
-- Without the id: in a row value SQLite does not use an index for it, and would walk through a whole batch for each page of it.
SELECT * FROM job_rows
WHERE state = :state AND is_blocked = :is_blocked AND (rank, created_at) > (:after_rank, :after_created_at)
  AND (:owner_uid IS NULL OR owner_uid = :owner_uid)
  AND (:owner_name IS NULL OR owner_name = :owner_name)
  AND (:name_contains IS NULL OR instr(lower(name), lower(:name_contains)) > 0)
  AND (:tags IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each(:tags) AS wanted WHERE wanted.value NOT IN (SELECT value FROM json_each(job_rows.tags))))
ORDER BY rank, created_at, id
LIMIT :max

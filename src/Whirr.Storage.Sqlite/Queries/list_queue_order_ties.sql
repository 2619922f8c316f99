-- The jobs of the same priority and moment as the last one of the page before, e.g. the rest of a batch; list_queue_order has those after.
SELECT * FROM job_rows
WHERE state = :state AND is_blocked = :is_blocked AND rank = :after_rank AND created_at = :after_created_at AND id > :after_id
  AND (:owner_uid IS NULL OR owner_uid = :owner_uid)
  AND (:owner_name IS NULL OR owner_name = :owner_name)
  AND (:name_contains IS NULL OR instr(lower(name), lower(:name_contains)) > 0)
  AND (:tags IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each(:tags) AS wanted WHERE wanted.value NOT IN (SELECT value FROM json_each(job_rows.tags))))
ORDER BY id
LIMIT :max

SELECT * FROM run_rows
WHERE (:owner_uid IS NULL OR owner_uid = :owner_uid) AND substr(run_id, 1, length(:id_begin)) = :id_begin
ORDER BY run_id <> :id_begin, coalesce(queue_started_at, started_at) DESC, id DESC
LIMIT :max

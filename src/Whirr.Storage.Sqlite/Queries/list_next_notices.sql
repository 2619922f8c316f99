-- Of each target one, so that a long row for one target does not hide the others.
SELECT id, job_id, event, target, seq, created_at, text, tries, next_try_at, open_of_target
FROM (
    SELECT *, row_number() OVER (PARTITION BY target ORDER BY next_try_at, id) AS place, count(*) OVER (PARTITION BY target) AS open_of_target
    FROM notices WHERE outcome = 0)
WHERE place = 1
ORDER BY next_try_at, id
LIMIT :max

-- The uid goes before the client id: it names one submit, the client id what it was for. So a job found by its client id alone must be for the same.
SELECT
    id,
    uid = :uid OR (command_argv = :command_argv AND workdir = :workdir AND config = :config) AS is_same
FROM jobs
WHERE id = coalesce(
    (SELECT id FROM jobs WHERE owner_uid = :owner_uid AND uid = :uid),
    (SELECT id FROM jobs WHERE owner_uid = :owner_uid AND client_job_id = :client_job_id))

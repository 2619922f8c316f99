-- The uid goes before the client id: it names one submit, the client id what it was for.
SELECT coalesce(
    (SELECT id FROM jobs WHERE owner_uid = :owner_uid AND uid = :uid),
    (SELECT id FROM jobs WHERE owner_uid = :owner_uid AND client_job_id = :client_job_id)) AS id

UPDATE jobs SET reason = :reason, reason_detail = :reason_detail, finished_at = :finished_at WHERE id = :job_id

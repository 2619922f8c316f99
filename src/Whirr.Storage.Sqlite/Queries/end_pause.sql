UPDATE jobs SET blocked = blocked & ~:pausing, eligible_at = NULL, pause_ms = 0 WHERE id = :job_id AND blocked & :pausing

UPDATE jobs SET time_limit_ms = :time_limit_ms, state = :to_state WHERE id = :job_id AND state = :from_state

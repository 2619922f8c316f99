SELECT * FROM events WHERE job_id = :job_id AND seq > :after_seq ORDER BY seq LIMIT :max

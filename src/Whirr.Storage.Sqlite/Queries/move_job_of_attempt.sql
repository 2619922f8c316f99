-- Fenced: nothing happens unless the attempt is the current one of its job, under this lease epoch, and open.
UPDATE jobs SET state = :to_state
WHERE id = :job_id AND state = :from_state AND attempt = :number
  AND EXISTS (
      SELECT 1 FROM attempts
      WHERE lease_epoch = :lease_epoch AND job_id = :job_id AND number = :number AND finished_at IS NULL)

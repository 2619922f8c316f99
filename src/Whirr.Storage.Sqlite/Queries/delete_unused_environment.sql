DELETE FROM environments WHERE id = :id AND NOT EXISTS (SELECT 1 FROM jobs WHERE environment_id = :id)

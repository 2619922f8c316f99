SELECT id FROM jobs WHERE state = :state AND is_blocked = 0 ORDER BY rank, created_at, id LIMIT :max

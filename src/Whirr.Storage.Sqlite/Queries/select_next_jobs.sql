SELECT id FROM jobs WHERE state = :state ORDER BY rank, created_at, id LIMIT :max

SELECT id, eligible_at, pause_ms FROM jobs WHERE eligible_at IS NOT NULL ORDER BY eligible_at LIMIT :max

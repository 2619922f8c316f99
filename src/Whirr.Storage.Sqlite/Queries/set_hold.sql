INSERT INTO queue_hold (id, set_by, set_at, why) VALUES (1, :set_by, :set_at, :why)
ON CONFLICT (id) DO UPDATE SET set_by = excluded.set_by, set_at = excluded.set_at, why = excluded.why

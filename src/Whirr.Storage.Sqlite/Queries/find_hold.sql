SELECT set_by, set_at, why FROM queue_hold

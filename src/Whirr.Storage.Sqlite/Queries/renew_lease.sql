UPDATE attempts SET heartbeat_at = :now, lease_expires_at = :expires_at WHERE lease_epoch = :lease_epoch

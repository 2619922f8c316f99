DELETE FROM queue_hold

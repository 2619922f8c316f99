DELETE FROM notices WHERE id < :before_id AND outcome <> 0

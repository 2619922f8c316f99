DELETE FROM run_text WHERE rowid IN (SELECT id FROM runs WHERE :owner_uid IS NULL OR owner_uid = :owner_uid)

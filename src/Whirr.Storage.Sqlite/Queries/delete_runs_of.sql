DELETE FROM runs WHERE :owner_uid IS NULL OR owner_uid = :owner_uid

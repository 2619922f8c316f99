SELECT owner_uid, path, owner_gid, owner_groups, owner_name FROM run_roots WHERE :owner_uid IS NULL OR owner_uid = :owner_uid ORDER BY owner_uid, path

INSERT INTO run_roots (owner_uid, path, owner_gid, owner_groups, owner_name)
VALUES (:owner_uid, :path, :owner_gid, :owner_groups, :owner_name)
ON CONFLICT (owner_uid, path) DO UPDATE
SET owner_gid = excluded.owner_gid, owner_groups = excluded.owner_groups, owner_name = excluded.owner_name
WHERE owner_gid <> excluded.owner_gid OR owner_groups <> excluded.owner_groups OR owner_name <> excluded.owner_name

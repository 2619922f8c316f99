SELECT * FROM run_rows
WHERE (:owner_uid IS NULL OR owner_uid = :owner_uid) AND id IN (SELECT rowid FROM run_text WHERE run_text MATCH :words)

DELETE FROM run_text WHERE rowid = :id

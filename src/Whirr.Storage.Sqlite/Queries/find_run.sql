SELECT * FROM run_rows WHERE id = :id

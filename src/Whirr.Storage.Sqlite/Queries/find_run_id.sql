SELECT id FROM runs WHERE owner_uid = :owner_uid AND root = :root AND run_id = :run_id

SELECT id FROM environments WHERE sha256 = :sha256

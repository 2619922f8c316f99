INSERT INTO environments (sha256, data) VALUES (:sha256, :data)

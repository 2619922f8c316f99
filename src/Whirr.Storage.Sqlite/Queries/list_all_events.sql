SELECT * FROM events WHERE seq > :after_seq ORDER BY seq LIMIT :max

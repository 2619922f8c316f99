SELECT * FROM events WHERE at >= :since AND "trigger" IN (SELECT value FROM json_each(:triggers)) ORDER BY seq LIMIT :max

INSERT OR REPLACE INTO run_text (rowid, name, tags, note, config) VALUES (:id, :name, :tags, :note, :config)

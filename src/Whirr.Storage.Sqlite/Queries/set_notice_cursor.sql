-- It never moves back: trouble with the machine is told beside the event log.
UPDATE notice_cursor SET seq = max(seq, :seq)

UPDATE notices SET outcome = :outcome, tries = tries + 1, next_try_at = :next_try_at, detail = :detail WHERE id = :id AND outcome = 0

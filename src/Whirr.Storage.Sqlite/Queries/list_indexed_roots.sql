SELECT DISTINCT root FROM runs WHERE owner_uid = :owner_uid

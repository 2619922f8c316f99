SELECT seq FROM notice_cursor

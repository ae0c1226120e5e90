create trigger consume after insert on tbl for each row execute function consume();

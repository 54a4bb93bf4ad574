\set customer random(1, 200000)
UPDATE customers SET last_login = now() WHERE id = :customer;

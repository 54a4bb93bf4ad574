-- What a customer did lately.
\set customer random(1, 200000)
SELECT kind, happened_at, attributes FROM events WHERE customer_id = :customer ORDER BY happened_at DESC LIMIT 20;

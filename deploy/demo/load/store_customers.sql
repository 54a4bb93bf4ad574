-- The most recent visitors of a store that still are customers.
\set store random(0, 499)
SELECT id, name, email, last_login FROM customers WHERE store_id = :store AND deleted_at IS NULL ORDER BY last_login DESC LIMIT 20;

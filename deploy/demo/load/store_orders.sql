-- A store looks at its latest orders.
\set store random(0, 499)
SELECT id, customer_id, status, total, created_at FROM orders WHERE store_id = :store ORDER BY created_at DESC LIMIT 20;

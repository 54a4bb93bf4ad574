-- What the warehouse packs next.
SELECT id, customer_id, total, created_at FROM orders WHERE shipped_at IS NULL ORDER BY created_at LIMIT 50;

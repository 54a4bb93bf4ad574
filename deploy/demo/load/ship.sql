\set order random(1176001, 1200000)
UPDATE orders SET shipped_at = now(), status = 'done' WHERE id = :order;

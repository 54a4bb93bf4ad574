-- The statements of load/, with the weights of load/weights: for `pgadvisor advise --workload`.

-- weight: 40
SELECT o.id, o.status, o.total, o.created_at, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 845123;

-- weight: 40
SELECT i.line, i.quantity, i.price, p.name FROM items i JOIN products p ON p.id = i.product_id WHERE i.order_id = 845123 ORDER BY i.line;

-- weight: 8
SELECT id, customer_id, status, total, created_at FROM orders WHERE store_id = 123 ORDER BY created_at DESC LIMIT 20;

-- weight: 6
SELECT id, status, total, created_at FROM orders WHERE customer_id = 77123 ORDER BY created_at DESC LIMIT 10;

-- weight: 10
UPDATE customers SET last_login = now() WHERE id = 77123;

-- weight: 12
INSERT INTO orders (customer_id, store_id, status, total, created_at) VALUES (77123, 123, 'paid', 49.90, now()) RETURNING id;

-- weight: 12
INSERT INTO items (order_id, line, product_id, quantity, price) VALUES (1200042, 1, 3210, 1, 19.95);

-- weight: 12
INSERT INTO items (order_id, line, product_id, quantity, price) VALUES (1200042, 2, 87, 1, 29.95);

-- weight: 6
SELECT id, customer_id, total, created_at FROM orders WHERE shipped_at IS NULL ORDER BY created_at LIMIT 50;

-- weight: 6
UPDATE orders SET shipped_at = now(), status = 'done' WHERE id = 1188123;

-- weight: 6
SELECT count(*), sum(quantity * price) AS revenue FROM items WHERE product_id = 2718;

-- weight: 3
SELECT product_id, sum(quantity) AS sold FROM items WHERE product_id BETWEEN 3210 AND 3229 GROUP BY product_id;

-- weight: 8
SELECT id, name, email, last_login FROM customers WHERE store_id = 123 AND deleted_at IS NULL ORDER BY last_login DESC LIMIT 20;

-- weight: 6
SELECT kind, happened_at, attributes FROM events WHERE customer_id = 77123 ORDER BY happened_at DESC LIMIT 20;

-- weight: 10
INSERT INTO events (customer_id, kind, happened_at, attributes) VALUES (77123, 'view', now(), jsonb_build_object('product'::text, 2718::int));

-- weight: 1
SELECT kind, count(*) FROM events WHERE attributes @> jsonb_build_object('campaign'::text, 417::int) GROUP BY kind;

-- weight: 2
SELECT count(*), max(created_at) FROM orders WHERE coupon_id = 1017;

-- weight: 2
INSERT INTO coupons (code, per_cent) VALUES (concat('DEMO-'::text, 4711::int), 10) RETURNING id;

-- weight: 2
DELETE FROM coupons WHERE id = 2042;

-- The statements of deploy/demo/load, and others that a shop asks.

SELECT o.id, o.status, o.total, o.created_at, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 845123;

SELECT i.line, i.quantity, i.price, p.name FROM items i JOIN products p ON p.id = i.product_id WHERE i.order_id = 845123 ORDER BY i.line;

SELECT id, customer_id, status, total, created_at FROM orders WHERE store_id = 123 ORDER BY created_at DESC LIMIT 20;

SELECT id, status, total, created_at FROM orders WHERE customer_id = 77123 ORDER BY created_at DESC LIMIT 10;

UPDATE customers SET last_login = timestamptz '2030-01-01' WHERE email = 'customer77123@example.com';

SELECT id, customer_id, total, created_at FROM orders WHERE shipped_at IS NULL ORDER BY created_at LIMIT 50;

UPDATE orders SET status = 'done' WHERE status = 'packed' AND shipped_at IS NULL;

SELECT count(*), sum(quantity * price) AS revenue FROM items WHERE product_id = 2718;

SELECT product_id, sum(quantity) AS sold FROM items WHERE product_id BETWEEN 3210 AND 3229 GROUP BY product_id;

SELECT id, name, email, last_login FROM customers WHERE store_id = 123 AND deleted_at IS NULL ORDER BY last_login DESC LIMIT 20;

SELECT kind, happened_at, attributes FROM events WHERE customer_id = 77123 ORDER BY happened_at DESC LIMIT 20;

SELECT kind, count(*) FROM events WHERE attributes @> '{"campaign": 417}' GROUP BY kind;

SELECT count(*), max(created_at) FROM orders WHERE coupon_id = 1017;

DELETE FROM coupons WHERE id = 1042;

SELECT id, status FROM orders WHERE id > 1199990 ORDER BY id;

SELECT count(*) FROM orders WHERE id < 25;

SELECT s.store_id, count(*) FROM orders s WHERE s.status IN ('paid', 'packed', 'returned') GROUP BY s.store_id;

SELECT id, name FROM customers WHERE lower(email) = 'customer4711@example.com';

SELECT id, name FROM customers WHERE email LIKE 'customer4711%';

SELECT p.sku, p.name FROM products p WHERE p.name ILIKE '%a1b2c%' OR p.sku = 'SKU-4711';

SELECT c.id FROM customers c
WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id) AND c.deleted_at IS NULL;

SELECT DISTINCT ON (customer_id) customer_id, id, created_at FROM orders
WHERE customer_id IN (17, 4711, 81234, 123456) ORDER BY customer_id, created_at DESC;

SELECT c.id, latest.id FROM customers c
CROSS JOIN LATERAL (SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.created_at DESC LIMIT 1) latest
WHERE c.store_id = 77;

SELECT id, total, rank() OVER (PARTITION BY store_id ORDER BY total DESC) FROM orders WHERE store_id IN (1, 2, 3);

WITH big AS (SELECT order_id, sum(quantity * price) AS value FROM items GROUP BY order_id HAVING sum(quantity * price) > 900)
SELECT o.customer_id, count(*) FROM big JOIN orders o ON o.id = big.order_id GROUP BY o.customer_id ORDER BY 2 DESC LIMIT 10;

SELECT max(total), min(total) FROM orders;

SELECT count(*) FROM orders WHERE total > 304.9;

SELECT p.id, p.name, sum(i.quantity) FROM products p JOIN items i ON i.product_id = p.id JOIN orders o ON o.id = i.order_id
WHERE o.store_id = 42 AND o.status = 'returned' GROUP BY p.id ORDER BY 3 DESC LIMIT 10;

SELECT id FROM events WHERE kind = 'search' AND attributes ->> 'agent' = 'tablet' AND customer_id BETWEEN 100 AND 200;

SELECT id FROM orders WHERE coupon_id IS NOT NULL AND (customer_id = 12 OR store_id = 12);

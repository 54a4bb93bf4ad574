-- A new order with two items; payment and stock are other services.
\set customer random(1, 200000)
\set store random(0, 499)
\set first random(1, 5000)
\set second random(1, 5000)
INSERT INTO orders (customer_id, store_id, status, total, created_at) VALUES (:customer, :store, 'paid', 49.90, now()) RETURNING id \gset
INSERT INTO items (order_id, line, product_id, quantity, price) VALUES (:id, 1, :first, 1, 19.95);
INSERT INTO items (order_id, line, product_id, quantity, price) VALUES (:id, 2, :second, 1, 29.95);

-- One order by its key, with its customer and items.
\set order random(1, 1200000)
SELECT o.id, o.status, o.total, o.created_at, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = :order;
SELECT i.line, i.quantity, i.price, p.name FROM items i JOIN products p ON p.id = i.product_id WHERE i.order_id = :order ORDER BY i.line;

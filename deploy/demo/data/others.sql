-- 200,000 customers (two in five soft-deleted), 5,000 products, 2,000 coupons, 300,000 events.
BEGIN;
TRUNCATE customers, products, coupons, events;
SELECT setseed(0.3);
INSERT INTO customers
SELECT n, 'customer' || n || '@example.com', 'Customer ' || md5(n::text), floor(500 * random()),
       now() - random() * interval '1000 days',
       CASE WHEN random() < 0.9 THEN now() - random() * interval '200 days' END,
       CASE WHEN random() < 0.4 THEN now() - random() * interval '100 days' END
FROM generate_series(1, 200000) AS n;
INSERT INTO products
SELECT n, 'SKU-' || n, 'Product ' || n, repeat(md5(n::text), 8), 4.99 + n % 97
FROM generate_series(1, 5000) AS n;
INSERT INTO coupons SELECT n, upper(substr(md5(n::text), 1, 10)), 5 + n % 20 FROM generate_series(1, 2000) AS n;
INSERT INTO events
SELECT n, 1 + floor(200000 * random()), (ARRAY['view', 'view', 'view', 'cart', 'search'])[1 + n % 5],
       now() - (300000 - n) * interval '200 seconds',
       jsonb_build_object('page', '/products/' || floor(5000 * random()), 'campaign', floor(1000 * random())::int,
                          'agent', (ARRAY['phone', 'desktop', 'tablet'])[1 + n % 3])
FROM generate_series(1, 300000) AS n;
ALTER TABLE customers ADD PRIMARY KEY (id), ADD UNIQUE (email);
ALTER TABLE products ADD PRIMARY KEY (id), ADD UNIQUE (sku);
ALTER TABLE coupons ADD PRIMARY KEY (id), ADD UNIQUE (code);
ALTER TABLE events ADD PRIMARY KEY (id);
COMMIT;

-- 1.2 million orders over two years, oldest first. The newest 2 % have not been shipped.
-- TRUNCATE in the same transaction saves writing WAL (wal_level = minimal).
BEGIN;
TRUNCATE orders;
SELECT setseed(0.1);
INSERT INTO orders
SELECT n,
       1 + floor(200000 * random()),
       floor(500 * random()),
       CASE WHEN random() < 0.05 THEN 1 + floor(2000 * random()) END,
       CASE WHEN n > 1176000 THEN CASE WHEN random() < 0.6 THEN 'paid' ELSE 'packed' END
            WHEN random() < 0.01 THEN 'returned'
            ELSE 'done' END,
       (5 + 300 * random() * random())::numeric(10, 2),
       now() - (1200000 - n) * interval '52 seconds',
       CASE WHEN n <= 1176000 THEN now() - (1200000 - n) * interval '52 seconds' + random() * interval '5 days' END
FROM generate_series(1, 1200000) AS n;
ALTER TABLE orders ADD PRIMARY KEY (id);
COMMIT;

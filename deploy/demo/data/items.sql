-- One to three items an order, 2.4 million in all; some products are bought far more often than others.
BEGIN;
TRUNCATE items;
SELECT setseed(0.2);
INSERT INTO items
SELECT n, line, product, 1 + floor(3 * random() * random()), 4.99 + product % 97
FROM generate_series(1, 1200000) AS n,
     generate_series(1, 1 + n % 3) AS line,
     LATERAL (SELECT 1 + floor(5000 * random() * sqrt(random()))::bigint AS product
              WHERE n > 0 AND line > 0) AS choice;
ALTER TABLE items ADD PRIMARY KEY (order_id, line);
COMMIT;

-- A coupon's use is looked up; another is made and withdrawn, for which the foreign key of orders is checked.
\set coupon random(1, 2000)
\set code random(1, 1000000000)
SELECT count(*), max(created_at) FROM orders WHERE coupon_id = :coupon;
INSERT INTO coupons (code, per_cent) VALUES (concat('DEMO-'::text, :code::int), 10) RETURNING id \gset
DELETE FROM coupons WHERE id = :id;

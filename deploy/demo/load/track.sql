\set customer random(1, 200000)
\set product random(1, 5000)
INSERT INTO events (customer_id, kind, happened_at, attributes) VALUES (:customer, 'view', now(), jsonb_build_object('product'::text, :product::int));

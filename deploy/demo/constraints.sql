-- Foreign keys, of which orders.coupon_id, orders.customer_id, items.product_id and events.customer_id have no index.
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (coupon_id) REFERENCES coupons;
ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders, ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE events ADD FOREIGN KEY (customer_id) REFERENCES customers;

-- Nothing asks for it.
CREATE INDEX orders_total_idx ON orders (total);
-- The primary key (order_id, line) does its work.
CREATE INDEX items_order_id_idx ON items (order_id);

CREATE SEQUENCE orders_id_seq OWNED BY orders.id START 1200001;
ALTER TABLE orders ALTER COLUMN id SET DEFAULT nextval('orders_id_seq');
CREATE SEQUENCE coupons_id_seq OWNED BY coupons.id START 2001;
ALTER TABLE coupons ALTER COLUMN id SET DEFAULT nextval('coupons_id_seq');
CREATE SEQUENCE events_id_seq OWNED BY events.id START 300001;
ALTER TABLE events ALTER COLUMN id SET DEFAULT nextval('events_id_seq');

-- The demo shop. Keys and indexes follow in constraints.sql, once the rows are there.
CREATE TABLE customers (
    id          bigint      NOT NULL,
    email       text        NOT NULL,
    name        text        NOT NULL,
    store_id    int         NOT NULL,  -- where they like to shop
    created_at  timestamptz NOT NULL,
    last_login  timestamptz,
    deleted_at  timestamptz            -- soft-deleted: still there, no longer shown
);

CREATE TABLE products (
    id          bigint      NOT NULL,
    sku         text        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL,
    price       numeric(10, 2) NOT NULL
);

CREATE TABLE coupons (
    id          bigint      NOT NULL,
    code        text        NOT NULL,
    per_cent    int         NOT NULL
);

CREATE TABLE orders (
    id          bigint      NOT NULL,
    customer_id bigint      NOT NULL,
    store_id    int         NOT NULL,
    coupon_id   bigint,                -- references coupons; no index serves the check
    status      text        NOT NULL,  -- 97 of 100 are done
    total       numeric(10, 2) NOT NULL,
    created_at  timestamptz NOT NULL,
    shipped_at  timestamptz
);

CREATE TABLE items (
    order_id    bigint      NOT NULL,
    line        int         NOT NULL,
    product_id  bigint      NOT NULL,
    quantity    int         NOT NULL,
    price       numeric(10, 2) NOT NULL
);

CREATE TABLE events (
    id          bigint      NOT NULL,
    customer_id bigint      NOT NULL,
    kind        text        NOT NULL,
    happened_at timestamptz NOT NULL,
    attributes  jsonb       NOT NULL
);

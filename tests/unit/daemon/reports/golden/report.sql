-- What pgadvisor proposes for default, as of 2026-03-04 06:00 CET.
-- Read it first: it creates and drops indexes for real. Run with psql, outside a transaction,
-- in each database: what is for another one is left out there.
\set ON_ERROR_STOP on
SET lock_timeout = '10min';

-- Database shop
SELECT current_database() = 'shop' AS pgadvisor_here \gset
\if :pgadvisor_here

-- proposal cccccccccccccccc on public.orders, regressed
CREATE INDEX CONCURRENTLY gone ON orders (customer_id);

-- proposal aaaaaaaaaaaaaaaa on public.orders, open: one statement scans the whole table
-- Way back: DROP INDEX CONCURRENTLY public.ix_orders_customer_id;
CREATE INDEX CONCURRENTLY ix_orders_customer_id ON orders (customer_id);

-- public.ix_a is unused: no scans in 40 days
-- Way back: CREATE INDEX CONCURRENTLY ix_a ON public.orders USING btree (a);
DROP INDEX CONCURRENTLY public.ix_a;

-- foreign key of public.orders without an index
-- Way back: DROP INDEX CONCURRENTLY public.ix_orders_customer_id;
CREATE INDEX CONCURRENTLY ix_orders_customer_id ON public.orders (customer_id);
\endif

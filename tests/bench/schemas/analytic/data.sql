-- Rows from hashes of their numbers: the same at every run. bench.scale = 1: 1.2 million lines of 300,000 orders.
CREATE FUNCTION pg_temp.scaled(rows_at_one int) RETURNS int LANGUAGE sql STABLE AS
$$ SELECT greatest(rows_at_one * current_setting('bench.scale')::float8, 100)::int $$;
-- 0 .. count - 1, evenly.
CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, count int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(n, salt) & 9223372036854775807) % count)::int $$;
CREATE FUNCTION pg_temp.one(n bigint, salt bigint, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT choices[1 + pg_temp.pick(n, salt, array_length(choices, 1))] $$;
-- Up to `longest` characters of what looks like text.
CREATE FUNCTION pg_temp.prose(n bigint, salt bigint, longest int) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT left(concat_ws(' ',
     pg_temp.one(n, salt, '{quickly,slyly,furiously,carefully,blithely,silent,final,even}'),
     pg_temp.one(n, salt + 1, '{deposits,requests,packages,theodolites,accounts,ideas,Customer Complaints,special requests}'),
     pg_temp.one(n, salt + 2, '{nag,sleep,haggle,wake,cajole,detect,boost,use}'),
     pg_temp.one(n, salt + 3, '{among the,across the,above the,along the,after the}'),
     pg_temp.one(n, salt + 4, '{pending,regular,express,ironic,bold,unusual}'), md5(n::text)),
     longest / 2 + pg_temp.pick(n, salt + 5, longest / 2)) $$;

INSERT INTO region
SELECT n, (ARRAY['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'])[n + 1], pg_temp.prose(n, 1, 152)
FROM generate_series(0, 4) n;

INSERT INTO nation
SELECT n, (ARRAY['ALGERIA', 'ARGENTINA', 'BRAZIL', 'CANADA', 'EGYPT', 'ETHIOPIA', 'FRANCE', 'GERMANY', 'INDIA',
  'INDONESIA', 'IRAN', 'IRAQ', 'JAPAN', 'JORDAN', 'KENYA', 'MOROCCO', 'MOZAMBIQUE', 'PERU', 'CHINA', 'ROMANIA',
  'SAUDI ARABIA', 'VIETNAM', 'RUSSIA', 'UNITED KINGDOM', 'UNITED STATES'])[n + 1], n % 5, pg_temp.prose(n, 10, 152)
FROM generate_series(0, 24) n;

INSERT INTO supplier
SELECT n, 'Supplier#' || lpad(n::text, 9, '0'), md5((-n)::text), pg_temp.pick(n, 20, 25),
  (10 + pg_temp.pick(n, 20, 25)) || '-' || lpad(pg_temp.pick(n, 21, 10000000)::text, 10, '0'),
  pg_temp.pick(n, 22, 1100000) / 100.0 - 1000, pg_temp.prose(n, 23, 101)
FROM generate_series(1, pg_temp.scaled(2000)) n;

INSERT INTO part
SELECT n, concat_ws(' ', pg_temp.one(n, 30, '{almond,antique,azure,beige,blue,chocolate,forest,green,ivory,lemon,navy,pink}'),
    pg_temp.one(n, 31, '{linen,maroon,metallic,mint,olive,orchid,peach,plum,puff,rose,sienna,steel}'),
    pg_temp.one(n, 32, '{tan,thistle,tomato,turquoise,violet,wheat,white,yellow}')),
  'Manufacturer#' || 1 + pg_temp.pick(n, 33, 5),
  'Brand#' || 1 + pg_temp.pick(n, 33, 5) || 1 + pg_temp.pick(n, 34, 5),
  concat_ws(' ', pg_temp.one(n, 35, '{STANDARD,SMALL,MEDIUM,LARGE,ECONOMY,PROMO}'),
    pg_temp.one(n, 36, '{ANODIZED,BURNISHED,PLATED,POLISHED,BRUSHED}'), pg_temp.one(n, 37, '{TIN,NICKEL,BRASS,STEEL,COPPER}')),
  1 + pg_temp.pick(n, 38, 50),
  concat_ws(' ', pg_temp.one(n, 39, '{SM,LG,MED,JUMBO,WRAP}'), pg_temp.one(n, 40, '{CASE,BOX,BAG,JAR,PKG,PACK,CAN,DRUM}')),
  900 + (n % 1000) + (n / 10 % 20001) / 100.0, pg_temp.prose(n, 41, 22)
FROM generate_series(1, pg_temp.scaled(40000)) n;

-- Four suppliers a part, as far apart as there are.
INSERT INTO partsupp
SELECT p, 1 + (p + k * (s / 4 + (p - 1) / s)) % s, 1 + pg_temp.pick(p * 4 + k, 50, 9999),
  100 + pg_temp.pick(p * 4 + k, 51, 90000) / 100.0, pg_temp.prose(p * 4 + k, 52, 198)
FROM (SELECT pg_temp.scaled(2000) AS s) AS suppliers, generate_series(1, pg_temp.scaled(40000)) p, generate_series(0, 3) k;

INSERT INTO customer
SELECT n, 'Customer#' || lpad(n::text, 9, '0'), md5(n::text), pg_temp.pick(n, 60, 25),
  (10 + pg_temp.pick(n, 60, 25)) || '-' || lpad(pg_temp.pick(n, 61, 10000000)::text, 10, '0'),
  pg_temp.pick(n, 62, 1100000) / 100.0 - 1000,
  pg_temp.one(n, 63, '{AUTOMOBILE,BUILDING,FURNITURE,MACHINERY,HOUSEHOLD}'), pg_temp.prose(n, 64, 117)
FROM generate_series(1, pg_temp.scaled(30000)) n;

-- Every third customer never orders. Keys have gaps: eight of thirty-two are used.
INSERT INTO orders
SELECT (n / 8) * 32 + n % 8, 1 + 3 * pg_temp.pick(n, 70, pg_temp.scaled(30000) / 3) + pg_temp.pick(n, 71, 2),
  CASE WHEN day < 1260 THEN 'F' WHEN day < 1320 THEN 'P' ELSE 'O' END, 1000 + pg_temp.pick(n, 72, 40000000) / 100.0,
  date '1992-01-01' + day, pg_temp.one(n, 73, '{1-URGENT,2-HIGH,3-MEDIUM,4-NOT SPECIFIED,5-LOW}'),
  'Clerk#' || lpad((1 + pg_temp.pick(n, 74, pg_temp.scaled(200)))::text, 9, '0'), 0, pg_temp.prose(n, 75, 78)
FROM (SELECT n, pg_temp.pick(n, 76, 2406) AS day FROM generate_series(1, pg_temp.scaled(300000)) n) AS days;

INSERT INTO lineitem
SELECT o_orderkey, part, 1 + (part + pg_temp.pick(id, 80, 4) * (s / 4 + (part - 1) / s)) % s, line, quantity,
  quantity * (900 + part % 1000), pg_temp.pick(id, 81, 11) / 100.0, pg_temp.pick(id, 82, 9) / 100.0,
  CASE WHEN received > date '1995-06-17' THEN 'N' ELSE pg_temp.one(id, 83, '{R,A}') END,
  CASE WHEN shipped > date '1995-06-17' THEN 'O' ELSE 'F' END,
  shipped, o_orderdate + 30 + pg_temp.pick(id, 84, 61), received,
  pg_temp.one(id, 85, '{DELIVER IN PERSON,COLLECT COD,NONE,TAKE BACK RETURN}'),
  pg_temp.one(id, 86, '{REG AIR,AIR,RAIL,SHIP,TRUCK,MAIL,FOB}'), pg_temp.prose(id, 87, 43)
FROM (SELECT pg_temp.scaled(2000) AS s) AS suppliers, orders,
  LATERAL generate_series(1, 1 + pg_temp.pick(o_orderkey, 88, 7)) line,
  LATERAL (SELECT o_orderkey * 8 + line AS id) AS numbered,
  LATERAL (SELECT 1 + pg_temp.pick(id, 89, pg_temp.scaled(40000)) AS part, 1 + pg_temp.pick(id, 90, 50) AS quantity,
                  o_orderdate + 1 + pg_temp.pick(id, 91, 121) AS shipped) AS chosen,
  LATERAL (SELECT shipped + 1 + pg_temp.pick(id, 92, 30) AS received) AS arrival;

ALTER TABLE region ADD PRIMARY KEY (r_regionkey);
ALTER TABLE nation ADD PRIMARY KEY (n_nationkey), ADD FOREIGN KEY (n_regionkey) REFERENCES region;
ALTER TABLE supplier ADD PRIMARY KEY (s_suppkey), ADD FOREIGN KEY (s_nationkey) REFERENCES nation;
ALTER TABLE part ADD PRIMARY KEY (p_partkey);
ALTER TABLE partsupp ADD PRIMARY KEY (ps_partkey, ps_suppkey);
ALTER TABLE partsupp ADD FOREIGN KEY (ps_partkey) REFERENCES part, ADD FOREIGN KEY (ps_suppkey) REFERENCES supplier;
ALTER TABLE customer ADD PRIMARY KEY (c_custkey), ADD FOREIGN KEY (c_nationkey) REFERENCES nation;
ALTER TABLE orders ADD PRIMARY KEY (o_orderkey), ADD FOREIGN KEY (o_custkey) REFERENCES customer;
ALTER TABLE lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber);
ALTER TABLE lineitem ADD FOREIGN KEY (l_orderkey) REFERENCES orders,
  ADD FOREIGN KEY (l_partkey, l_suppkey) REFERENCES partsupp;

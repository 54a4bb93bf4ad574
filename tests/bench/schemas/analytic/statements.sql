-- Questions of the kinds TPC-H asks, in its order.

SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice * (1 - l_discount)), avg(l_discount), count(*)
FROM lineitem WHERE l_shipdate <= date '1998-12-01' - interval '87 days'
GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus;

SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr FROM part, supplier, partsupp, nation, region
WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size = 23 AND p_type LIKE '%STEEL'
  AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'ASIA'
  AND ps_supplycost = (SELECT min(ps_supplycost) FROM partsupp, supplier, nation, region
                       WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND s_nationkey = n_nationkey
                         AND n_regionkey = r_regionkey AND r_name = 'ASIA')
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey LIMIT 100;

SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
FROM customer, orders, lineitem
WHERE c_mktsegment = 'FURNITURE' AND c_custkey = o_custkey AND l_orderkey = o_orderkey
  AND o_orderdate < date '1995-03-21' AND l_shipdate > date '1995-03-21'
GROUP BY l_orderkey, o_orderdate, o_shippriority ORDER BY revenue DESC, o_orderdate LIMIT 10;

SELECT o_orderpriority, count(*) FROM orders
WHERE o_orderdate >= date '1996-10-01' AND o_orderdate < date '1997-01-01'
  AND EXISTS (SELECT FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
GROUP BY o_orderpriority ORDER BY o_orderpriority;

SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM customer, orders, lineitem, supplier, nation, region
WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey AND c_nationkey = s_nationkey
  AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE'
  AND o_orderdate >= date '1994-01-01' AND o_orderdate < date '1995-01-01'
GROUP BY n_name ORDER BY revenue DESC;

SELECT sum(l_extendedprice * l_discount) FROM lineitem
WHERE l_shipdate >= date '1995-01-01' AND l_shipdate < date '1996-01-01'
  AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24;

SELECT supplying, buying, year, sum(volume) FROM (
  SELECT a.n_name AS supplying, b.n_name AS buying, extract(year FROM l_shipdate) AS year,
         l_extendedprice * (1 - l_discount) AS volume
  FROM supplier, lineitem, orders, customer, nation a, nation b
  WHERE s_suppkey = l_suppkey AND o_orderkey = l_orderkey AND c_custkey = o_custkey
    AND s_nationkey = a.n_nationkey AND c_nationkey = b.n_nationkey
    AND ((a.n_name = 'PERU' AND b.n_name = 'KENYA') OR (a.n_name = 'KENYA' AND b.n_name = 'PERU'))
    AND l_shipdate BETWEEN date '1995-01-01' AND date '1996-12-31') AS shipping
GROUP BY supplying, buying, year ORDER BY supplying, buying, year;

SELECT year, sum(CASE WHEN nation = 'INDIA' THEN volume ELSE 0 END) / sum(volume) FROM (
  SELECT extract(year FROM o_orderdate) AS year, l_extendedprice * (1 - l_discount) AS volume, b.n_name AS nation
  FROM part, supplier, lineitem, orders, customer, nation a, nation b, region
  WHERE p_partkey = l_partkey AND s_suppkey = l_suppkey AND l_orderkey = o_orderkey AND o_custkey = c_custkey
    AND c_nationkey = a.n_nationkey AND a.n_regionkey = r_regionkey AND r_name = 'ASIA'
    AND s_nationkey = b.n_nationkey AND o_orderdate BETWEEN date '1995-01-01' AND date '1996-12-31'
    AND p_type = 'SMALL PLATED COPPER') AS sales
GROUP BY year ORDER BY year;

SELECT nation, year, sum(profit) FROM (
  SELECT n_name AS nation, extract(year FROM o_orderdate) AS year,
         l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS profit
  FROM part, supplier, lineitem, partsupp, orders, nation
  WHERE s_suppkey = l_suppkey AND ps_suppkey = l_suppkey AND ps_partkey = l_partkey AND p_partkey = l_partkey
    AND o_orderkey = l_orderkey AND s_nationkey = n_nationkey AND p_name LIKE '%orchid%') AS profits
GROUP BY nation, year ORDER BY nation, year DESC;

SELECT c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name
FROM customer, orders, lineitem, nation
WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate >= date '1993-07-01'
  AND o_orderdate < date '1993-10-01' AND l_returnflag = 'R' AND c_nationkey = n_nationkey
GROUP BY c_custkey, c_name, c_acctbal, n_name ORDER BY revenue DESC LIMIT 20;

SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value FROM partsupp, supplier, nation
WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'JAPAN'
GROUP BY ps_partkey HAVING sum(ps_supplycost * ps_availqty) > (
  SELECT sum(ps_supplycost * ps_availqty) * 0.0005 FROM partsupp, supplier, nation
  WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'JAPAN')
ORDER BY value DESC;

SELECT l_shipmode, sum(CASE WHEN o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END)
FROM orders, lineitem
WHERE o_orderkey = l_orderkey AND l_shipmode IN ('RAIL', 'FOB') AND l_commitdate < l_receiptdate
  AND l_shipdate < l_commitdate AND l_receiptdate >= date '1996-01-01' AND l_receiptdate < date '1997-01-01'
GROUP BY l_shipmode ORDER BY l_shipmode;

SELECT orders_made, count(*) FROM (
  SELECT c_custkey, count(o_orderkey) AS orders_made FROM customer
  LEFT JOIN orders ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%'
  GROUP BY c_custkey) AS counted
GROUP BY orders_made ORDER BY count(*) DESC, orders_made DESC;

SELECT 100 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
       / sum(l_extendedprice * (1 - l_discount))
FROM lineitem, part WHERE l_partkey = p_partkey AND l_shipdate >= date '1996-12-01' AND l_shipdate < date '1997-01-01';

WITH revenue AS MATERIALIZED (
  SELECT l_suppkey AS supplier_no, sum(l_extendedprice * (1 - l_discount)) AS total FROM lineitem
  WHERE l_shipdate >= date '1997-07-01' AND l_shipdate < date '1997-10-01' GROUP BY l_suppkey)
SELECT s_suppkey, s_name, s_address, s_phone, total FROM supplier, revenue
WHERE s_suppkey = supplier_no AND total = (SELECT max(total) FROM revenue) ORDER BY s_suppkey;

SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS suppliers FROM partsupp, part
WHERE p_partkey = ps_partkey AND p_brand <> 'Brand#34' AND p_type NOT LIKE 'ECONOMY BRUSHED%'
  AND p_size IN (22, 14, 27, 49, 21, 33, 35, 28)
  AND ps_suppkey NOT IN (SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%')
GROUP BY p_brand, p_type, p_size ORDER BY suppliers DESC, p_brand, p_type, p_size;

SELECT sum(l_extendedprice) / 7.0 FROM lineitem, part
WHERE p_partkey = l_partkey AND p_brand = 'Brand#44' AND p_container = 'WRAP PKG'
  AND l_quantity < (SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey);

SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) FROM customer, orders, lineitem
WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > 313)
  AND c_custkey = o_custkey AND o_orderkey = l_orderkey
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice ORDER BY o_totalprice DESC, o_orderdate LIMIT 100;

SELECT sum(l_extendedprice * (1 - l_discount)) FROM lineitem, part
WHERE p_partkey = l_partkey AND l_shipmode IN ('AIR', 'REG AIR') AND l_shipinstruct = 'DELIVER IN PERSON'
  AND ((p_brand = 'Brand#52' AND p_container IN ('SM CASE', 'SM BOX') AND l_quantity BETWEEN 4 AND 14 AND p_size BETWEEN 1 AND 5)
    OR (p_brand = 'Brand#11' AND p_container IN ('MED BAG', 'MED BOX') AND l_quantity BETWEEN 18 AND 28 AND p_size BETWEEN 1 AND 10)
    OR (p_brand = 'Brand#51' AND p_container IN ('LG CASE', 'LG BOX') AND l_quantity BETWEEN 29 AND 39 AND p_size BETWEEN 1 AND 15));

SELECT s_name, s_address FROM supplier, nation
WHERE s_suppkey IN (SELECT ps_suppkey FROM partsupp
                    WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'green%')
                      AND ps_availqty > (SELECT 0.5 * sum(l_quantity) FROM lineitem
                                         WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey
                                           AND l_shipdate >= date '1993-01-01' AND l_shipdate < date '1994-01-01'))
  AND s_nationkey = n_nationkey AND n_name = 'ALGERIA' ORDER BY s_name;

SELECT s_name, count(*) AS waiting FROM supplier, lineitem a, orders, nation
WHERE s_suppkey = a.l_suppkey AND o_orderkey = a.l_orderkey AND o_orderstatus = 'F' AND a.l_receiptdate > a.l_commitdate
  AND EXISTS (SELECT FROM lineitem b WHERE b.l_orderkey = a.l_orderkey AND b.l_suppkey <> a.l_suppkey)
  AND NOT EXISTS (SELECT FROM lineitem c WHERE c.l_orderkey = a.l_orderkey AND c.l_suppkey <> a.l_suppkey
                    AND c.l_receiptdate > c.l_commitdate)
  AND s_nationkey = n_nationkey AND n_name = 'EGYPT'
GROUP BY s_name ORDER BY waiting DESC, s_name LIMIT 100;

SELECT country, count(*), sum(c_acctbal) FROM (
  SELECT substring(c_phone FROM 1 FOR 2) AS country, c_acctbal FROM customer
  WHERE substring(c_phone FROM 1 FOR 2) IN ('20', '40', '22', '30', '39', '42', '21')
    AND c_acctbal > (SELECT avg(c_acctbal) FROM customer
                     WHERE c_acctbal > 0 AND substring(c_phone FROM 1 FOR 2) IN ('20', '40', '22', '30', '39', '42', '21'))
    AND NOT EXISTS (SELECT FROM orders WHERE o_custkey = c_custkey)) AS idle
GROUP BY country ORDER BY country;

-- What the people between the reports ask.

SELECT o_orderkey, o_orderdate, o_totalprice FROM orders WHERE o_custkey = 4711 ORDER BY o_orderdate DESC LIMIT 5;

SELECT * FROM lineitem WHERE l_partkey = 17000 AND l_suppkey = 1001;

SELECT count(*) FROM orders WHERE o_orderdate > date '1998-07-25';

SELECT o_clerk, count(*) FROM orders WHERE o_orderpriority = '1-URGENT' AND o_orderstatus = 'O' GROUP BY o_clerk;

SELECT max(l_shipdate), min(l_receiptdate) FROM lineitem;

UPDATE lineitem SET l_comment = 'late' WHERE l_receiptdate > date '1998-11-20' AND l_shipmode = 'SHIP';

DELETE FROM orders WHERE o_orderdate < date '1992-01-03' AND o_orderstatus = 'F';

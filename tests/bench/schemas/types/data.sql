-- Rows from hashes of their numbers: the same at every run. bench.scale = 1: 400,000 people.
CREATE FUNCTION pg_temp.scaled(rows_at_one int) RETURNS int LANGUAGE sql STABLE AS
$$ SELECT greatest(rows_at_one * current_setting('bench.scale')::float8, 100)::int $$;
-- 0 .. count - 1, evenly.
CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, count int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(n, salt) & 9223372036854775807) % count)::int $$;
-- 1 .. count, k with a frequency of about 1 / k.
CREATE FUNCTION pg_temp.zipf(n bigint, salt bigint, count int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT floor(exp(ln(count + 1) * pg_temp.pick(n, salt, 1000000) / 1000000.0))::int $$;

INSERT INTO people (id, serial, zipf, city, zip, country, falling, groups, mood, handle, nick, vip, active, born, seen,
                    score, ratio, balance, paid, digits, clock, span)
SELECT n, (n * 7919::bigint) % 1000003, pg_temp.zipf(n, 1, 50000),
  'City of ' || initcap(substr(md5((zip / 10)::text), 1, 3 + zip % 7)), to_char(zip, 'FM00000'),
  (ARRAY['de', 'fr', 'pl', 'it', 'at'])[1 + zip / 10 % 5], -n / 3, pg_temp.pick(n, 3, 40),
  CASE WHEN n % 7 <> 0 THEN (enum_range(NULL::mood))[1 + pg_temp.pick(n, 4, 25) / 5] END,
  (CASE WHEN n % 2 = 0 THEN 'User' ELSE 'user' END || pg_temp.pick(n, 5, 60000))::citext,
  CASE WHEN n % 10 = 0 THEN 'nick' || pg_temp.pick(n, 6, 900) END, pg_temp.pick(n, 7, 100) = 0,
  CASE WHEN n % 5 <> 0 THEN n % 3 = 0 END, date '1950-01-01' + pg_temp.pick(n, 8, 20000),
  timestamptz '2023-01-01 00:00:00+00' + n * interval '37 seconds', pg_temp.pick(n, 9, 1000000) / 977.0,
  CASE WHEN n % 4 = 0 THEN pg_temp.pick(n, 10, 200) / 8.0 END,
  (pg_temp.pick(n, 11, 1000000) / 100.0 * (1 + 9999 * (n % 50 = 0)::int))::numeric(14, 2), pg_temp.zipf(n, 12, 100000),
  CASE WHEN n % 3 = 0 THEN pg_temp.pick(n, 13, 1000000000) * 1234567.0000000001 END,
  time '00:00' + pg_temp.pick(n, 14, 86400) * interval '1 second',
  CASE WHEN n % 2 = 0 THEN pg_temp.pick(n, 15, 5000) * interval '1 minute' END
FROM (SELECT n, pg_temp.pick(n, 2, 3000) AS zip FROM generate_series(1, pg_temp.scaled(400000)) n) AS zips;

INSERT INTO documents (id, title, url, body, noise, digest, tags, marks, meta)
SELECT md5(n::text)::uuid,
  (SELECT string_agg('word' || pg_temp.zipf(n * 16 + k, 20, 3000), ' ') FROM generate_series(1, 3 + n % 6) k),
  'https://www.example.org/' || repeat(chr(97 + n % 26) || n % 100 || '/', 8 + n % 20) || md5(n::text),
  CASE WHEN n % 3 = 0 THEN repeat(md5((n % 5000)::text) || ' ', 1 + pg_temp.pick(n, 21, 190)) END,
  CASE WHEN n % 8 = 0 THEN (SELECT string_agg(md5((n * 32 + k)::text), '') FROM generate_series(1, 10 + n % 19) k) END,
  sha256(int8send(n / 2)),
  (SELECT array_agg('tag' || pg_temp.zipf(n * 8 + k, 22, 2000)) FROM generate_series(1, 1 + n % 5) k),
  CASE WHEN n % 4 <> 0 THEN (SELECT array_agg(pg_temp.pick(n * 16 + k, 23, 500)) FROM generate_series(1, n % 12) k) END,
  jsonb_build_object('author', 'author' || pg_temp.zipf(n, 24, 800), 'pages', 1 + n % 300,
                     'lang', (ARRAY['en', 'en', 'en', 'de', 'fr'])[1 + n % 5], 'draft', n % 9 = 0)
FROM generate_series(1, pg_temp.scaled(60000)) n;

INSERT INTO bookings
SELECT pg_temp.pick(n, 30, 2000), tstzrange(first, first + (1 + pg_temp.pick(n, 31, 14)) * interval '1 day'),
  CASE WHEN n % 6 <> 0 THEN int4range(1 + n % 4, 2 + n % 4 + pg_temp.pick(n, 32, 6)) END, point(x, y), box(point(x, y), point(x + 2, y + 3)),
  ('10.' || pg_temp.zipf(n, 33, 250) || '.' || pg_temp.pick(n, 34, 256) || '.' || pg_temp.pick(n, 35, 256))::inet,
  ('10.' || pg_temp.pick(n, 36, 256) || '.' || pg_temp.pick(n, 37, 8) || '.0/24')::cidr,
  CASE WHEN n % 2 = 0 THEN ('08:00:2b:' || substr(md5(n::text), 1, 2) || ':' || substr(md5(n::text), 3, 2) || ':00')::macaddr END,
  pg_temp.pick(n, 38, 16)::bit(8), (pg_temp.pick(n, 39, 90000) / 100.0)::numeric::money
FROM (SELECT n, timestamptz '2024-01-01 14:00:00+00' + pg_temp.pick(n, 40, 700) * interval '1 day' AS first,
        pg_temp.pick(n, 41, 100000) / 10.0 AS x, pg_temp.pick(n, 42, 100000) / 10.0 AS y
      FROM generate_series(1, pg_temp.scaled(120000)) n) AS places;

INSERT INTO heads
SELECT c, n, (ARRAY['a', 'b', 'c'])[1 + n % 3]::"char", date '2022-01-01' + n % 1000
FROM generate_series(1, 12) c, generate_series(1, pg_temp.scaled(6000)) n;
INSERT INTO lines
SELECT company, number, line, 'A-' || pg_temp.zipf(company * 1000003 + number * 8 + line, 50, 8000),
  CASE WHEN line > 1 THEN pg_temp.pick(number + line, 51, 30) END
FROM heads, generate_series(1, 1 + number % 6) line;
ALTER TABLE lines ADD FOREIGN KEY (company, number) REFERENCES heads;

INSERT INTO readings
SELECT timestamptz '2024-01-01 00:00:00+00' + n * 96 * interval '1 day' / pg_temp.scaled(300000),
  (ARRAY['north', 'north', 'north', 'south', 'west', 'east', 'top'])[1 + pg_temp.pick(n, 60, 7)],
  pg_temp.zipf(n, 61, 500), CASE WHEN n % 20 <> 0 THEN pg_temp.pick(n, 62, 100000) / 7.0 END
FROM generate_series(1, pg_temp.scaled(300000)) n;

INSERT INTO accounts
SELECT n, 'owner ' || n / 4, pg_temp.pick(n, 70, 300) FROM generate_series(1, pg_temp.scaled(150000)) n;

INSERT INTO vehicles SELECT n, 'V-' || n, n % 3 FROM generate_series(1, pg_temp.scaled(20000)) n;
INSERT INTO cars SELECT n, 'C-' || n % 20000, 4, 2 + n % 4 FROM generate_series(1, pg_temp.scaled(60000)) n;
INSERT INTO lorries SELECT n, 'L-' || n, 6 + n % 5 * 2, n % 400 / 10.0 FROM generate_series(1, pg_temp.scaled(30000)) n;

CREATE MATERIALIZED VIEW city_totals AS
SELECT city, country, count(*) AS inhabitants, sum(balance) AS wealth FROM people GROUP BY city, country;

ALTER TABLE people ADD PRIMARY KEY (id);
ALTER TABLE documents ADD PRIMARY KEY (id);
ALTER TABLE cars ADD PRIMARY KEY (id);
CREATE INDEX people_seen ON people (seen);
CREATE INDEX people_handle ON people (handle);
CREATE INDEX readings_sensor_taken ON readings (sensor, taken);

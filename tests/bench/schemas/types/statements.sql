SELECT * FROM people WHERE id = 4711;

SELECT count(*) FROM people WHERE seen >= timestamptz '2023-06-20 00:00:00+00';

SELECT count(*) FROM people WHERE seen < timestamptz '2023-01-01 02:00:00+00';

SELECT id FROM people WHERE handle = 'USER1234';

SELECT id FROM people WHERE zipf = 3 AND vip;

SELECT id FROM people WHERE zipf BETWEEN 4000 AND 4100 ORDER BY seen DESC LIMIT 10;

SELECT id FROM people WHERE city = 'City of C4c' AND zip = '00010' AND country = 'fr';

SELECT city, count(*) FROM people WHERE country = 'pl' AND groups IN (3, 17, 39) GROUP BY city;

SELECT id FROM people WHERE mood = 'awful' OR nick = 'nick77';

SELECT id FROM people WHERE mood > 'fine' AND born < date '1950-02-01';

SELECT id, nick FROM people WHERE nick IS NOT NULL ORDER BY nick, id LIMIT 20;

SELECT max(score), min(falling) FROM people;

SELECT id FROM people WHERE balance > 50000000 ORDER BY balance DESC LIMIT 5;

SELECT id FROM people WHERE active IS NULL AND groups = 7;

SELECT id FROM people WHERE (groups, zipf) > (38, 100) ORDER BY groups, zipf LIMIT 50;

SELECT id FROM people WHERE lower(city) LIKE 'city of a%' AND ratio = 3.5;

SELECT id FROM people WHERE digits > 900000000 * 1234567.0 AND span < interval '1 hour';

SELECT id FROM people WHERE total = 84 AND clock < time '00:01';

SELECT id, rank() OVER (PARTITION BY groups ORDER BY balance DESC) FROM people WHERE groups = 5;

SELECT * FROM glad_people WHERE balance > 9990 ORDER BY seen DESC LIMIT 10;

SELECT p.id, t.wealth FROM people p JOIN city_totals t USING (city, country) WHERE p.serial BETWEEN 500 AND 600;

SELECT country, avg(inhabitants) FROM city_totals GROUP BY country;

UPDATE people SET active = true WHERE serial = 31337;

UPDATE people SET balance = balance + 1 WHERE falling > -20;

DELETE FROM people WHERE vip AND mood IS NULL AND zip = '02999';

SELECT id, title FROM documents WHERE id = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b';

SELECT id FROM documents WHERE tags @> ARRAY['tag1500'];

SELECT id FROM documents WHERE tags && ARRAY['tag7', 'tag1999'] AND marks @> ARRAY[17, 18];

SELECT id FROM documents WHERE marks = ARRAY[]::int[];

SELECT id FROM documents WHERE meta @> '{"author": "author77"}';

SELECT id FROM documents WHERE meta ->> 'author' = 'author77' ORDER BY title LIMIT 10;

SELECT id FROM documents WHERE meta ? 'draft' AND (meta ->> 'pages')::int > 290;

SELECT id FROM documents WHERE words @@ to_tsquery('simple', 'word7 & word2000');

SELECT id FROM documents WHERE title ILIKE '%word2999%';

SELECT id FROM documents WHERE url LIKE 'https://www.example.org/z99/%';

SELECT id FROM documents WHERE digest = '\x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20';

SELECT count(*) FROM documents WHERE body IS NOT NULL AND noise > 'f';

SELECT room FROM bookings WHERE during && tstzrange('2024-05-01', '2024-05-03') AND room < 20;

SELECT room FROM bookings WHERE during @> timestamptz '2024-05-01 12:00:00+00' AND guests @> 6;

SELECT room, during FROM bookings WHERE room = 42 ORDER BY lower(during) LIMIT 3;

SELECT count(*) FROM bookings WHERE spot <@ box '(100,100),(400,300)';

SELECT room FROM bookings ORDER BY spot <-> point '(5000,5000)' LIMIT 5;

SELECT count(*) FROM bookings WHERE area && box '(100,100),(101,101)';

SELECT count(*) FROM bookings WHERE network << inet '10.200.0.0/16';

SELECT count(*) FROM bookings WHERE subnet = cidr '10.7.3.0/24' AND mac IS NOT NULL;

SELECT count(*) FROM bookings WHERE price > 890::money AND flags = B'00000011';

SELECT h.placed, l.article FROM heads h JOIN lines l USING (company, number) WHERE h.company = 3 AND h.number BETWEEN 100 AND 140;

SELECT l.article, sum(l.amount) FROM lines l WHERE l.article LIKE 'A-10%' GROUP BY l.article;

SELECT h.company, count(*) FROM heads h WHERE h.kind = 'b' AND EXISTS (
  SELECT FROM lines l WHERE l.company = h.company AND l.number = h.number AND l.amount IS NULL AND l.article = 'A-7777') GROUP BY h.company;

DELETE FROM lines WHERE company = 12 AND number = 99;

SELECT sensor, avg(value) FROM readings WHERE taken >= '2024-02-10' AND taken < '2024-02-12' GROUP BY sensor;

SELECT * FROM readings WHERE sensor = 77 AND taken BETWEEN '2024-03-03' AND '2024-03-08' AND site = 'south';

SELECT site, max(taken) FROM readings GROUP BY site;

SELECT * FROM readings ORDER BY taken DESC LIMIT 10;

SELECT count(*) FROM readings WHERE value > 14200 AND sensor IN (1, 5, 25, 125);

UPDATE readings SET value = 0 WHERE taken > timestamptz '2024-04-05 00:00:00+00' AND value IS NULL;

SELECT * FROM accounts WHERE id = 777;

SELECT branch, count(*) FROM accounts WHERE owner = 'owner 999' OR branch = 12 GROUP BY branch;

SELECT a.owner, b.id FROM accounts a JOIN accounts b ON b.owner = a.owner WHERE a.branch = 5 AND a.id < b.id;

SELECT * FROM vehicles WHERE plate = 'C-77';

SELECT count(*) FROM vehicles WHERE wheels = 6;

SELECT * FROM ONLY vehicles WHERE id < 40;

SELECT c.id, v.plate FROM cars c, LATERAL (SELECT plate FROM vehicles v WHERE v.id = c.id ORDER BY plate LIMIT 1) v WHERE c.doors = 5 AND c.id < 300;

WITH RECURSIVE chain AS (SELECT id, serial FROM people WHERE id = 1
  UNION ALL SELECT p.id, p.serial FROM people p JOIN chain c ON p.id = c.serial WHERE c.id < 100000)
SELECT count(*) FROM chain;

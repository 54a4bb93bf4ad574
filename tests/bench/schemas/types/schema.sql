-- Many types and many shapes: partitions of every kind, inheritance, domains, enums, wide texts, composite keys.
CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;

CREATE TYPE mood AS ENUM ('awful', 'sad', 'fine', 'glad', 'delighted');
CREATE DOMAIN cents AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN short_name AS varchar(30);

-- Columns of every distribution.
CREATE TABLE people (
    id        bigint      NOT NULL,
    serial    int         NOT NULL,  -- unique, in no order
    zipf      int         NOT NULL,  -- the k-th most common is k times rarer than the first
    city      text        NOT NULL,
    zip       char(5)     NOT NULL,  -- decides the city
    country   char(2)     NOT NULL,
    falling   int         NOT NULL,  -- as the rows rise
    groups    smallint    NOT NULL,
    mood      mood,
    handle    citext      NOT NULL,
    nick      short_name,            -- nine of ten are NULL
    vip       boolean     NOT NULL,  -- one of a hundred
    active    boolean,
    born      date,
    seen      timestamptz NOT NULL,  -- as the rows rise
    score     float8      NOT NULL,
    ratio     real,
    balance   numeric     NOT NULL,
    paid      cents       NOT NULL,
    digits    numeric(30, 10),
    clock     time        NOT NULL,
    span      interval,
    total     bigint GENERATED ALWAYS AS (paid * 2) STORED
);

CREATE TABLE documents (
    id      uuid  NOT NULL,
    title   text  NOT NULL,
    url     text  NOT NULL,        -- 60 to 200 characters
    body    text,                  -- up to 6 kB; much of it compressible
    noise   text,                  -- 300 to 900 characters that nothing compresses
    digest  bytea NOT NULL,
    tags    text[] NOT NULL,
    marks   int[],
    meta    jsonb NOT NULL,
    words   tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED
);

CREATE TABLE bookings (
    room     int        NOT NULL,
    during   tstzrange  NOT NULL,
    guests   int4range,
    spot     point      NOT NULL,
    area     box        NOT NULL,
    network  inet       NOT NULL,
    subnet   cidr       NOT NULL,
    mac      macaddr,
    flags    bit(8)     NOT NULL,
    price    money
);

-- A composite foreign key; `company` has few values, `number` counts anew in each.
CREATE TABLE heads (
    company  int  NOT NULL,
    number   int  NOT NULL,
    kind     "char" NOT NULL,
    placed   date NOT NULL,
    PRIMARY KEY (company, number)
);
CREATE TABLE lines (
    company  int  NOT NULL,
    number   int  NOT NULL,
    line     int  NOT NULL,
    article  text COLLATE "C" NOT NULL,
    amount   int,
    PRIMARY KEY (company, number, line)
);

-- By month, and one month by site.
CREATE TABLE readings (
    taken  timestamptz NOT NULL,
    site   text        NOT NULL,
    sensor int         NOT NULL,
    value  float8
) PARTITION BY RANGE (taken);
CREATE TABLE readings_1 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE readings_2 PARTITION OF readings FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE readings_3 PARTITION OF readings FOR VALUES FROM ('2024-03-01') TO ('2024-04-01') PARTITION BY LIST (site);
CREATE TABLE readings_3_north PARTITION OF readings_3 FOR VALUES IN ('north');
CREATE TABLE readings_3_south PARTITION OF readings_3 FOR VALUES IN ('south', 'west');
CREATE TABLE readings_3_rest PARTITION OF readings_3 DEFAULT;
CREATE TABLE readings_rest PARTITION OF readings DEFAULT;

CREATE TABLE accounts (
    id     bigint NOT NULL,
    owner  text   NOT NULL,
    branch int    NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY HASH (id);
CREATE TABLE accounts_0 PARTITION OF accounts FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE accounts_1 PARTITION OF accounts FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE accounts_2 PARTITION OF accounts FOR VALUES WITH (MODULUS 3, REMAINDER 2);

CREATE TABLE vehicles (id int NOT NULL, plate text NOT NULL, wheels int);
CREATE TABLE cars (doors int) INHERITS (vehicles);
CREATE TABLE lorries (load numeric) INHERITS (vehicles);

CREATE VIEW glad_people AS SELECT id, city, seen, balance FROM people WHERE mood IN ('glad', 'delighted');
CREATE STATISTICS people_places (ndistinct, dependencies, mcv) ON city, zip, country FROM people;

-- Marketing asks how a campaign went.
\set campaign random(0, 999)
SELECT kind, count(*) FROM events WHERE attributes @> jsonb_build_object('campaign'::text, :campaign::int) GROUP BY kind;

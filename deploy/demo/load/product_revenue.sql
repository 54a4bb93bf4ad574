-- What a product has earned.
\set product random(1, 5000)
SELECT count(*), sum(quantity * price) AS revenue FROM items WHERE product_id = :product;

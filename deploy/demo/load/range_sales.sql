-- How a range of products sells.
\set first random(1, 4980)
\set last :first + 19
SELECT product_id, sum(quantity) AS sold FROM items WHERE product_id BETWEEN :first AND :last GROUP BY product_id;

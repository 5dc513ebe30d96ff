-- name: fact
-- One thing that is true of this city.
SELECT value FROM city_fact WHERE name = :name;

-- name: set_fact
-- State it; a fact of the city does not change.
INSERT INTO city_fact (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING;

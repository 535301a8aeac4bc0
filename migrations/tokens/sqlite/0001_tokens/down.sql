DROP TABLE generations;
DROP TABLE revoked_tokens;
DROP TABLE keys;

// Stands in for `server-only` in tests, which run on the server by nature.
export {};

-- The city as last imported: one row. Every process keeps it in memory and looks for a new version.
CREATE TABLE catalogue (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL CHECK (version > 0),
    document jsonb NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now()
);

-- What the screens and messages must know of the city: names, time zones, what each window serves. One row, replaced by an import.
CREATE TABLE catalogue (
    only_row    boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    version     bigint      NOT NULL CHECK (version > 0),
    document    jsonb       NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now()
);

-- The table as a tutorial has it, and the index that its list needs.
CREATE TABLE profiles (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  email      text NOT NULL,
  bio        text,
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX profiles_email_key ON profiles (lower(email));
CREATE INDEX profiles_created_at_idx ON profiles (created_at, id);

-- What Concur knows and an ERP company does not: vendors and list items that a person judges (C9, S15, S16). Never bank data.
create table proposals (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('vendor', 'dimension-value')),
  connection text not null,
  erp text not null,
  company text not null,
  -- What names it in Concur: both codes of a vendor, or dimension and item code.
  key text not null,
  facts jsonb not null,
  -- `creating`: a write to the ERP was begun and its end is not known. `gone`: nothing is left to judge.
  state text not null check (state in ('open', 'accepted', 'creating', 'created', 'rejected', 'gone')),
  begun_at timestamptz,
  -- By which code the ERP knows it.
  account text,
  -- Why it could not be created.
  message text,
  answered_by text,
  note text,
  first_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (kind, connection, erp, company, key)
);

-- One row per run of a dimension to a list; what it found stands in `result` and `lines`.
create table dimension_runs (
  id text not null,
  connection text not null,
  erp text not null,
  company text not null,
  dimension text not null,
  list text not null,
  started_at timestamptz not null default now(),
  -- The complete read of the ERP's values; null once nobody needs it any more.
  reading jsonb,
  finished_at timestamptz,
  dry_run boolean,
  forced boolean,
  started_by text,
  result jsonb,
  lines jsonb,
  primary key (id, connection, dimension, list)
);
create index dimension_runs_place on dimension_runs (connection, erp, company, dimension, list, finished_at);
-- List items that Concur was told of, by the code of the ERP.
create table list_items_told (
  connection text not null,
  erp text not null,
  company text not null,
  dimension text not null,
  list text not null,
  code text not null,
  item_code text not null,
  name text not null,
  offered boolean not null,
  told_at timestamptz not null default now(),
  primary key (connection, erp, company, dimension, list, code)
);

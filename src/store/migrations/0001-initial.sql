-- Documents: the durable ledger that guards against a second posting after Temporal has forgotten (decisions 1, C7),
-- and the claim check for payloads: stored before acknowledged (S65).
create table documents (
  id text primary key,
  connection text not null,
  doc_type text not null,
  fi_id text not null,
  business_id text not null,
  revision text not null,
  human_number text not null,
  payload text not null,
  payload_sha256 text not null,
  discovered_at timestamptz not null default now(),
  started_at timestamptz,
  stage text not null default 'discovered',
  hold_reason text,
  hold_message text,
  held_since timestamptz,
  acknowledged_at timestamptz,
  posting_confirmed_at timestamptz,
  payment_confirmed_at timestamptz,
  outcome text,
  closed_at timestamptz,
  erp text,
  company text,
  currency text,
  amount numeric,
  payee_id text not null,
  payee_code text not null,
  mapping_version text,
  -- The earlier document of the same report, invoice or advance, as known when this one was found.
  predecessor_id text references documents (id),
  -- Who wants the document out of the ERP and back in Concur, and why: set before anything is done about it.
  leaving jsonb,
  -- The plan that a person has released, who and why.
  release jsonb,
  -- Acknowledged under our name before this ledger knew it: the ERP may hold what no row here tells.
  adopted_at timestamptz,
  unique (connection, doc_type, fi_id)
);
create index documents_business_id on documents (connection, doc_type, business_id);
create index documents_unstarted on documents (connection) where started_at is null;

-- One row per planned ERP document; the primary key is the reservation (decisions 14).
create table erp_documents (
  document_id text not null references documents (id),
  part integer not null,
  erp text not null,
  company text not null,
  key_seed text not null,
  state text not null check (state in ('planned', 'written', 'posted', 'withdrawn')),
  document jsonb not null,
  keys jsonb not null default '{}',
  proof jsonb,
  planned_at timestamptz not null default now(),
  written_at timestamptz,
  posted_at timestamptz,
  refusal text,
  -- What the ERP says about why it has not posted, or will not pay; neither is a refusal.
  waiting text,
  -- What is said of a posted one has changed, and its workflow has not been told.
  waiting_untold boolean not null default false,
  -- When the ERP was last asked why it does not pay.
  obstacles_asked_at timestamptz,
  -- Who has taken a posting as it stands although it is not what was meant, and why. Ends with the proof that it is about.
  accepted jsonb,
  signalled_at timestamptz,
  -- When all settlements of this document were asked for once: those made before it was on the watch.
  settlements_asked_at timestamptz,
  settled_at timestamptz,
  primary key (document_id, part)
);
create index erp_documents_watched on erp_documents (erp, company, state, document_id, part);
create unique index erp_documents_key on erp_documents (erp, company, key_seed);

-- Settlements as the ERP reports them; the settlement key is what makes a payment reference unique (FIS spec 5.3).
create table settlements (
  document_id text not null,
  part integer not null,
  settlement_key text not null,
  kind text not null,
  amount numeric not null,
  currency text not null,
  settled_on date not null,
  reference text not null,
  cheque_number text,
  fiscal_year text not null,
  found_at timestamptz not null default now(),
  signalled_at timestamptz,
  confirmed_at timestamptz,
  confirmed_status text,
  primary key (document_id, part, settlement_key),
  foreign key (document_id, part) references erp_documents (document_id, part)
);

-- Intent before, result after each remote write (decisions 7).
create table remote_writes (
  id bigint generated always as identity primary key,
  document_id text not null,
  operation text not null,
  key text not null,
  payload_sha256 text not null,
  started_at timestamptz not null default now(),
  -- When the answer was lost, or when an attempt without an answer was first noticed: look-again waits count from here.
  lost_at timestamptz,
  finished_at timestamptz,
  outcome text
);
create index remote_writes_key on remote_writes (operation, key, id);
create index remote_writes_document on remote_writes (document_id);
-- Two attempts that overlap can never both be about to write the same thing.
create unique index remote_writes_open on remote_writes (operation, key) where outcome is null;

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  document_id text,
  kind text not null,
  actor text not null,
  data jsonb not null
);
create index audit_document on audit (document_id, id);
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only';
end $$;
create trigger audit_append_only before update or delete on audit
  for each row execute function refuse_audit_change();
-- TRUNCATE fires no row trigger.
create trigger audit_no_truncate before truncate on audit
  for each statement execute function refuse_audit_change();

create table vendor_resolutions (
  vendor_key text primary key,
  vendor_number text not null,
  resolved_by text not null,
  note text not null,
  at timestamptz not null default now()
);
create table vendor_waits (
  document_id text not null references documents (id),
  vendor_key text not null,
  vendor_account text,
  since timestamptz not null default now(),
  primary key (document_id, vendor_key)
);
create index vendor_waits_key on vendor_waits (vendor_key);

create table alerts (
  cause text primary key,
  message text not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  document_ids text[] not null default '{}',
  notified_at timestamptz,
  cleared_at timestamptz
);

-- Parallelism over the fleet, and the instant before which no call leaves (decisions 6).
create table leases (
  name text not null,
  slot integer not null,
  holder text,
  expires_at timestamptz,
  primary key (name, slot)
);
create table throttles (
  name text primary key,
  not_before timestamptz not null,
  -- How often in a row a pause was asked for, and how long the last one was: so many slots fewer are given for a while.
  refusals integer not null default 1,
  pause interval not null default '0'
);

create table watermarks (
  name text primary key,
  at timestamptz not null
);

-- Concur credentials: only ciphertext; the key is elsewhere (S32).
create table concur_tokens (
  connection text primary key,
  version integer not null,
  key_id text not null,
  sealed bytea not null,
  access_expires_at timestamptz not null,
  refresh_expires_at timestamptz not null,
  geolocation text not null,
  scopes text[] not null,
  rejected_version integer not null default 0,
  -- How many versions were refused in the ten minutes that began with the first: after many, the token is not what is wrong.
  quick_rejections integer not null default 0,
  rejections_since timestamptz,
  -- Set when Concur has ended the grant: no further call is made with it until a person connects again.
  parked_reason text,
  parked_code text,
  parked_at timestamptz,
  -- The smallest limit, in days before the end of the refresh token, that people were warned of.
  warned_days integer,
  issued_at timestamptz not null default now()
);
create table concur_request_tokens (
  connection text primary key,
  key_id text not null,
  sealed bytea not null,
  entered_at timestamptz not null default now(),
  -- An exchanged one stays until its 24 hours are over: it cures a refresh whose answer was lost.
  exchanged_at timestamptz,
  refused_reason text,
  refused_code text,
  refused_at timestamptz
);

-- Events of Concur (ESS v4), stored before they are answered. They only ever hint: documents are read from FIS.
create table concur_events (
  id bigint generated always as identity primary key,
  -- Connection of the endpoint at which the event came in; the company in the event decides whom it concerns.
  connection text not null,
  -- The sender's id, or a digest of the body where it has none.
  event_id text not null,
  event_type text,
  doc_type text,
  business_id text,
  company_uuid text,
  correlation_id text,
  -- The bytes as received, since the signature is over them; null where they were too many.
  body bytea,
  body_sha256 text not null,
  signature text,
  verdict text not null check (verdict in ('quarantined', 'unverified', 'verified')),
  verdict_detail text not null,
  quarantined_for text check (quarantined_for in ('signature', 'certificate')),
  -- Digest of the mode, algorithms and keys by which the verdict was reached.
  key_set text not null,
  received_at timestamptz not null default now(),
  duplicates integer not null default 0,
  handled_at timestamptz,
  handled_note text,
  unique (connection, event_id)
);
create index concur_events_unhandled on concur_events (id) where handled_at is null and verdict <> 'quarantined';
create index concur_events_quarantined on concur_events (connection, id) where verdict = 'quarantined';
create index concur_events_company on concur_events (company_uuid, received_at);
create index concur_events_received on concur_events (received_at);

-- Vendor master: runs of the comparison between an ERP company and a Concur connection.
create table vendor_runs (
  id text primary key,
  erp text not null,
  company text not null,
  started_at timestamptz not null default now(),
  -- When the complete read stood in vendor_snapshots; null while there is none.
  read_at timestamptz,
  connection text,
  planned_at timestamptz,
  -- When nothing was left to write.
  finished_at timestamptz,
  dry_run boolean,
  forced boolean,
  started_by text,
  read_count integer,
  unchanged_count integer,
  refused_count integer,
  -- Why the changes of this run are not written.
  held_back text
);
create index vendor_runs_company on vendor_runs (erp, company, read_at);
create table vendor_snapshots (
  run text not null references vendor_runs (id) on delete cascade,
  position integer not null,
  account text,
  -- Null for a row that could not be read; then the problem says why.
  vendor jsonb,
  problem text,
  primary key (run, position)
);
create index vendor_snapshots_account on vendor_snapshots (run, account);
create table vendor_changes (
  run text not null references vendor_runs (id) on delete cascade,
  account text not null,
  kind text not null check (kind in ('create', 'update', 'block')),
  hash text not null,
  record jsonb not null,
  changed text[] not null,
  -- Planned changes are only shown; superseded ones were still pending when a later run of the company was planned.
  state text not null check (state in ('planned', 'pending', 'done', 'refused', 'superseded')),
  message text,
  -- What Concur held and was overwritten, by property.
  overwritten jsonb,
  at timestamptz not null default now(),
  primary key (run, account)
);
create index vendor_changes_pending on vendor_changes (run, account) where state = 'pending';
create table vendor_refusals (
  run text not null references vendor_runs (id) on delete cascade,
  position integer not null,
  account text,
  name text,
  message text not null,
  primary key (run, position)
);
-- What Concur was last told of each vendor.
create table vendors_told (
  connection text not null,
  erp text not null,
  company text not null,
  account text not null,
  -- What Concur took last; null where it never took any.
  record jsonb,
  -- Digest of what Concur holds; null where that is nothing or not certain.
  hash text,
  state text not null check (state in ('synced', 'refused')),
  message text,
  refused_hash text,
  told_at timestamptz not null default now(),
  primary key (connection, erp, company, account)
);

-- Business events of F&O: hints at watches that are told out of turn, never facts. A repeat has the same event id.
create table fo_business_events (
  id bigint generated always as identity primary key,
  connection text not null,
  -- EventId, or a digest of the body where it has none.
  event_id text not null,
  -- Null where the body could not be read.
  business_event_id text,
  company text,
  happened_at timestamptz,
  -- Schedules of the watches that have not been told yet.
  awaits text[] not null,
  note text,
  -- Only of what could not be read.
  body bytea,
  received_at timestamptz not null default now(),
  duplicates integer not null default 0,
  unique (connection, event_id)
);
create index fo_business_events_waiting on fo_business_events (id) where awaits <> '{}';
create index fo_business_events_received on fo_business_events (received_at);

-- Webhooks of Business Central (NAV spec 18). Client states are kept as digests only, addresses sealed (S32).
create table webhook_addresses (
  connection text not null,
  resource_group text not null,
  token_digest text not null unique,
  key_id text not null,
  sealed bytea not null,
  -- A handshake is answered only while a creation or renewal of ours waits for it.
  handshake_until timestamptz,
  handshake_answered_at timestamptz,
  primary key (connection, resource_group)
);
create table webhook_subscriptions (
  connection text not null,
  company text not null,
  entity_set text not null,
  resource_group text not null,
  -- Id of the company as the notifications name it.
  company_id text,
  -- Null while none is known to stand.
  subscription_id text,
  expires_at timestamptz,
  renewed_at timestamptz,
  -- Attempts in a row that have failed, and why the last one did.
  misses integer not null default 0,
  trouble text,
  swept_at timestamptz not null,
  sweep_due boolean not null default false,
  primary key (connection, company, entity_set)
);
create table webhook_client_states (
  connection text not null,
  company text not null,
  entity_set text not null,
  digest text not null,
  made_at timestamptz not null,
  -- Set once a later one is known to be in use; until then an attempt without an answer may have brought it into use.
  valid_until timestamptz,
  primary key (connection, company, entity_set, digest),
  foreign key (connection, company, entity_set) references webhook_subscriptions on delete cascade
);
-- Notifications that proved to know their client state, stored before they are answered. They only ever say: read this again.
create table webhook_notifications (
  id bigint generated always as identity primary key,
  connection text not null,
  company text not null,
  entity_set text not null,
  -- Empty for a notification about the whole set.
  record_id text not null,
  change_type text not null,
  changed_at timestamptz not null,
  -- Of a whole set: since when it has changed; null where the set must be compared in full.
  changed_since timestamptz,
  received_at timestamptz not null default now(),
  duplicates integer not null default 0,
  handled_at timestamptz,
  unique (connection, company, entity_set, record_id, change_type, changed_at)
);
create index webhook_notifications_unhandled on webhook_notifications (connection, id) where handled_at is null;
create table webhook_quarantine (
  id bigint generated always as identity primary key,
  connection text not null,
  resource_group text not null,
  reason text not null,
  body_sha256 text not null,
  -- Bytes of the body, and items of it that were put aside for this reason.
  size bigint not null,
  items integer not null,
  -- The body may hold a client state: it is sealed; null where it was too large or too many came.
  key_id text,
  sealed bytea,
  received_at timestamptz not null default now(),
  repeats integer not null default 0,
  unique (connection, resource_group, reason, body_sha256)
);
create index webhook_quarantine_received on webhook_quarantine (connection, received_at);
-- Records of an ERP whose change was seen, by notification or sweep: each change counts once.
create sequence erp_changes_seq;
create table erp_changes (
  connection text not null,
  company text not null,
  entity_set text not null,
  record_id text not null,
  changed_at timestamptz not null,
  is_deleted boolean not null default false,
  found_by text not null check (found_by in ('notification', 'sweep')),
  found_at timestamptz not null default now(),
  seq bigint not null default nextval('erp_changes_seq'),
  -- When the documents that it may concern were told.
  told_at timestamptz,
  primary key (connection, company, entity_set, record_id)
);
create index erp_changes_untold on erp_changes (connection, company, seq) where told_at is null;

-- Purchase requests that the connector was told of: Concur offers no list of them (C5).
create table purchase_requests (
  id text primary key,
  connection text not null,
  request_id text not null,
  request_number text,
  queue_status text,
  workflow_status text,
  known_at timestamptz not null default now(),
  known_by text not null,
  started_at timestamptz,
  read_at timestamptz,
  stage text not null default 'discovered',
  hold_reason text,
  hold_message text,
  held_since timestamptz,
  outcome text,
  closed_at timestamptz,
  unique (connection, request_id)
);
-- One row per purchase order that Concur has made of a request; at most one order in an ERP for each.
create table purchase_orders (
  request text not null references purchase_requests (id),
  order_number text not null,
  found_at timestamptz not null default now(),
  -- The order as it was last agreed: what stands in the ERP was made of it, or a person has decided about the difference.
  reading json not null,
  digest text not null,
  erp text,
  company text,
  document jsonb,
  mapping_version text,
  -- 'writing': something may be in the ERP from now on. 'left': people keep it, the connector watches it no more.
  state text not null default 'planned'
    check (state in ('planned', 'writing', 'open', 'received', 'completed', 'removed', 'left')),
  erp_id text,
  erp_number text,
  written_at timestamptz,
  looked_at timestamptz,
  closed_in_concur_at timestamptz,
  primary key (request, order_number)
);
-- Changes of an order that stands in an ERP: never carried out silently, always decided by a person (S113).
create table purchase_order_changes (
  id bigint generated always as identity primary key,
  request text not null,
  order_number text not null,
  kind text not null check (kind in ('changed-in-concur', 'removed-in-erp')),
  -- Of what was found; the order itself where it changed in Concur.
  digest text not null,
  reading json,
  sentences text[] not null,
  seen_at timestamptz not null default now(),
  -- A decision of a person; 'superseded' by a later change, or 'taken-back' in Concur, is the connector's own.
  decision text check (decision in ('amended', 'replaced', 'dismissed', 'superseded', 'taken-back')),
  decided_by text,
  decided_at timestamptz,
  note text,
  foreign key (request, order_number) references purchase_orders (request, order_number)
);
create unique index purchase_order_changes_open on purchase_order_changes (request, order_number, kind)
  where decided_at is null;
-- On which days an ERP company takes postings, as it last said; counts for a short time only (B10).
create table open_periods (
  erp text not null,
  company text not null,
  spans jsonb not null,
  read_at timestamptz not null,
  primary key (erp, company)
);

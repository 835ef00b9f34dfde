-- Version 1. Times are milliseconds since 1970 in UTC, durations are milliseconds.

CREATE TABLE outbox (
    id {id},
    -- The identity of the invitation. The reference is removed by a purge, its hash stays.
    shop TEXT NOT NULL,
    reference TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('service', 'product', 'service_and_product', 'account_default')),
    order_hash TEXT NOT NULL,
    customer_hash TEXT,
    -- The instance of the registry that sends.
    instance TEXT NOT NULL,
    -- The request in the versioned form of review-core; NULL once purged.
    payload TEXT,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'claimed', 'sending', 'accepted',
        'skipped', 'held', 'unknown', 'dead', 'cancelled')),
    -- pending: due then. unknown: look up then. skipped: try again then.
    run_at BIGINT NOT NULL,
    -- Failed attempts, and workers that died while they held the row.
    attempts BIGINT NOT NULL DEFAULT 0,
    crashes BIGINT NOT NULL DEFAULT 0,
    -- The fence: a process, and the number of its claim. Only a claim writes them.
    owner TEXT,
    claim BIGINT,
    lease BIGINT,
    unknown_at BIGINT,
    -- The result.
    outcome TEXT,
    vendor_id TEXT,
    error_class TEXT,
    error_message TEXT,
    correlation_id TEXT,
    created_at BIGINT NOT NULL DEFAULT ({now}),
    finished_at BIGINT
);

-- "The same invitation": the account default conflicts with every kind.
CREATE UNIQUE INDEX outbox_service ON outbox (order_hash) WHERE kind IN ('service', 'account_default');
CREATE UNIQUE INDEX outbox_product ON outbox (order_hash) WHERE kind IN ('product', 'account_default');
CREATE UNIQUE INDEX outbox_both ON outbox (order_hash) WHERE kind IN ('service_and_product', 'account_default');

-- Partial indexes: they contain only the rows that wait, so their cost does not grow with the history.
CREATE INDEX outbox_due ON outbox (instance, run_at, id) WHERE state = 'pending' AND crashes = 0;
CREATE INDEX outbox_suspect ON outbox (instance, run_at, id) WHERE state = 'pending' AND crashes > 0;
CREATE INDEX outbox_held ON outbox (instance, run_at, id) WHERE state = 'held';
CREATE INDEX outbox_unknown ON outbox (instance, run_at, id) WHERE state = 'unknown';
CREATE INDEX outbox_skipped ON outbox (run_at) WHERE state = 'skipped';
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
CREATE INDEX outbox_lease ON outbox (lease) WHERE lease IS NOT NULL;
CREATE INDEX outbox_order ON outbox (order_hash);
CREATE INDEX outbox_customer ON outbox (customer_hash) WHERE customer_hash IS NOT NULL;
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE reference IS NOT NULL;

-- The circuit of an instance.
CREATE TABLE outbox_instance (
    instance TEXT PRIMARY KEY,
    version BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'closed' CHECK (state IN ('closed', 'careful', 'open', 'stopped')),
    reason TEXT,
    changed_at BIGINT NOT NULL DEFAULT ({now}),
    -- open: one request may probe from then on.
    probe_at BIGINT NOT NULL DEFAULT 0,
    probe_failures BIGINT NOT NULL DEFAULT 0,
    -- The one claim that may send while the circuit is careful or open, and until when.
    probe_owner TEXT,
    probe_claim BIGINT,
    probe_lease BIGINT NOT NULL DEFAULT 0,
    -- The vendor asked for a pause until then.
    paused_until BIGINT NOT NULL DEFAULT 0,
    not_sent BIGINT NOT NULL DEFAULT 0,
    unknown_in_a_row BIGINT NOT NULL DEFAULT 0,
    -- The last 20 outcomes, one bit each: 1 is unknown.
    recent BIGINT NOT NULL DEFAULT 0
);

-- A sliding window shared by all workers: the calls in it, as "end of a segment:calls" pairs with commas.
CREATE TABLE outbox_limit (
    bucket TEXT PRIMARY KEY,
    used TEXT NOT NULL DEFAULT ''
);

-- What operators and policies did to a row.
CREATE TABLE outbox_audit (
    id {id},
    outbox_id BIGINT NOT NULL,
    order_hash TEXT NOT NULL,
    at BIGINT NOT NULL DEFAULT ({now}),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note TEXT
);
CREATE INDEX outbox_audit_row ON outbox_audit (outbox_id);

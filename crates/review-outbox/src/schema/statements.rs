//! Every statement of the worker: one text for both databases.
//!
//! Placeholders are filled by [`Dialect::fill`]. `/*fence:NAME*/ ... /*end*/` surrounds a condition that keeps
//! two workers apart. To the databases it is a comment; the model-based test removes one fence at a time and
//! expects a violation.

use std::sync::LazyLock;

use crate::database::dialect::Dialect;

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        /// The filled statements of one database.
        #[derive(Debug)]
        pub(crate) struct Statements { $($(#[$doc])* pub(crate) $name: String),* }

        impl Statements {
            /// Fills the statements, after an edit of each template.
            pub(crate) fn new(dialect: Dialect, edit: impl Fn(&str) -> String) -> Self {
                Self { $($name: dialect.fill(&edit($sql))),* }
            }
        }
    };
}

impl Statements {
    /// Returns the statements of a database.
    pub(crate) fn of(dialect: Dialect) -> &'static Self {
        static SQLITE: LazyLock<Statements> =
            LazyLock::new(|| Statements::new(Dialect::Sqlite, str::to_owned));
        static POSTGRES: LazyLock<Statements> =
            LazyLock::new(|| Statements::new(Dialect::Postgres, str::to_owned));
        match dialect {
            Dialect::Sqlite => &SQLITE,
            Dialect::Postgres => &POSTGRES,
        }
    }
}

/// 1 owner, 2 claim, 3 lease, 4 instance, 5 now, 6 limit.
macro_rules! claim {
    () => {
        "WITH picked AS MATERIALIZED (SELECT id AS picked_id FROM outbox
            WHERE instance = $4 /*fence:claim.state*/ AND state = 'pending' /*end*/ AND crashes = 0 AND run_at <= $5
            ORDER BY run_at, id LIMIT $6 {lock})
        UPDATE outbox SET state = 'claimed', owner = $1, claim = $2, lease = $3 FROM picked WHERE id = picked_id
        RETURNING id, payload, attempts, run_at"
    };
}

/// What a purge and an erasure remove: everything personal. An export returns it.
macro_rules! forget {
    () => {
        "payload = NULL, reference = NULL, customer_hash = NULL, vendor_id = NULL, error_message = NULL,
            correlation_id = NULL"
    };
}

statements! {
    /// The clock of the database.
    now = "SELECT {now} AS now";

    // --- in the caller's transaction ---

    /// 1 shop, 2 reference, 3 kind, 4 order hash, 5 customer hash, 6 instance, 7 payload, 8 run_at (NULL: now).
    enqueue = "INSERT INTO outbox (shop, reference, kind, order_hash, customer_hash, instance, payload, run_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, COALESCE($8, {now})) ON CONFLICT DO NOTHING RETURNING id";
    /// 1 order hash, 2 kind: the rows of the same invitation, that of the same kind first. `account_default` can
    /// match one row of each kind.
    find = "SELECT id, state FROM outbox
        WHERE order_hash = $1 AND (kind = $2 OR kind = 'account_default' OR $2 = 'account_default')
        ORDER BY CASE WHEN kind = $2 THEN 0 ELSE 1 END, id";
    /// 1 order hash, 2 kind.
    cancel = "UPDATE outbox SET state = 'cancelled', lease = NULL, finished_at = {now}
        WHERE order_hash = $1 AND (kind = $2 OR kind = 'account_default' OR $2 = 'account_default')
        /*fence:cancel.state*/ AND state IN ('pending', 'claimed', 'held', 'skipped', 'dead') /*end*/ RETURNING id";
    /// 1 order hash, 2 kind, 3 run_at. A claimed row goes back: its worker loses the fence.
    reschedule = "UPDATE outbox SET state = 'pending', lease = NULL, run_at = $3, finished_at = NULL
        WHERE order_hash = $1 AND (kind = $2 OR kind = 'account_default' OR $2 = 'account_default')
        AND payload IS NOT NULL
        /*fence:reschedule.state*/ AND state IN ('pending', 'claimed', 'held', 'skipped') /*end*/ RETURNING id";

    // --- claims ---

    /// 1 owner, 2 claim, 3 lease, 4 instance, 5 now, 6 limit.
    claim = claim!();
    /// The plan of `claim`.
    plan_sqlite = concat!("EXPLAIN QUERY PLAN ", claim!());
    /// The plan of `claim`.
    plan_postgres = concat!("EXPLAIN ", claim!());
    /// As `claim`, for rows that were held when a worker died.
    claim_suspect = "WITH picked AS MATERIALIZED (SELECT id AS picked_id FROM outbox
            WHERE instance = $4 /*fence:claim_suspect.state*/ AND state = 'pending' /*end*/ AND crashes > 0
            AND run_at <= $5 ORDER BY run_at, id LIMIT $6 {lock})
        UPDATE outbox SET state = 'claimed', owner = $1, claim = $2, lease = $3 FROM picked WHERE id = picked_id
        RETURNING id, payload, attempts, run_at";
    /// As `claim`, for the rows that an account error held back.
    claim_held = "WITH picked AS MATERIALIZED (SELECT id AS picked_id FROM outbox
            WHERE instance = $4 /*fence:claim_held.state*/ AND state = 'held' /*end*/ AND run_at <= $5
            ORDER BY run_at, id LIMIT $6 {lock})
        UPDATE outbox SET state = 'claimed', owner = $1, claim = $2, lease = $3 FROM picked WHERE id = picked_id
        RETURNING id, payload, attempts, run_at";

    // --- fenced by owner, claim and state ---

    /// 1 id, 2 owner, 3 claim, 4 lease, 5 now.
    mark = "UPDATE outbox SET state = 'sending', lease = $4 WHERE id = $1
        /*fence:mark.owner*/ AND owner = $2 /*end*/ /*fence:mark.claim*/ AND claim = $3 /*end*/
        /*fence:mark.state*/ AND state IN ('claimed', 'sending') /*end*/
        /*fence:mark.circuit*/ AND NOT EXISTS (SELECT 1 FROM outbox_instance AS i WHERE i.instance = outbox.instance
            AND ((i.state <> 'closed' AND (i.probe_owner IS NULL OR i.probe_owner <> $2 OR i.probe_claim <> $3))
            OR i.paused_until > $5)) /*end*/";
    /// 1 id, 2 owner, 3 claim, 4 lease.
    renew = "UPDATE outbox SET lease = $4 WHERE id = $1 /*fence:renew.owner*/ AND owner = $2 /*end*/
        /*fence:renew.claim*/ AND claim = $3 /*end*/
        /*fence:renew.state*/ AND state IN ('claimed', 'sending') /*end*/";
    /// 1 owner, 2 claim, 3 lease, 4 id, 5 instance, 6 due until: as `claim`, for one row that is sent now.
    claim_one = "UPDATE outbox SET state = 'claimed', owner = $1, claim = $2, lease = $3
        WHERE id = $4 AND instance = $5 AND run_at <= $6 /*fence:claim_one.state*/ AND state = 'pending' /*end*/
        RETURNING id, payload, attempts, run_at";
    /// 1 id, 2 owner, 3 claim, 4 state, 5 run_at (NULL keeps it), 6 failed attempts to add, 7 outcome,
    /// 8 vendor id, 9 error class, 10 error message, 11 correlation id, 12 finished_at,
    /// 13 unknown_at, 14 now.
    ///
    /// `unknown` is included: if the lease ran out while the response was on its way, the owner still knows
    /// the result better than the sweeper. A row that was erased meanwhile gets nothing personal back, and is
    /// cancelled if it was not sent.
    complete = "UPDATE outbox SET lease = NULL, run_at = COALESCE($5, run_at), attempts = attempts + $6,
            state = CASE WHEN payload IS NULL AND $4 IN ('pending', 'held', 'skipped') THEN 'cancelled' ELSE $4 END,
            finished_at = CASE WHEN payload IS NULL AND $4 IN ('pending', 'held', 'skipped') THEN $14 ELSE $12 END,
            outcome = $7, error_class = $9, unknown_at = $13, crashes = 0,
            vendor_id = CASE WHEN reference IS NOT NULL THEN $8 END,
            error_message = CASE WHEN reference IS NOT NULL THEN $10 END,
            correlation_id = CASE WHEN reference IS NOT NULL THEN $11 END
        WHERE id = $1 /*fence:complete.owner*/ AND owner = $2 /*end*/ /*fence:complete.claim*/ AND claim = $3 /*end*/
        /*fence:complete.state*/ AND state IN ('claimed', 'sending', 'unknown') /*end*/";

    // --- sweepers ---

    /// 1 now, 2 crashes after which a row is dead, 3 first wait.
    sweep_claimed = "WITH picked AS MATERIALIZED (SELECT id AS picked_id FROM outbox
            WHERE state = 'claimed' /*fence:sweep.claimed*/ AND lease < $1 /*end*/ ORDER BY lease LIMIT 500 {lock})
        UPDATE outbox SET state = CASE WHEN crashes + 1 >= $2 THEN 'dead' ELSE 'pending' END,
            finished_at = CASE WHEN crashes + 1 >= $2 THEN $1 END,
            error_class = 'worker_lost', crashes = crashes + 1, lease = NULL,
            run_at = $1 + $3 * crashes * crashes + (id % 100) * crashes
        FROM picked WHERE id = picked_id
        RETURNING id, instance, state";
    /// 1 now.
    sweep_sending = "WITH picked AS MATERIALIZED (SELECT id AS picked_id FROM outbox
            WHERE state = 'sending' /*fence:sweep.sending*/ AND lease < $1 /*end*/ ORDER BY lease LIMIT 500 {lock})
        UPDATE outbox SET state = 'unknown', error_class = 'worker_lost',
            attempts = attempts + 1, lease = NULL, run_at = $1, unknown_at = $1
        FROM picked WHERE id = picked_id
        RETURNING id, instance, state";
    /// 1 now.
    sweep_skipped = "WITH picked AS MATERIALIZED (SELECT id AS picked_id FROM outbox
            WHERE /*fence:sweep.skipped*/ state = 'skipped' AND /*end*/ run_at <= $1 ORDER BY run_at LIMIT 500 {lock})
        UPDATE outbox SET state = 'pending', finished_at = NULL
        FROM picked WHERE id = picked_id RETURNING id, instance, state";
    /// Rows whose worker died between recording an account error and the circuit, or between closing the circuit and
    /// releasing its rows.
    sweep_held = "UPDATE outbox SET state = 'pending' WHERE /*fence:sweep.held*/ state = 'held' AND /*end*/ NOT EXISTS (
            SELECT 1 FROM outbox_instance AS i WHERE i.instance = outbox.instance AND i.state <> 'closed')";
    /// 1 instance: rows that an account error held back, after the circuit closed.
    release_held = "UPDATE outbox SET state = 'pending' WHERE instance = $1
        /*fence:release.held*/ AND state = 'held' /*end*/";

    // --- unknown outcomes ---

    /// 1 instance, 2 now, 3 next lookup, 4 limit. Moving `run_at` keeps other workers from the same lookup.
    claim_lookup = "WITH picked AS MATERIALIZED (SELECT id AS picked_id FROM outbox
            WHERE instance = $1 AND state = 'unknown' AND run_at <= $2 ORDER BY run_at, id LIMIT $4 {lock})
        UPDATE outbox SET run_at = $3 FROM picked WHERE id = picked_id
        RETURNING id, shop, reference, kind, vendor_id, unknown_at";
    /// 1 id, 2 next lookup.
    postpone_lookup = "UPDATE outbox SET run_at = $2 WHERE id = $1 AND state = 'unknown'";
    /// 1 id, 2 action, 3 actor, 4 to state, 5 note, 6 from state.
    audit = "INSERT INTO outbox_audit (outbox_id, order_hash, actor, action, from_state, to_state, note)
        SELECT id, order_hash, $3, $2, $6, $4, $5 FROM outbox WHERE id = $1";
    /// 1 id, 2 from state, 3 to state, 4 run_at (NULL keeps it), 5 finished_at, 6 outcome. A purged row cannot
    /// be sent again.
    resolve = "UPDATE outbox SET state = $3, run_at = COALESCE($4, run_at), finished_at = $5, lease = NULL,
            outcome = $6, crashes = 0, attempts = 0
        WHERE id = $1 /*fence:resolve.state*/ AND state = $2 /*end*/
        AND ($3 <> 'pending' OR payload IS NOT NULL)";
    /// 1 outbox id.
    audits = "SELECT at, actor, action, from_state, to_state, note FROM outbox_audit WHERE outbox_id = $1 ORDER BY id";

    // --- dedup store ---

    /// 1 shop, 2 reference, 3 kind, 4 order hash, 5 instance, 6 state, 7 lease, 8 now.
    dedup_insert = "INSERT INTO outbox (shop, reference, kind, order_hash, instance, state, lease, run_at, finished_at,
            unknown_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $6 = 'accepted' THEN $8 END,
            CASE WHEN $6 = 'unknown' THEN $8 END)
        ON CONFLICT DO NOTHING RETURNING id";
    /// 1 order hash, 2 kind, 3 instance of the dedup store, 4 now: a claim whose process is gone. Other rows have
    /// their own sweeper.
    dedup_expire = "UPDATE outbox SET state = 'unknown', error_class = 'worker_lost', lease = NULL, unknown_at = $4
        WHERE order_hash = $1 AND (kind = $2 OR kind = 'account_default' OR $2 = 'account_default')
        AND instance = $3 AND state = 'sending' AND lease < $4";
    /// 1 order hash, 2 kind, 3 now: always recorded.
    dedup_sent = "UPDATE outbox SET state = 'accepted', outcome = 'accepted', lease = NULL, finished_at = $3
        WHERE order_hash = $1 AND kind = $2";
    /// 1 order hash, 2 kind, 3 now: counts as recorded if the row is accepted.
    dedup_unknown = "UPDATE outbox SET state = CASE WHEN state = 'accepted' THEN state ELSE 'unknown' END,
            lease = NULL, unknown_at = $3
        WHERE order_hash = $1 AND kind = $2";
    /// 1 order hash, 2 kind, 3 claim, 4 instance.
    dedup_remove = "DELETE FROM outbox WHERE order_hash = $1 AND kind = $2 AND id = $3 AND instance = $4
        AND state = 'sending'";
    /// 1 order hash, 2 kind, 3 instance of the dedup store. A row that a worker still handles stays.
    dedup_release = "DELETE FROM outbox WHERE order_hash = $1 AND kind = $2
        AND (instance = $3 OR state IN ('accepted', 'unknown', 'dead', 'cancelled'))";

    // --- ledger ---

    /// 1 shop, 2 reference, 3 kind, 4 order hash, 5 customer hash, 6 instance, 7 payload, 8 now, 9 owner,
    /// 10 claim, 11 lease.
    ledger_insert = "INSERT INTO outbox (shop, reference, kind, order_hash, customer_hash, instance, payload, state,
            run_at, owner, claim, lease)
        SELECT $1, $2, $3, $4, $5, $6, $7, 'sending', $8, $9, $10, $11 WHERE 1 = 1
        /*fence:ledger_insert.circuit*/ AND NOT EXISTS (SELECT 1 FROM outbox_instance AS i WHERE i.instance = $6
            AND (i.state <> 'closed' OR i.paused_until > $8)) /*end*/
        ON CONFLICT DO NOTHING RETURNING id";
    /// 1 owner, 2 claim, 3 lease, 4 id, 5 now, 6 instance that sends: a row that was queued and is due.
    ledger_take = "UPDATE outbox SET state = 'sending', owner = $1, claim = $2, lease = $3
        WHERE id = $4 /*fence:ledger_take.state*/ AND state = 'pending' /*end*/
        /*fence:ledger_take.due*/ AND run_at <= $5 /*end*/
        /*fence:ledger_take.circuit*/ AND NOT EXISTS (SELECT 1 FROM outbox_instance AS i WHERE i.instance = $6
            AND (i.state <> 'closed' OR i.paused_until > $5)) /*end*/";
    /// 1 id, 2 owner, 3 claim, 4 outcome, 5 now.
    ledger_done = concat!("UPDATE outbox SET state = 'accepted', outcome = $4, lease = NULL, finished_at = $5,
            unknown_at = NULL, error_class = NULL, crashes = 0, ", forget!(), "
        WHERE id = $1 AND owner = $2 AND claim = $3 AND state IN ('sending', 'unknown')");
    /// 1 id, 2 owner, 3 claim.
    ledger_remove = "DELETE FROM outbox WHERE id = $1 AND owner = $2 AND claim = $3 AND state IN ('sending', 'unknown')";

    // --- circuit ---

    /// All circuits.
    circuits = "SELECT instance, version, state, reason, changed_at, probe_at, probe_failures, probe_owner,
        probe_claim, probe_lease, paused_until, not_sent, unknown_in_a_row, recent FROM outbox_instance";
    /// 1 instance.
    circuit_create = "INSERT INTO outbox_instance (instance) VALUES ($1) ON CONFLICT DO NOTHING";
    /// 1 instance, 2 version, 3 state, 4 reason, 5 changed_at, 6 probe_at, 7 probe_failures, 8 probe_owner,
    /// 9 probe_claim, 10 probe_lease, 11 paused_until, 12 not_sent, 13 unknown_in_a_row, 14 recent.
    circuit_save = "UPDATE outbox_instance SET version = version + 1, state = $3, reason = $4, changed_at = $5,
        probe_at = $6, probe_failures = $7, probe_owner = $8, probe_claim = $9, probe_lease = $10,
        paused_until = $11, not_sent = $12, unknown_in_a_row = $13, recent = $14
        WHERE instance = $1 AND version = $2";

    // --- limits ---

    /// 1 bucket.
    limit_create = "INSERT INTO outbox_limit (bucket) VALUES ($1) ON CONFLICT DO NOTHING";
    /// 1 bucket.
    limit_read = "SELECT used FROM outbox_limit WHERE bucket = $1";
    /// 1 bucket: until the end of the transaction, no other one reads it this way.
    limit_lock = "SELECT used FROM outbox_limit WHERE bucket = $1 {exclusive}";
    /// 1 bucket, 2 used.
    limit_save = "UPDATE outbox_limit SET used = $2 WHERE bucket = $1";

    // --- privacy ---

    /// 1 finished before, 2 limit.
    purge = concat!("UPDATE outbox SET ", forget!(), " WHERE id IN (SELECT id FROM outbox
            WHERE reference IS NOT NULL AND finished_at <= $1 ORDER BY finished_at LIMIT $2 {lock})");
    /// The notes of operators about rows that were purged or erased.
    purge_notes = "UPDATE outbox_audit SET note = NULL WHERE note IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM outbox WHERE outbox.id = outbox_id AND reference IS NOT NULL)";
    /// 1 id: as `purge`, for one finished row.
    forget = concat!("UPDATE outbox SET ", forget!(), " WHERE id = $1 AND finished_at IS NOT NULL");
    /// 1 id of a row that was forgotten.
    forget_notes = "UPDATE outbox_audit SET note = NULL WHERE outbox_id = $1";
    /// 1 customer hash.
    export = "SELECT id, shop, reference, kind, instance, payload, state, created_at, finished_at, outcome,
        vendor_id, error_message, correlation_id FROM outbox WHERE customer_hash = $1 ORDER BY id";
    /// 1 customer hash, 2 now. A row whose request may be on the wire keeps its state.
    erase = concat!("UPDATE outbox SET ", forget!(), ",
            finished_at = CASE WHEN state IN ('sending', 'unknown') THEN finished_at ELSE COALESCE(finished_at, $2) END,
            lease = CASE WHEN state = 'sending' THEN lease END,
            state = CASE WHEN state IN ('pending', 'claimed', 'held', 'skipped') THEN 'cancelled' ELSE state END
        WHERE customer_hash = $1 RETURNING state");

    // --- views ---

    /// 1 state, 2 after id, 3 limit.
    list = "SELECT id, shop, reference, kind, instance, state, run_at, attempts, crashes, outcome, vendor_id,
        error_class, error_message, correlation_id, created_at, finished_at, unknown_at FROM outbox
        WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3";
    /// 1 id.
    get = "SELECT id, shop, reference, kind, instance, state, run_at, attempts, crashes, outcome, vendor_id,
        error_class, error_message, correlation_id, created_at, finished_at, unknown_at, payload FROM outbox WHERE id = $1";
    /// Rows by instance and state, of those that wait; read from the partial indexes.
    depth = "SELECT instance, 'pending' AS state, COUNT(*) AS count, MIN(run_at) AS oldest FROM outbox
            WHERE state = 'pending' AND crashes = 0 GROUP BY instance
        UNION ALL SELECT instance, 'pending', COUNT(*), MIN(run_at) FROM outbox
            WHERE state = 'pending' AND crashes > 0 GROUP BY instance
        UNION ALL SELECT instance, 'held', COUNT(*), MIN(run_at) FROM outbox WHERE state = 'held' GROUP BY instance
        UNION ALL SELECT instance, 'unknown', COUNT(*), MIN(run_at) FROM outbox WHERE state = 'unknown' GROUP BY instance
        UNION ALL SELECT instance, state, COUNT(*), MIN(lease) FROM outbox WHERE lease IS NOT NULL GROUP BY instance, state
        UNION ALL SELECT instance, 'dead', COUNT(*), NULL FROM outbox WHERE state = 'dead' GROUP BY instance";
}

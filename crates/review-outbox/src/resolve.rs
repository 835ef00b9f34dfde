//! Resolving rows whose outcome is unknown, and sending dead ones again. Every resolution leaves an audit
//! record.

use crate::clock::Millis;
use crate::database::connection::Connection;
use crate::database::pool::AsyncTransaction;
use crate::error::Result;
use crate::outbox::Outbox;
use crate::schema::statements::Statements;
use crate::state::State;

/// What an operator found out about an unknown outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The vendor has the invitation. The row becomes `accepted`.
    Sent,
    /// The vendor does not have it. The row becomes `pending` and is sent again: if the vendor has it after
    /// all, the customer gets a second email.
    NotSent,
    /// Nothing more is done. The row becomes `dead`.
    GiveUp,
}

impl Outbox {
    /// Resolves a row in the state `unknown`. Returns false if the row is not in that state any more.
    ///
    /// `actor` and `note` are stored in the audit record; do not put personal data into them.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails; nothing is changed then.
    pub async fn resolve(
        &self,
        id: i64,
        resolution: Resolution,
        actor: &str,
        note: Option<&str>,
    ) -> Result<bool> {
        let (action, to, outcome) = match resolution {
            Resolution::Sent => ("resolve sent", State::Accepted, Some("accepted")),
            Resolution::NotSent => ("resolve not sent", State::Pending, None),
            Resolution::GiveUp => ("give up", State::Dead, None),
        };
        self.move_with_audit(Move::new(id, State::Unknown, to, action, actor, note, outcome)).await
    }

    /// Sends a row again that is `dead`, `cancelled` or `skipped`: it becomes `pending` and due. Returns false
    /// if the row is in another state, or was purged.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if a statement fails; nothing is changed then.
    pub async fn requeue(&self, id: i64, actor: &str, note: Option<&str>) -> Result<bool> {
        for from in [State::Dead, State::Cancelled, State::Skipped] {
            if self.move_with_audit(Move::new(id, from, State::Pending, "requeue", actor, note, None)).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) async fn resolve_by_policy(
        &self,
        id: i64,
        to: State,
        action: &'static str,
        outcome: Option<&'static str>,
    ) -> Result<bool> {
        self.move_with_audit(Move::new(id, State::Unknown, to, action, "policy", None, outcome)).await
    }

    async fn move_with_audit(&self, mut change: Move) -> Result<bool> {
        let now = self.clock.now();
        change.sql = self.sql;
        change.finished_at = change.to.is_final().then_some(now);
        change.run_at = (change.to == State::Pending).then_some(now);
        self.pool.transaction(change).await
    }
}

struct Move {
    sql: &'static Statements,
    id: i64,
    from: State,
    to: State,
    action: &'static str,
    actor: String,
    note: Option<String>,
    outcome: Option<&'static str>,
    run_at: Option<Millis>,
    finished_at: Option<Millis>,
}

impl Move {
    fn new(
        id: i64,
        from: State,
        to: State,
        action: &'static str,
        actor: &str,
        note: Option<&str>,
        outcome: Option<&'static str>,
    ) -> Self {
        Self {
            sql: Statements::of(crate::database::dialect::Dialect::Sqlite),
            id,
            from,
            to,
            action,
            actor: actor.to_owned(),
            note: note.map(str::to_owned),
            outcome,
            run_at: None,
            finished_at: None,
        }
    }
}

impl AsyncTransaction<bool> for Move {
    async fn run(self, mut connection: Connection<'_>) -> Result<bool> {
        let values = [
            self.id.into(),
            self.from.as_str().into(),
            self.to.as_str().into(),
            self.run_at.into(),
            self.finished_at.into(),
            self.outcome.into(),
        ];
        if connection.execute(&self.sql.resolve, &values).await? == 0 {
            return Ok(false);
        }
        let values = [
            self.id.into(),
            self.action.into(),
            (&self.actor).into(),
            self.to.as_str().into(),
            self.note.as_deref().into(),
            self.from.as_str().into(),
        ];
        connection.execute(&self.sql.audit, &values).await?;
        Ok(true)
    }
}

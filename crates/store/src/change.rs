//! A change of a job with all that belongs to it: its event, the state of its analysis, what it leaves behind. All of it is
//! committed or nothing.

use sqlx::{Any, AnyConnection, AssertSqlSafe, query};

use crate::clock::now_in;
use crate::{Claim, LEASE_MS, Snapshot, Store, StoreError, db};

/// The event of a change.
const EVENT: &str =
    "INSERT INTO events (job_id, seq, snapshot, created_at) SELECT id, event_seq, snapshot, {now} FROM changed";
/// The state of the analysis is that of its job.
const STATE: &str =
    "UPDATE analyses SET state = (SELECT state FROM changed) WHERE id = $2 AND EXISTS (SELECT 1 FROM changed)";
/// What members of a shared job have left: blocks, then members.
const TEAM: [&str; 2] = [
    "DELETE FROM blocks WHERE job_id = $1 AND EXISTS (SELECT 1 FROM changed)",
    "DELETE FROM members WHERE job_id = $1 AND EXISTS (SELECT 1 FROM changed)",
];
/// Stages of a try that is over.
const STAGES: &str = "DELETE FROM stage_records WHERE analysis_id = $2 AND EXISTS (SELECT 1 FROM changed)";

/// A value of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Number(i64),
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

/// A new snapshot of a job, other columns of its row, and statements that see the changed row as the table `changed`, which is
/// empty when the conditions do not hold. `$1` is the job, `$2` the analysis, `{now}` the moment by the clock of the database.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    set: String,
    condition: String,
    then: Vec<String>,
    values: Vec<Value>,
}

impl Change {
    /// This snapshot becomes the job's, as an event.
    pub(crate) fn to(snapshot: &Snapshot) -> Result<Self, StoreError> {
        let mut change = Self {
            set: String::new(),
            condition: "id = $1".to_owned(),
            then: vec![EVENT.to_owned()],
            values: Vec::new(),
        };
        change.value(snapshot.job_id.as_str());
        change.value(snapshot.analysis_id.as_str());
        let text = change.value(serde_json::to_string(snapshot)?.as_str());
        change.set = format!("event_seq = event_seq + 1, snapshot = {text}");
        Ok(change)
    }

    /// The placeholder of a value.
    pub(crate) fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Sets a column to a value.
    pub(crate) fn set(&mut self, column: &str, value: impl Into<Value>) {
        let value = self.value(value);
        self.compute(column, &value);
    }

    /// Sets a column to an expression.
    pub(crate) fn compute(&mut self, column: &str, expression: &str) {
        self.set += &format!(", {column} = {expression}");
    }

    /// Only when this holds for the row before the change.
    pub(crate) fn only_if(&mut self, condition: &str) {
        self.condition += &format!(" AND {condition}");
    }

    /// Only while the lease is the worker's.
    pub(crate) fn only_with(&mut self, claim: &Claim) {
        let token = self.value(claim.token.as_str());
        self.only_if(&format!("lease_token = {token} AND state = 'running'"));
    }

    /// A new lease by the clock of the database.
    pub(crate) fn keep_lease(&mut self) {
        self.compute("lease_until", &format!("{{now}} + {LEASE_MS}"));
    }

    /// Another statement that belongs to it.
    pub(crate) fn then(&mut self, statement: &str) {
        self.then.push(statement.to_owned());
    }

    /// The state, of the analysis too.
    pub(crate) fn set_state(&mut self, state: &str) {
        self.set("state", state);
        self.then(STATE);
    }

    /// Throws away the stages that this try has stored.
    pub(crate) fn forget_stages(&mut self) {
        self.then(STAGES);
    }

    /// Throws away what members of a shared job have left.
    pub(crate) fn dissolve_team(&mut self) {
        TEAM.iter().for_each(|statement| self.then(statement));
    }

    /// Writes it in the transaction of this connection; false when the conditions do not hold. PostgreSQL takes it as one
    /// statement, which is a transaction of its own where there is none.
    pub(crate) async fn write(&self, db: &mut AnyConnection) -> Result<bool, StoreError> {
        let now = now_in(db);
        let update = format!("UPDATE jobs SET {} WHERE {}", self.set, self.condition);
        if db.backend_name() == "PostgreSQL" {
            let mut all = format!("WITH changed AS ({update} RETURNING *)");
            for (number, statement) in self.then.iter().enumerate() {
                all += &format!(", then{number} AS ({statement})");
            }
            all += " SELECT id FROM changed";
            return Ok(self.bound(&all.replace("{now}", now)).fetch_optional(db).await?.is_some());
        }
        if self.bound(&update.replace("{now}", now)).execute(&mut *db).await?.rows_affected() == 0 {
            return Ok(false);
        }
        for statement in &self.then {
            let statement = format!("WITH changed AS (SELECT * FROM jobs WHERE id = $1) {statement}");
            self.bound(&statement.replace("{now}", now)).execute(&mut *db).await?;
        }
        Ok(true)
    }

    fn bound(&self, statement: &str) -> query::Query<'static, Any, sqlx::any::AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(statement.to_owned()));
        for value in &self.values {
            query = match value {
                Value::Number(number) => query.bind(*number),
                Value::Text(text) => query.bind(text.clone()),
            };
        }
        query
    }
}

impl Store {
    /// Writes a change by itself; false when its conditions do not hold.
    pub(crate) async fn write(&self, change: &Change) -> Result<bool, StoreError> {
        if self.database.is_some() {
            return change.write(&mut *self.db.acquire().await?).await;
        }
        let mut tx = self.begin().await?;
        let written = change.write(&mut tx).await?;
        if written {
            db::commit(tx).await?;
        }
        Ok(written)
    }
}

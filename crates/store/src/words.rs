//! Words about finished audits: narratives, questions and answers. The documents are the server's; here they are text.

use sqlx::FromRow;

use crate::{Store, StoreError, now_ms};

/// Most questions that are kept of one analysis; older ones are forgotten.
const MOST: i64 = 200;

/// A question and its answer as stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Exchange {
    /// UUIDv7.
    pub id: String,
    /// JSON.
    pub document: String,
}

impl Store {
    /// The narrative of an owner's analysis in a language.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn narrative(&self, owner: &str, analysis: &str, language: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT n.document FROM narratives n JOIN analyses a ON a.id = n.analysis_id \
             WHERE a.id = $1 AND a.owner_id = $2 AND n.language = $3",
        )
        .bind(analysis)
        .bind(owner)
        .bind(language)
        .fetch_optional(&self.db)
        .await?;
        Ok(row.map(|(document,)| document))
    }

    /// Keeps a narrative in the place of an earlier one; false when the owner has no such analysis (any more).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_narrative(
        &self,
        owner: &str,
        analysis: &str,
        language: &str,
        document: &str,
    ) -> Result<bool, StoreError> {
        let kept = sqlx::query(
            "INSERT INTO narratives (analysis_id, language, document, created_at) \
             SELECT id, $3, $4, $5 FROM analyses WHERE id = $1 AND owner_id = $2 \
             ON CONFLICT (analysis_id, language) DO UPDATE SET document = excluded.document, created_at = excluded.created_at",
        )
        .bind(analysis)
        .bind(owner)
        .bind(language)
        .bind(document)
        .bind(now_ms())
        .execute(&self.db)
        .await?;
        Ok(kept.rows_affected() > 0)
    }

    /// Questions about an owner's analysis with their answers, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exchanges(&self, owner: &str, analysis: &str) -> Result<Vec<Exchange>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT e.id, e.document FROM exchanges e JOIN analyses a ON a.id = e.analysis_id \
             WHERE a.id = $1 AND a.owner_id = $2 ORDER BY e.id LIMIT $3",
        );
        Ok(rows.bind(analysis).bind(owner).bind(MOST).fetch_all(&self.db).await?)
    }

    /// Keeps a question with its answer; false when the owner has no such analysis (any more).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_exchange(&self, owner: &str, analysis: &str, new: &Exchange) -> Result<bool, StoreError> {
        let kept = sqlx::query(
            "INSERT INTO exchanges (id, analysis_id, document, created_at) \
             SELECT $3, id, $4, $5 FROM analyses WHERE id = $1 AND owner_id = $2",
        )
        .bind(analysis)
        .bind(owner)
        .bind(&new.id)
        .bind(&new.document)
        .bind(now_ms())
        .execute(&self.db)
        .await?;
        let oldest = "DELETE FROM exchanges WHERE analysis_id = $1 AND id NOT IN (\
                      SELECT id FROM exchanges WHERE analysis_id = $1 ORDER BY id DESC LIMIT $2)";
        sqlx::query(oldest).bind(analysis).bind(MOST).execute(&self.db).await?;
        Ok(kept.rows_affected() > 0)
    }

    /// Forgets what an owner has asked about an analysis; how many questions that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_exchanges(&self, owner: &str, analysis: &str) -> Result<u64, StoreError> {
        let gone = sqlx::query(
            "DELETE FROM exchanges WHERE analysis_id IN (SELECT id FROM analyses WHERE id = $1 AND owner_id = $2)",
        );
        Ok(gone.bind(analysis).bind(owner).execute(&self.db).await?.rows_affected())
    }
}

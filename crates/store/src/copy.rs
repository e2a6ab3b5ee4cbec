//! A copy of the embedded database while it is in use.

use std::path::Path;

use crate::{Store, StoreError};

impl Store {
    /// Writes the embedded database as it is at this moment into a new file. Who reads and writes it meanwhile is not held up.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub async fn copy_database(&self, target: &Path) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(target.to_string_lossy().into_owned()).execute(&self.db).await?;
        Ok(())
    }
}

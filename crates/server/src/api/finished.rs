//! A finished audit and the files that it was made of, for questions about it.

use bytes::Bytes;
use fine_audit::result::{AuditResult, Manifest};
use fine_store::Analysis;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::request::{AuditRequest, Plan};
use crate::problem::{ApiError, FILE_DELETED, NOT_FINISHED, NOT_FOUND};
use crate::state::App;

/// A finished audit of an owner.
pub(super) struct Finished {
    pub(super) analysis: Analysis,
    /// What was asked for, on the files as they are stored.
    pub(super) plan: Plan,
    document: Bytes,
}

/// What an answer needs of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// The audited rows and the model.
    Rows,
    /// The reference data as well: some explanations take their background from there.
    Reference,
}

impl Finished {
    /// The audit with this id, if it belongs to the owner and has ended with a result.
    ///
    /// # Errors
    /// 404 for an audit that is not the owner's, 409 for one without a result or whose files were deleted.
    pub(super) async fn find(app: &App, owner: &str, id: &str, needs: Needs) -> Result<Self, ApiError> {
        let analysis = app.store.analysis(owner, id).await?.ok_or_else(ApiError::not_found)?;
        let Some(key) = &analysis.result_key else {
            return Err(ApiError::new(NOT_FINISHED).detail("The audit has no result.").arg("name", analysis.name));
        };
        let document = app.store.files.get(key).await?;
        let mut request: AuditRequest = serde_json::from_str(&analysis.request)?;
        if needs == Needs::Rows {
            request.reference_id = None;
        }
        let dataset = request.dataset_id.clone();
        let plan = match Plan::make(app, owner, request).await {
            Ok(plan) => plan.valid()?,
            Err(e) if e.is(NOT_FOUND) => {
                let has_data = app.store.dataset(owner, &dataset).await?.is_some();
                let file = if has_data { &analysis.model_filename } else { &analysis.dataset_filename };
                let detail = format!(
                    "A file of {:?} was deleted ({file:?}, or what is read with it). Upload it and audit again.",
                    analysis.name
                );
                return Err(ApiError::new(FILE_DELETED)
                    .detail(detail)
                    .arg("name", analysis.name.as_str())
                    .arg("file", file.as_str()));
            }
            Err(e) => return Err(e),
        };
        Ok(Self { analysis, plan, document })
    }

    /// The whole result.
    ///
    /// # Errors
    /// A stored document that is none.
    pub(super) async fn result(&self) -> Result<AuditResult, ApiError> {
        self.read().await
    }

    /// What was audited and how.
    ///
    /// # Errors
    /// A stored document that is none.
    pub(super) async fn manifest(&self) -> Result<Manifest, ApiError> {
        #[derive(Deserialize)]
        struct Head {
            manifest: Manifest,
        }
        Ok(self.read::<Head>().await?.manifest)
    }

    /// Results have megabytes: they are read where nothing waits.
    async fn read<T: DeserializeOwned + Send + 'static>(&self) -> Result<T, ApiError> {
        let document = self.document.clone();
        Ok(tokio::task::spawn_blocking(move || serde_json::from_slice(&document)).await??)
    }
}

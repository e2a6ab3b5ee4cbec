//! The demo workspace: a fixed account with the audits that `demo.toml` describes.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use fine_store::{AnalysisFilter, StoreError};
use serde::Deserialize;

use crate::api::{AuditRequest, RolesBody, keep_dataset, keep_model, start_audit};
use crate::auth::gotrue::add_account;
use crate::problem::ApiError;
use crate::state::App;
use crate::upload::Upload;

/// Address of the demo account.
pub(crate) const DEMO_EMAIL: &str = "demo@fine.local";
/// Its password; it guards nothing.
pub(crate) const DEMO_PASSWORD: &str = "fine-demo-2026";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demo {
    audit: Vec<DemoAudit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoAudit {
    name: String,
    dataset: PathBuf,
    model: PathBuf,
    roles: RolesBody,
    run: bool,
}

/// Loads what is not there yet. A second start finds everything in place.
pub(crate) async fn load(app: &App, folder: &Path) -> Result<()> {
    let path = folder.join("demo.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let demo: Demo = toml::from_str(&text).with_context(|| format!("read {}", path.display()))?;
    let owner = account(app).await?;
    let mut prepared = Vec::new();
    // The last in the list is uploaded first, so that the first is the newest.
    for audit in demo.audit.into_iter().rev() {
        let dataset = dataset(app, &owner, &folder.join(&audit.dataset)).await?;
        let model = model(app, &owner, &folder.join(&audit.model)).await?;
        let request = AuditRequest::new(dataset, model, audit.name.clone(), audit.roles);
        if !audit.run {
            prepared.insert(0, request);
        } else if !is_there(app, &owner, &audit.name).await? {
            start_audit(app, &owner, request).await.map_err(plain).with_context(|| format!("start {}", audit.name))?;
        }
    }
    // One start loads one demo.
    let _ = app.prepared.set((owner, prepared));
    Ok(())
}

async fn account(app: &App) -> Result<String> {
    if let Some(user) = app.store.user_by_email(DEMO_EMAIL).await? {
        return Ok(user.id);
    }
    let added = add_account(app, DEMO_EMAIL, DEMO_PASSWORD.to_owned(), "{}").await;
    let user = added.map_err(|e| anyhow!("add the demo account: {e:?}"))?;
    user.map(|u| u.id).context("add the demo account: it is taken")
}

async fn dataset(app: &App, owner: &str, path: &Path) -> Result<String> {
    let upload = copy(app, path).await?;
    if let Some(known) = app.store.dataset_by_digest(owner, &upload.sha256).await? {
        return Ok(known.id);
    }
    let kept = keep_dataset(app, owner, upload).await.map_err(plain);
    Ok(kept.with_context(|| format!("load {}", path.display()))?.dataset.id)
}

async fn model(app: &App, owner: &str, path: &Path) -> Result<String> {
    let upload = copy(app, path).await?;
    if let Some(known) = app.store.model_by_digest(owner, &upload.sha256).await? {
        return Ok(known.id);
    }
    let kept = keep_model(app, owner, upload).await.map_err(plain);
    Ok(kept.with_context(|| format!("load {}", path.display()))?.model.id)
}

async fn copy(app: &App, path: &Path) -> Result<Upload> {
    Upload::copy(&app.store.files, path).await.with_context(|| format!("read {}", path.display()))
}

/// Whether the owner's vault has an analysis of this name.
pub(crate) async fn is_there(app: &App, owner: &str, name: &str) -> Result<bool, StoreError> {
    let filter = AnalysisFilter { text: Some(name.to_owned()), state: None };
    let page = app.store.analyses(owner, &filter, None, 200).await?;
    Ok(page.items.iter().any(|a| a.name == name))
}

fn plain(e: ApiError) -> anyhow::Error {
    let problem = e.into_problem();
    anyhow!("{}", problem.detail.unwrap_or(problem.title))
}

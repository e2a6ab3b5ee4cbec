//! Looks after what nobody holds: jobs whose workers are gone and that may not be tried again; and stops a program that the
//! tables have left behind.

use std::time::Duration;

use fine_store::{StoreError, now_ms};

use super::worn_out;
use crate::state::App;

const EVERY: Duration = Duration::from_secs(2);
/// After how many rounds delivered messages and full buckets are forgotten.
const SWEEP: u64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Runs until the server stops.
pub(crate) async fn reconcile(app: App) {
    let mut stop = app.stop.subscribe();
    let mut round: u64 = 0;
    loop {
        match once(&app).await {
            Ok(()) => {}
            Err(e @ (StoreError::SchemaTooNew { .. } | StoreError::SchemaTooOld { .. })) => {
                tracing::error!(error = %e, "another program has changed the tables; this one stops");
                app.stop.send_replace(true);
                return;
            }
            Err(e) => tracing::warn!(error = %e, "queue could not be looked after; it is tried again"),
        }
        round += 1;
        if round.is_multiple_of(SWEEP) {
            app.limits.sweep();
            if let Err(e) = forget(&app).await {
                tracing::warn!(error = %e, "what is to be forgotten could not be; it is tried again");
            }
            if let Err(e) = app.transport.sweep().await {
                tracing::warn!(error = %e, "delivered messages could not be forgotten");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
    }
}

/// Removes what nobody owns, until the server stops.
pub(crate) async fn sweep(app: App) {
    let mut stop = app.stop.subscribe();
    let older = app.config.storage.sweep_after;
    // Files are listed less often than uploads are looked up in the database.
    let every = (older / 4).clamp(Duration::from_millis(250), Duration::from_secs(60));
    let full = (older / 4).clamp(Duration::from_millis(250), Duration::from_hours(1));
    let mut listed: Option<tokio::time::Instant> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        let is_due = listed.is_none_or(|at| at.elapsed() >= full);
        let swept = async {
            app.store.files.sweep_local(older);
            let uploads = app.store.sweep_uploads(older).await?;
            let files = if is_due { app.store.sweep_files(older).await? } else { 0 };
            Ok::<_, StoreError>((uploads, files))
        };
        match swept.await {
            Ok((uploads, files)) => {
                if is_due {
                    listed = Some(tokio::time::Instant::now());
                }
                metrics::counter!("fine_swept_total", "what" => "uploads").increment(uploads as u64);
                metrics::counter!("fine_swept_total", "what" => "files").increment(files as u64);
            }
            Err(e) => tracing::warn!(error = %e, "files could not be swept; it is tried again"),
        }
    }
}

/// What time takes: old rows of the trail, keys that expired a month ago, files of deleted accounts that are still there.
async fn forget(app: &App) -> Result<(), StoreError> {
    let now = now_ms();
    app.store.sweep_trail(now - DAY_MS * app.config.trail_days).await?;
    app.store.sweep_api_keys(now - DAY_MS * 30).await?;
    app.store.erase_doomed().await
}

async fn once(app: &App) -> Result<(), StoreError> {
    app.store.check_tables().await?;
    for job in app.store.end_abandoned_jobs(&worn_out()).await? {
        tracing::warn!(%job, "abandoned job ended");
    }
    Ok(())
}

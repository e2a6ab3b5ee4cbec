//! Recovery mails. The embedded mode has no mail server: a mail is a file in the outbox folder.

use anyhow::{Context, Result};
use fine_store::{Store, User, now_ms, rfc3339};
use uuid::Uuid;

use crate::auth::keys::write_private;
use crate::auth::{Embedded, passwords};

/// Starts a recovery and answers its link and its six-digit code.
pub(crate) async fn recovery_link(
    store: &Store,
    user: &User,
    public_url: &str,
    redirect_to: &str,
) -> Result<(String, String)> {
    let (token, code) = (passwords::secret(), passwords::code());
    store.start_recovery(&user.id, &passwords::digest(&token), &passwords::digest(&code)).await?;
    let redirect_to = encode(redirect_to);
    let link = format!("{public_url}/auth/v1/verify?token={token}&type=recovery&redirect_to={redirect_to}");
    Ok((link, code))
}

/// Lays a recovery mail down in the outbox and notes its place in the log: its link opens the account, so nothing else may show it.
pub(super) fn lay_down(service: &Embedded, to: &str, link: &str, code: &str) -> Result<()> {
    std::fs::create_dir_all(&service.outbox).with_context(|| format!("make {}", service.outbox.display()))?;
    let path = service.outbox.join(format!("{}.txt", Uuid::now_v7()));
    let date = rfc3339(now_ms());
    let mail = format!(
        "To: {to}\nDate: {date}\nSubject: Reset your password\n\nFollow this link to choose a new password:\n{link}\n\n\
         Or enter this code: {code}\n\nBoth are good for one hour and for one use.\n"
    );
    write_private(&path, mail.as_bytes())?;
    tracing::info!(mail = %path.display(), "password reset; the mail is laid down");
    Ok(())
}

/// Deletes the mails to a person.
pub(crate) fn forget_mails(service: &Embedded, to: &str) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(&service.outbox) else { return Ok(()) };
    let first = format!("To: {to}\n");
    for path in entries.flatten().map(|e| e.path()) {
        if std::fs::read_to_string(&path).is_ok_and(|mail| mail.starts_with(&first)) {
            std::fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
        }
    }
    Ok(())
}

/// Percent-encodes everything but unreserved characters.
pub(super) fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

//! Notes who did what, for its owner and the operator.

use std::net::IpAddr;

use fine_store::{Action, NewTrail};

use crate::auth::Owner;
use crate::state::App;

/// Notes an action of a signed-in person or of a key. What was done is done: a trail that cannot be written is said in the log
/// and fails nothing.
pub(crate) async fn note(app: &App, owner: &Owner, action: Action, subject: &str) {
    let address = owner.address.to_string();
    let subject = Some(subject).filter(|s| !s.is_empty());
    write(app, NewTrail { owner: Some(&owner.id), key: owner.key(), action, subject, address: Some(&address) }).await;
}

/// The same where nobody is signed in yet; without an account when there is none.
pub(crate) async fn note_sign_in(app: &App, user: Option<&str>, ip: IpAddr, action: Action) {
    let address = ip.to_string();
    write(app, NewTrail { owner: user, key: None, action, subject: None, address: Some(&address) }).await;
}

async fn write(app: &App, new: NewTrail<'_>) {
    if let Err(e) = app.store.add_trail(new).await {
        let action = new.action.as_str();
        tracing::error!(action, owner = new.owner, subject = new.subject, error = %e, "the trail could not be written");
    }
}

//! Bad input, one test a line of the list: what the command line and the API say, and that nothing is lost or half kept.

mod access;
mod desk;
mod models;
mod pairs;
mod tables;
mod world;

use serde_json::Value;

use desk::Desk;
use world::World;

/// A file that is no table: refused as data and as reference data by every command, and by the upload.
async fn no_table(name: &str, bytes: Vec<u8>, slug: &str, says: &[&str]) -> Value {
    let desk = Desk::with(&[(name, &bytes)]);
    let says = [&[name][..], says].concat();
    desk.refused(&desk.audit(name, "loan.json", "approved"), &says);
    let reference = [&desk.audit("loans.csv", "loan.json", "approved")[..], &["--reference", name]].concat();
    desk.refused(&reference, &says);
    desk.refused(&desk.predict(name, "loan.json"), &says);
    World::new().await.refused_upload("datasets", name, bytes, (422, slug), &says).await
}

/// A file that is no model at all: refused by every command, and by the upload.
async fn no_model(name: &str, bytes: Vec<u8>, slug: &str, says: &[&str]) -> Value {
    let desk = Desk::with(&[(name, &bytes)]);
    let says = [&[name][..], says].concat();
    desk.refused(&desk.audit("loans.csv", name, "approved"), &says);
    desk.refused(&desk.predict("loans.csv", name), &says);
    desk.refused(&["inspect", name], &says);
    World::new().await.refused_upload("models", name, bytes, (422, slug), &says).await
}

/// Every one of `parts` is said.
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not said in: {text}");
    }
}

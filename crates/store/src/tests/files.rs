//! Files in an object store, with a real server that checks signatures, and the sweep.

use std::path::PathBuf;
use std::time::Duration;

use fine_services::S3 as Server;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{On, on_both};
use crate::{Dataset, Kind, Place, S3, Secret, Store, StoreError, Upload, now_ms};

on_both! {
    large_files_go_to_a_bucket_in_parts_and_come_back_checked,
    a_server_that_fails_in_the_middle_leaves_nothing,
    a_server_that_is_away_leaves_something_for_the_sweep,
    the_sweep_deletes_what_has_no_row_and_nothing_else,
    the_sweep_of_a_folder_does_the_same,
    an_upload_that_somebody_goes_on_with_is_not_swept,
}

const AGES: Duration = Duration::ZERO;

fn s3(server: &Server) -> S3 {
    let of = |name: &str| server.variables().into_iter().find(|(n, _)| *n == name).unwrap().1;
    S3 {
        endpoint: Some(of("S3_ENDPOINT")),
        region: of("AWS_REGION"),
        access_key_id: Secret::new(Server::KEY_ID),
        secret_access_key: Secret::new(Server::SECRET),
        datasets: of("S3_BUCKET_DATASETS"),
        models: of("S3_BUCKET_MODELS"),
        reports: of("S3_BUCKET_REPORTS"),
        artifacts: of("S3_BUCKET_ARTIFACTS"),
    }
}

async fn with_objects(on: &On) -> (Store, Server) {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start();
    let place = Place { s3: Some(s3(&server)), ..on.place.clone() };
    (Store::open(&place).await.unwrap(), server)
}

/// A file of so many mebibytes on this machine, and the row of its upload.
fn file(store: &Store, mebibytes: usize) -> (PathBuf, Upload) {
    let bytes: Vec<u8> = (0..mebibytes << 20).map(|i| (i * i / 7) as u8).collect();
    let path = store.files.incoming();
    std::fs::write(&path, &bytes).unwrap();
    let upload = upload("datasets", bytes.len() as i64, &hex::encode(Sha256::digest(&bytes)));
    (path, upload)
}

fn upload(kind: &str, bytes: i64, sha256: &str) -> Upload {
    Upload {
        id: Uuid::now_v7().to_string(),
        owner_id: "ana".into(),
        kind: kind.into(),
        way: "signed".into(),
        filename: "a.csv".into(),
        content_type: "text/csv".into(),
        bytes,
        sha256: Some(sha256.into()),
        multipart_id: None,
        created_at: now_ms(),
        touched_at: now_ms() - 10,
    }
}

fn dataset(id: &str) -> Dataset {
    Dataset {
        id: id.into(),
        owner_id: "ana".into(),
        filename: "a.csv".into(),
        bytes: 1,
        sha256: String::new(),
        format: "csv".into(),
        row_count: 1,
        column_count: 1,
        preview: "{}".into(),
        created_at: 0,
    }
}

async fn large_files_go_to_a_bucket_in_parts_and_come_back_checked(on: On) {
    let (store, server) = with_objects(&on).await;
    let (path, row) = file(&store, 20);
    store.keep_file(&path, &row).await.unwrap();
    assert_eq!(server.objects(), [format!("fine-datasets/datasets/{}", row.id)]);
    assert_eq!(server.seen().iter().filter(|op| *op == "UploadPart").count(), 3);
    assert_eq!(server.parts(), 0);
    assert!(store.left_uploads(i64::MAX).await.unwrap().is_empty(), "the row is gone");

    let sha256 = row.sha256.as_deref().unwrap();
    let copy = store.files.fetch(Kind::Dataset, &row.id, row.bytes as u64, sha256).await.unwrap();
    assert_eq!(std::fs::read(copy.path()).unwrap(), std::fs::read(&path).unwrap());
    let other = store.files.fetch(Kind::Dataset, &row.id, row.bytes as u64, &"0".repeat(64)).await.unwrap_err();
    assert!(matches!(other, StoreError::Altered { .. }), "{other}");
    drop(copy);
    store.files.delete(&row.key()).await.unwrap();
    assert!(server.objects().is_empty());
    assert!(store.files.fetch(Kind::Dataset, &row.id, row.bytes as u64, sha256).await.unwrap_err().is_missing());
    store.files.delete(&row.key()).await.unwrap();
}

async fn a_server_that_fails_in_the_middle_leaves_nothing(on: On) {
    let (store, server) = with_objects(&on).await;
    let (path, row) = file(&store, 20);
    server.refuse_parts_after(1);
    let failed = store.keep_file(&path, &row).await.unwrap_err();
    assert!(failed.is_store_away(), "{failed}");
    assert!(!failed.to_string().contains(Server::SECRET));
    assert_eq!((server.parts(), server.objects().len()), (0, 0), "it was aborted");
    assert!(store.left_uploads(i64::MAX).await.unwrap().is_empty());
    server.recover();
    store.keep_file(&path, &row).await.unwrap();
    assert_eq!(server.objects().len(), 1);
}

async fn a_server_that_is_away_leaves_something_for_the_sweep(on: On) {
    let (store, mut server) = with_objects(&on).await;
    let (path, row) = file(&store, 20);
    // The upload begins, one part is taken, and then nothing is answered any more, not even that it is aborted.
    server.refuse_after(2);
    assert!(store.keep_file(&path, &row).await.unwrap_err().is_store_away());
    server.kill();
    assert!(store.files.ping().await.unwrap_err().to_string().contains("S3_BUCKET_DATASETS"));
    assert_eq!(store.sweep_uploads(AGES).await.unwrap(), 0, "it cannot be ended now");
    server.restart();
    server.recover();
    assert_eq!((server.parts(), store.left_uploads(i64::MAX).await.unwrap().len()), (1, 1));
    assert_eq!(store.sweep_uploads(AGES).await.unwrap(), 1);
    assert_eq!((server.parts(), store.left_uploads(i64::MAX).await.unwrap().len()), (0, 0));
}

async fn the_sweep_deletes_what_has_no_row_and_nothing_else(on: On) {
    let (store, server) = with_objects(&on).await;
    let kept = swept(&store, Duration::from_millis(1200)).await;
    let mut keys = server.objects();
    keys.retain(|key| key != "fine-datasets/datasets/README");
    assert_eq!(keys, [format!("fine-datasets/{}", kept[0]), format!("fine-datasets/{}", kept[1])]);
    assert!(server.object("fine-datasets", "datasets/README").exists());
}

async fn the_sweep_of_a_folder_does_the_same(on: On) {
    let kept = swept(&on.store, Duration::from_millis(50)).await;
    let files = |kind: &str| std::fs::read_dir(on.place.folder.join("files").join(kind)).unwrap().count();
    assert_eq!((files("datasets"), files("models"), files("results")), (3, 0, 0));
    assert!(on.store.files.size(&kept[0]).await.unwrap().is_some());
}

/// Files with and without rows; the sweep at two ages. Answers the keys that must be left.
async fn swept(store: &Store, wait: Duration) -> [String; 2] {
    let id = || Uuid::now_v7().to_string();
    let (owned, coming) = (id(), upload("datasets", 1, ""));
    store.add_dataset(&dataset(&owned)).await.unwrap();
    store.add_upload(&Upload { touched_at: now_ms() + 60_000, ..coming.clone() }).await.unwrap();
    for key in [Kind::Dataset.key(&owned), coming.key(), "datasets/README".to_owned()] {
        store.files.put(&key, vec![1]).await.unwrap();
    }
    for key in [
        Kind::Dataset.key(&id()),
        // The row of a dataset does not keep a model.
        Kind::Model.key(&owned),
        Kind::Result.key(&format!("{}-{}.json", id(), id())),
    ] {
        store.files.put(&key, vec![1]).await.unwrap();
    }
    assert_eq!(store.sweep_files(Duration::from_secs(60)).await.unwrap(), 0, "they are too young");
    // Servers tell the time of writing in seconds.
    tokio::time::sleep(wait).await;
    assert_eq!(store.sweep_files(AGES).await.unwrap(), 3);
    assert_eq!(store.sweep_uploads(AGES).await.unwrap(), 0);
    [Kind::Dataset.key(&owned), coming.key()]
}

async fn an_upload_that_somebody_goes_on_with_is_not_swept(on: On) {
    let store = &on.store;
    let mut row = upload("models", 3, "");
    store.add_upload(&row).await.unwrap();
    std::fs::write(store.files.growing(&row.id), b"ab").unwrap();
    let read_by_the_sweep = row.clone();
    assert!(store.touch_upload(&mut row).await.unwrap());
    assert!(!store.end_upload(&read_by_the_sweep).await.unwrap());
    assert!(store.upload("ana", &row.id).await.unwrap().is_some());
    assert!(store.upload("bo", &row.id).await.unwrap().is_none(), "it is not his");

    assert!(store.end_upload(&row).await.unwrap());
    assert!(!store.files.growing(&row.id).exists());
    assert!(!store.touch_upload(&mut row).await.unwrap(), "it has ended");
    // Bytes whose row is lost go as well.
    std::fs::write(store.files.growing(&row.id), b"ab").unwrap();
    assert_eq!(store.sweep_uploads(AGES).await.unwrap(), 1);
    assert!(!store.files.growing(&row.id).exists());
}

//! Options about files: an object store instead of the data folder, and how long what nobody owns stays.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use fine_store::{Place, S3, Secret};

use super::values::{bucket, endpoint, positive, region};

/// Where the files are.
#[derive(Args, Clone, Debug)]
pub struct StorageArgs {
    /// Address of an S3-compatible server [default: Amazon's].
    #[arg(long, env = "S3_ENDPOINT", value_parser = endpoint)]
    pub s3_endpoint: Option<String>,
    /// Bucket of uploaded tables; with the other three, files go to an object store instead of the data folder.
    #[arg(long, env = "S3_BUCKET_DATASETS", value_parser = bucket)]
    pub s3_bucket_datasets: Option<String>,
    /// Bucket of uploaded models.
    #[arg(long, env = "S3_BUCKET_MODELS", value_parser = bucket)]
    pub s3_bucket_models: Option<String>,
    /// Bucket of results, of which reports are made.
    #[arg(long, env = "S3_BUCKET_REPORTS", value_parser = bucket)]
    pub s3_bucket_reports: Option<String>,
    /// Bucket of what running audits leave.
    #[arg(long, env = "S3_BUCKET_ARTIFACTS", value_parser = bucket)]
    pub s3_bucket_artifacts: Option<String>,
    /// Region of the buckets [default: us-east-1 where S3_ENDPOINT is set].
    #[arg(long, env = "AWS_REGION", value_parser = region)]
    pub aws_region: Option<String>,
    /// Name of the key to the buckets.
    #[arg(long, env = "AWS_ACCESS_KEY_ID", hide_env_values = true, value_parser = secret)]
    pub aws_access_key_id: Option<Secret>,
    /// The key to the buckets.
    #[arg(long, env = "AWS_SECRET_ACCESS_KEY", hide_env_values = true, value_parser = secret)]
    pub aws_secret_access_key: Option<Secret>,
    /// Most bytes of the data folder that copies of objects take.
    #[arg(long, env = "FINE_SCRATCH_BYTES", default_value_t = Place::SCRATCH_BYTES, value_parser = positive)]
    pub scratch_bytes: u64,
    /// Seconds after which an upload that nobody went on with, and a file without an owner, are removed.
    #[arg(long, env = "FINE_SWEEP_SECONDS", default_value = "86400", value_parser = positive)]
    pub sweep_seconds: u64,
    /// Seconds for which a signed address for an upload is good.
    #[arg(long, env = "FINE_UPLOAD_LINK_SECONDS", default_value = "3600", value_parser = positive)]
    pub upload_link_seconds: u64,
}

/// Checked settings about files.
#[derive(Clone, Debug)]
pub struct Storage {
    /// An object store instead of the data folder.
    pub s3: Option<S3>,
    /// Most bytes of copies of objects.
    pub scratch_bytes: u64,
    /// Age of what is swept.
    pub sweep_after: Duration,
    /// Validity of signed addresses for uploads.
    pub upload_link: Duration,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            s3: None,
            scratch_bytes: Place::SCRATCH_BYTES,
            sweep_after: Duration::from_hours(24),
            upload_link: Duration::from_hours(1),
        }
    }
}

impl StorageArgs {
    /// Checks what belongs together.
    ///
    /// # Errors
    /// Names the variable and what was expected.
    pub fn check(&self) -> Result<Storage> {
        if self.upload_link_seconds > self.sweep_seconds {
            bail!("use FINE_UPLOAD_LINK_SECONDS: expected at most FINE_SWEEP_SECONDS, or uploads end under way");
        }
        if self.upload_link_seconds > 604_800 {
            bail!(
                "use FINE_UPLOAD_LINK_SECONDS: expected at most 604800, a week, which is the most that can be signed"
            );
        }
        Ok(Storage {
            s3: self.s3()?,
            scratch_bytes: self.scratch_bytes,
            sweep_after: Duration::from_secs(self.sweep_seconds),
            upload_link: Duration::from_secs(self.upload_link_seconds),
        })
    }

    /// All of it or nothing. Keys and region alone are nothing: other programs use these variables, too.
    fn s3(&self) -> Result<Option<S3>> {
        let endpoint = given(self.s3_endpoint.as_ref());
        let buckets = [
            ("S3_BUCKET_DATASETS", given(self.s3_bucket_datasets.as_ref())),
            ("S3_BUCKET_MODELS", given(self.s3_bucket_models.as_ref())),
            ("S3_BUCKET_REPORTS", given(self.s3_bucket_reports.as_ref())),
            ("S3_BUCKET_ARTIFACTS", given(self.s3_bucket_artifacts.as_ref())),
        ];
        let set = buckets.iter().find(|(_, value)| value.is_some()).map(|(name, _)| *name);
        let Some(set) = set.or(endpoint.is_some().then_some("S3_ENDPOINT")) else { return Ok(None) };
        let needed = |name: &str, value: Option<String>| match value {
            Some(value) => Ok(value),
            None => bail!("use {set}: expected {name} with it; an object store needs all four buckets and a key"),
        };
        let key = |value: &Option<Secret>| value.clone().filter(|secret| !secret.is_empty());
        let (Some(access_key_id), Some(secret_access_key)) =
            (key(&self.aws_access_key_id), key(&self.aws_secret_access_key))
        else {
            let name =
                if key(&self.aws_access_key_id).is_none() { "AWS_ACCESS_KEY_ID" } else { "AWS_SECRET_ACCESS_KEY" };
            bail!("use {set}: expected {name} with it; an object store needs all four buckets and a key");
        };
        let region = given(self.aws_region.as_ref()).or_else(|| endpoint.as_ref().map(|_| "us-east-1".to_owned()));
        let [datasets, models, reports, artifacts] = buckets.map(|(name, value)| needed(name, value));
        Ok(Some(S3 {
            region: needed("AWS_REGION", region)?,
            endpoint,
            access_key_id,
            secret_access_key,
            datasets: datasets?,
            models: models?,
            reports: reports?,
            artifacts: artifacts?,
        }))
    }
}

fn given(value: Option<&String>) -> Option<String> {
    value.filter(|value| !value.is_empty()).cloned()
}

/// Never refused, so that no refusal repeats it.
fn secret(text: &str) -> Result<Secret, String> {
    Ok(Secret::new(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Probe {
        #[command(flatten)]
        storage: StorageArgs,
    }

    const ALL: [&str; 7] = [
        "--s3-bucket-datasets=fine-datasets",
        "--s3-bucket-models=fine-models",
        "--s3-bucket-reports=fine-reports",
        "--s3-bucket-artifacts=fine-artifacts",
        "--aws-region=eu-central-1",
        "--aws-access-key-id=AKIDEXAMPLE",
        "--aws-secret-access-key=wJalrXUtnFEMI",
    ];

    fn check(arguments: &[&str]) -> Result<Storage> {
        let probe = Probe::try_parse_from([&["fine"], arguments].concat()).map_err(anyhow::Error::from)?;
        probe.storage.check()
    }

    #[test]
    fn all_of_an_object_store_or_none() {
        assert!(check(&[]).unwrap().s3.is_none());
        assert!(check(&ALL[4..]).unwrap().s3.is_none(), "other programs use these variables, too");
        let all = check(&ALL).unwrap();
        let s3 = all.s3.clone().unwrap();
        assert_eq!((s3.reports.as_str(), s3.region.as_str(), s3.endpoint), ("fine-reports", "eu-central-1", None));
        let shown = format!("{all:?}");
        assert!(!shown.contains("AKID") && !shown.contains("wJal"), "{shown}");
        for (at, argument) in ALL.iter().enumerate() {
            let others: Vec<&str> = ALL.iter().filter(|other| *other != argument).copied().collect();
            let name = argument[2..].split('=').next().unwrap().replace('-', "_").to_uppercase();
            let refusal = check(&others).unwrap_err().to_string();
            assert!(refusal.contains(&format!("expected {name} with it")), "{at}: {refusal}");
            assert!(!refusal.contains("AKID") && !refusal.contains("wJal"), "{refusal}");
        }
        let alone = check(&["--s3-endpoint", "http://127.0.0.1:9000"]).unwrap_err().to_string();
        assert!(alone.starts_with("use S3_ENDPOINT: expected"), "{alone}");
        let own: Vec<&str> = ALL.iter().filter(|a| !a.contains("region")).copied().collect();
        let own = check(&[own.as_slice(), &["--s3-endpoint=http://127.0.0.1:9000/"]].concat()).unwrap().s3.unwrap();
        assert_eq!((own.region.as_str(), own.endpoint.as_deref()), ("us-east-1", Some("http://127.0.0.1:9000")));
    }

    #[test]
    fn wrong_values_say_what_was_expected() {
        for (argument, words) in [
            ("--s3-endpoint=ftp://x", "S3_ENDPOINT: expected"),
            ("--s3-endpoint=https://user:pw@host", "S3_ENDPOINT: expected"),
            ("--s3-bucket-models=Models!", "a bucket's name"),
            ("--aws-region=eu west", "AWS_REGION: expected"),
            ("--sweep-seconds=0", "expected a whole number"),
            ("--upload-link-seconds=90000", "FINE_UPLOAD_LINK_SECONDS: expected at most"),
        ] {
            let refusal = check(&[argument]).unwrap_err().to_string();
            assert!(refusal.contains(words), "{refusal}");
        }
    }
}

//! `--add-replica-regions`.

use super::paramfile::ParamFiles;
use super::structures::{parse_structures, require_string, take_string};
use super::usage::UsageError;
use crate::vault::ReplicaRegion;

/// Shorthand (`Region=us-east-1,KmsKeyId=alias/x …`), JSON, plain names (`us-east-1 eu-west-1`), and `region us-east-1`, which the example on
/// AWS's page "Replicate secrets across Regions" prints though the AWS CLI refuses it.
///
/// # Errors
/// Syntax, an unknown member, a Region that is named twice, lengths outside 1 to 128 (`Region`) and 0 to 2,048 characters (`KmsKeyId`).
pub(crate) fn parse_replica_regions(files: &ParamFiles<'_>, parameter: &str, args: &[String]) -> Result<Vec<ReplicaRegion>, UsageError> {
    let mut replicas = Vec::new();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("region") {
            let name = words.next().ok_or_else(|| UsageError::parameter(parameter, format!("no Region after \"{word}\"")))?;
            replicas.push(plain(parameter, name)?);
        } else if word.contains('=') || word.trim_start().starts_with(['[', '{']) {
            replicas.append(&mut structured(files, parameter, word)?);
        } else {
            replicas.push(plain(parameter, word)?);
        }
    }
    check(parameter, &replicas)?;
    Ok(replicas)
}

fn plain(parameter: &str, name: &str) -> Result<ReplicaRegion, UsageError> {
    let name = name.trim();
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(ReplicaRegion { region: name.to_owned(), kms_key_id: None });
    }
    Err(UsageError::parameter(parameter, format!("\"{name}\" is not the name of a Region"))
        .with_hint(format!("{parameter} Region=us-east-1,KmsKeyId=alias/example Region=eu-west-1, or {parameter} us-east-1 eu-west-1")))
}

fn structured(files: &ParamFiles<'_>, parameter: &str, word: &String) -> Result<Vec<ReplicaRegion>, UsageError> {
    let structures = parse_structures(files, parameter, std::slice::from_ref(word), &["Region", "KmsKeyId"])?;
    let replica = |mut structure| {
        let region = require_string(parameter, &mut structure, "Region")?;
        let kms_key_id = take_string(parameter, &mut structure, "KmsKeyId")?.filter(|key| !key.is_empty());
        Ok(ReplicaRegion { region, kms_key_id })
    };
    structures.into_iter().map(replica).collect()
}

fn check(parameter: &str, replicas: &[ReplicaRegion]) -> Result<(), UsageError> {
    if replicas.is_empty() {
        return Err(UsageError::parameter(parameter, "expected at least one Region"));
    }
    for (at, replica) in replicas.iter().enumerate() {
        let region = &replica.region;
        if !(1..=128).contains(&region.chars().count()) {
            return Err(UsageError::parameter(parameter, "Region must have 1 to 128 characters"));
        }
        if replica.kms_key_id.as_ref().is_some_and(|key| key.chars().count() > 2048) {
            return Err(UsageError::parameter(parameter, format!("KmsKeyId of {region} has more than 2048 characters")));
        }
        if replicas.iter().take(at).any(|earlier| earlier.region == *region) {
            return Err(UsageError::parameter(parameter, format!("Region {region} is named twice")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::*;

    fn parse(args: &[&str]) -> Result<Vec<(String, String)>, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let replicas = parse_replica_regions(&ParamFiles::new(&Environment::fixed(&[])), "--add-replica-regions", &args)
            .map_err(|error| error.message)?;
        Ok(replicas.into_iter().map(|replica| (replica.region, replica.kms_key_id.unwrap_or_default())).collect())
    }

    #[test]
    fn every_form_is_read() {
        let pair = |region: &str, key: &str| (region.to_owned(), key.to_owned());
        let plain = vec![pair("us-east-1", ""), pair("eu-west-1", "")];
        for args in [
            &["us-east-1", "eu-west-1"][..],
            &["region", "us-east-1", "region", "eu-west-1"],
            &["Region", "us-east-1", "eu-west-1"],
            &["Region=us-east-1", "Region=eu-west-1"],
            &["Region=us-east-1,KmsKeyId=", "eu-west-1"],
            &[r#"[{"Region": "us-east-1"}, {"Region": "eu-west-1"}]"#],
            &[r#"{"Region": "us-east-1"}"#, r#"{"Region": "eu-west-1"}"#],
        ] {
            assert_eq!(parse(args), Ok(plain.clone()), "{args:?}");
        }
        let arn = "arn:aws:kms:us-east-1:000000000000:key/1b4c8a52-0000-4000-8000-000000000000";
        assert_eq!(parse(&[&format!("Region=us-east-1,KmsKeyId={arn}")]), Ok(vec![pair("us-east-1", arn)]));
        assert_eq!(parse(&["KmsKeyId=alias/x,Region=us-east-1"]), Ok(vec![pair("us-east-1", "alias/x")]));
    }

    #[test]
    fn everything_else_is_refused() {
        for (args, expected) in [
            (&[][..], "expected at least one Region"),
            (&["region"], "no Region after \"region\""),
            (&["us-east-1,eu-west-1"], "\"us-east-1,eu-west-1\" is not the name of a Region"),
            (&[""], "\"\" is not the name of a Region"),
            (&["Region="], "Region must have 1 to 128 characters"),
            (&["KmsKeyId=alias/x"], "Missing required parameter \"Region\""),
            (&["Region=us-east-1,us-east-2"], "Region must be one string"),
            (&[r#"{"Region": 1}"#], "Region must be a string"),
            (&["Region=us-east-1", "us-east-1"], "Region us-east-1 is named twice"),
            (&["region=us-east-1"], "Unknown member \"region\" in item 1, must be one of: Region, KmsKeyId"),
        ] {
            assert_eq!(parse(args), Err(format!("Error parsing parameter '--add-replica-regions': {expected}")), "{args:?}");
        }
        assert!(parse(&["Region=us-east-1,Region=us-east-2"]).expect_err("twice").contains("Second instance of key \"Region\""));
        assert!(parse(&[&format!("Region=us-east-1,KmsKeyId={}", "k".repeat(2049))]).is_err());
    }
}

//! `--add-replica-regions`.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{failure::Outcome, paramfile::ParamFiles, structures::parse_structures, usage::UsageError};
use crate::{
    error::Constraint,
    protocol::{
        draft::Draft,
        json::Json,
        request::Request,
        secrets::{ADD_REPLICA_REGIONS, replicas},
    },
    vault::ReplicaRegion,
};

/// Shorthand (`Region=us-east-1,KmsKeyId=alias/x …`), JSON, plain names (`us-east-1 eu-west-1`, or with commas), and `region us-east-1`, which the
/// example on AWS's page "Replicate secrets across Regions" prints though the AWS CLI refuses it.
///
/// # Errors
/// As for [`replica_structures`]; what AWS's model says of the members.
pub(crate) fn parse_replica_regions(files: &ParamFiles<'_>, parameter: &str, args: &[String]) -> Outcome<Vec<ReplicaRegion>> {
    let mut draft = Draft::default();
    draft.json(&ADD_REPLICA_REGIONS, Json::of(&Value::Array(replica_structures(files, parameter, args)?)));
    // A Region that cannot be one is told with those that are like one.
    let draft = draft.passing_over(|broken| matches!(broken, Constraint::Pattern(_)));
    Ok(replicas(&Request::typed(&[], draft)?))
}

/// The same as structures, whose members are not looked at but for Regions that are named twice.
///
/// # Errors
/// Syntax, a Region that is named twice, none at all.
pub(crate) fn replica_structures(files: &ParamFiles<'_>, parameter: &str, args: &[String]) -> Result<Vec<Value>, UsageError> {
    let mut structures = Vec::new();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("region") {
            let name = words.next().ok_or_else(|| UsageError::parameter(parameter, format!("no Region after \"{word}\"")))?;
            structures.push(plain(parameter, name)?);
        } else if word.contains('=') || word.trim_start().starts_with(['[', '{']) {
            structures.extend(parse_structures(files, parameter, std::slice::from_ref(word), &[])?);
        } else {
            for name in plain_names(word) {
                structures.push(plain(parameter, name)?);
            }
        }
    }
    let mut known = HashSet::new();
    match structures.iter().filter_map(|structure| structure.get("Region")?.as_str()).find(|region| !known.insert(*region)) {
        Some(region) => Err(UsageError::parameter(parameter, format!("Region {region} is named twice"))),
        None => Ok(structures),
    }
}

/// The names in a word without `=`: between commas.
pub(crate) fn plain_names(word: &str) -> impl Iterator<Item = &str> {
    word.split(',').map(str::trim)
}

/// True for what could name a Region, known or not.
pub(crate) fn is_region_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn plain(parameter: &str, name: &str) -> Result<Value, UsageError> {
    let name = name.trim();
    if is_region_name(name) {
        return Ok(json!({ "Region": name }));
    }
    Err(UsageError::parameter(parameter, format!("\"{name}\" is not the name of a Region"))
        .with_hint(format!("{parameter} Region=us-east-1,KmsKeyId=alias/example Region=eu-west-1, or {parameter} us-east-1 eu-west-1")))
}

#[cfg(test)]
mod tests {
    use super::super::{command_operation::CommandOperation, environment::Environment};
    use super::*;

    fn parse(args: &[&str]) -> Result<Vec<(String, String)>, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let replicas = parse_replica_regions(&ParamFiles::new(&Environment::fixed(&[])), "--add-replica-regions", &args)
            .map_err(|failure| failure.lines(CommandOperation::CreateSecret).concat())?;
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
            &["us-east-1,eu-west-1"],
            &["us-east-1, eu-west-1\n"],
            &["us-east-1", "Region=eu-west-1"],
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
        let mixed = Ok(vec![pair("us-east-1", "alias/x"), pair("us-east-2", ""), pair("eu-west-1", "")]);
        assert_eq!(parse(&["Region=us-east-1,KmsKeyId=alias/x", "us-east-2,eu-west-1"]), mixed, "one word with '=' is one structure");
    }

    #[test]
    fn everything_else_is_refused() {
        const FLAG: &str = "coldseal: Error parsing parameter '--add-replica-regions': ";
        const MODEL: &str = "coldseal: Parameter validation failed:\n";
        for (args, kind, expected) in [
            (&[][..], MODEL, "Invalid length for parameter AddReplicaRegions, value: 0, valid min length: 1"),
            (&["region"], FLAG, "no Region after \"region\""),
            (&["us-east-1,,eu-west-1"], FLAG, "\"\" is not the name of a Region"),
            (&["us-east-1,eu_west_1"], FLAG, "\"eu_west_1\" is not the name of a Region"),
            (&["us-east-1,us-east-1"], FLAG, "Region us-east-1 is named twice"),
            (&[""], FLAG, "\"\" is not the name of a Region"),
            (&["Region="], MODEL, "Invalid length for parameter AddReplicaRegions[0].Region, value: 0, valid min length: 1"),
            (
                &["Region=us-east-1,us-east-2"],
                MODEL,
                "Invalid type for parameter AddReplicaRegions[0].Region, value: ['us-east-1', 'us-east-2']",
            ),
            (&[r#"{"Region": 1}"#], MODEL, "Invalid type for parameter AddReplicaRegions[0].Region, value: 1"),
            (&["Region=us-east-1", "us-east-1"], FLAG, "Region us-east-1 is named twice"),
            (&["region=us-east-1"], MODEL, "Unknown parameter in AddReplicaRegions[0]: \"region\", must be one of: Region, KmsKeyId"),
            (&["KmsKeyId=alias/x"], "An error occurred (ValidationException)", "Value null at 'addReplicaRegions.1.member.region'"),
        ] {
            let told = parse(args).expect_err(expected);
            assert!(told.starts_with(kind) && told.contains(expected), "{args:?}: {told}");
        }
        assert!(parse(&["Region=us-east-1,Region=us-east-2"]).expect_err("twice").contains("Second instance of key \"Region\""));
        assert!(parse(&[&format!("Region=us-east-1,KmsKeyId={}", "k".repeat(2049))]).is_err());
    }
}

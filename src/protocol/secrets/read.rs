//! Secrets, read: one described, one opened, all listed.

use super::kinds::{SECRET_ID, VERSION_ID, VERSION_STAGE};
use crate::{
    error::Result,
    page::PageRules,
    protocol::{
        answer::Answer,
        member::{Kind, Member, Pattern},
        operation::{Operation, Paging, Run, Secrets},
        request::Request,
        value::{Structure, Value},
    },
    vault::{ListSecrets, SecretFilter, VersionSelector},
};

const FILTER_KEYS: &[&str] = &["description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all"];
const FILTER_VALUE: Kind = Kind::Text {
    length: 0..=512,
    pattern: Some(&Pattern {
        text: r"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$",
        matches: |text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" :_@/+=.-!".contains(&byte)),
    }),
};
const FILTERS: Kind = Kind::Structures {
    count: 0..=10,
    members: &[
        Member::demanded("Key", Kind::OneOf(FILTER_KEYS)),
        Member::demanded("Values", Kind::List { count: 1..=10, of: &FILTER_VALUE }),
    ],
};
/// By when the rules want the value changed; AWS's NextRotationDate is there only where AWS rotates.
const ROTATION_DUE_DATE: &str = "RotationDueDate";
const SORTS: &[&str] = &["created-date", "last-accessed-date", "last-changed-date", "name"];

pub(super) const OPERATIONS: &[Operation] = &[
    // What AWS answers to requests of their own, or not at all.
    Operation::secrets("DescribeSecret", &[Member::required("SecretId", SECRET_ID)], Run::Secrets(describe_secret)).with_own_output(&[
        ROTATION_DUE_DATE,
        "EncryptionContext",
        "ResourcePolicy",
        "Bundles",
    ]),
    Operation::secrets(
        "GetSecretValue",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::optional("VersionId", VERSION_ID),
            Member::optional("VersionStage", VERSION_STAGE),
        ],
        Run::Secrets(get_secret_value),
    ),
    Operation::secrets(
        "ListSecrets",
        &[
            Member::optional("IncludePlannedDeletion", Kind::Boolean),
            Member::optional("MaxResults", Kind::Integer(1..=100)),
            Member::optional("NextToken", Kind::Text { length: 1..=4096, pattern: None }),
            Member::optional("Filters", FILTERS),
            Member::optional("SortOrder", Kind::OneOf(&["asc", "desc"])),
            Member::optional("SortBy", Kind::OneOf(SORTS)),
        ],
        Run::Secrets(list_secrets),
    )
    // Sorted as the request asks: the answer tells by what.
    .paged(&Paging { rules: PageRules::LIST_SECRETS, list: "SecretList", position: &[], size: "MaxResults", token: "NextToken" })
    .with_own_output(&[ROTATION_DUE_DATE]),
];

fn describe_secret(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, keys, region } = *secrets;
    Answer::document(&vault.describe_secret_with(kms, keys, request.required_text("SecretId")?, region)?)
}

fn get_secret_value(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, keys, region } = *secrets;
    let text = |name| request.text(name).map(str::to_owned);
    let selector = VersionSelector { version_id: text("VersionId"), version_stage: text("VersionStage") };
    vault.get_secret_value_by(kms, keys, request.required_text("SecretId")?, region, &selector).map(Answer::Value)
}

fn list_secrets(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let asked = ListSecrets {
        region: secrets.region,
        filters: request.structures("Filters").iter().map(filter).collect::<Result<_>>()?,
        sort_by: request.text("SortBy").map(str::parse).transpose()?,
        sort_order: request.text("SortOrder").map(str::parse).transpose()?,
    };
    secrets.vault.list_secrets_matching(&asked).map(|entries| Answer::Secrets(entries, asked.order()))
}

fn filter(given: &Structure) -> Result<SecretFilter> {
    let key = match given.get("Key") {
        Some(Value::Text(key)) => key.as_str(),
        _ => "",
    };
    let values = match given.get("Values") {
        Some(Value::Texts(values)) => values.clone(),
        _ => Vec::new(),
    };
    Ok(SecretFilter { key: key.parse()?, values })
}

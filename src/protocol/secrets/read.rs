//! Secrets, read: one described, one opened, all listed.

use super::kinds::{
    ARN, DESCRIPTION, EXTERNAL_ROTATION_METADATA, KMS_KEY_ID, MAX_RESULTS, NAME, NEXT_TOKEN, REGION, REPLICATION_STATUS, ROTATION_RULES,
    SECRET_ID, TAGS, TYPE, VERSION_ID, VERSION_STAGE, VERSION_STAGES,
};
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
    vault::{
        AskedPage, BatchGetSecretValue, ListSecrets, MAX_SECRET_LENGTH, SecretFilter, VersionSelector,
        limits::{BATCH_PAGE_SIZE, FILTER_COUNT, FILTER_VALUE_COUNT, FILTER_VALUE_LENGTH, SECRET_ID_COUNT},
    },
};

const FILTER_KEYS: &[&str] = &["description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all"];
const FILTER_VALUE: Kind = Kind::Text {
    length: FILTER_VALUE_LENGTH,
    pattern: Some(&Pattern {
        text: r"^\!?[a-zA-Z0-9 :_@\/\+\=\.\-\!]*$",
        matches: |text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" :_@/+=.-!".contains(&byte)),
    }),
};
pub(crate) const FILTERS: Kind = Kind::Structures {
    count: FILTER_COUNT,
    members: &[
        Member::demanded("Key", Kind::OneOf(FILTER_KEYS)),
        Member::demanded("Values", Kind::List { count: FILTER_VALUE_COUNT, of: &FILTER_VALUE, item: "FilterValueStringType" }),
    ],
};
const SORTS: &[&str] = &["created-date", "last-accessed-date", "last-changed-date", "name"];

/// What AWS tells of a secret, with the member that has its labels, and those that stand behind.
macro_rules! metadata {
    ($stages:literal $(, $more:expr)*) => {
        &[
            Member::optional("ARN", ARN),
            Member::optional("Name", NAME),
            Member::optional("Type", TYPE),
            Member::optional("Description", DESCRIPTION),
            Member::optional("KmsKeyId", KMS_KEY_ID),
            Member::optional("RotationEnabled", Kind::Boolean),
            Member::optional("RotationLambdaARN", Kind::text(0..=2048)),
            Member::optional("RotationRules", ROTATION_RULES),
            Member::optional("ExternalSecretRotationMetadata", EXTERNAL_ROTATION_METADATA),
            Member::optional("ExternalSecretRotationRoleArn", ARN),
            Member::optional("LastRotatedDate", Kind::Date),
            Member::optional("LastChangedDate", Kind::Date),
            Member::optional("LastAccessedDate", Kind::Date),
            Member::optional("DeletedDate", Kind::Date),
            Member::optional("NextRotationDate", Kind::Date),
            Member::optional("Tags", TAGS),
            Member::optional($stages, Kind::Map(&VERSION_STAGES)),
            Member::optional("OwningService", Kind::text(1..=128)),
            Member::optional("CreatedDate", Kind::Date),
            Member::optional("PrimaryRegion", REGION),
            $($more),*
        ]
    };
}

const DESCRIBED: &[Member] = metadata!("VersionIdsToStages", Member::optional("ReplicationStatus", REPLICATION_STATUS));
const LISTED: &[Member] = metadata!("SecretVersionsToStages");

const SECRET_VALUE: &[Member] = &[
    Member::optional("ARN", ARN),
    Member::optional("Name", NAME),
    Member::optional("VersionId", VERSION_ID),
    Member::optional("SecretBinary", Kind::Blob(1..=MAX_SECRET_LENGTH)),
    Member::optional("SecretString", Kind::SecretText(1..=MAX_SECRET_LENGTH)),
    Member::optional("VersionStages", VERSION_STAGES),
    Member::optional("CreatedDate", Kind::Date),
];

/// The operation whose filters other commands take too.
pub(crate) const LIST_SECRETS: &str = "ListSecrets";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets(
        "BatchGetSecretValue",
        &[
            Member::optional("SecretIdList", Kind::List { count: SECRET_ID_COUNT, of: &SECRET_ID, item: "SecretIdType" }),
            Member::optional("Filters", FILTERS),
            Member::optional("MaxResults", Kind::Integer(BATCH_PAGE_SIZE)),
            Member::optional("NextToken", NEXT_TOKEN),
        ],
        &[
            Member::optional("SecretValues", Kind::structures(SECRET_VALUE)),
            Member::optional("NextToken", NEXT_TOKEN),
            Member::optional(
                "Errors",
                Kind::structures(&[
                    Member::optional("SecretId", SECRET_ID),
                    Member::optional("ErrorCode", Kind::ANY_TEXT),
                    Member::optional("Message", Kind::ANY_TEXT),
                ]),
            ),
        ],
        Run::Secrets(batch_get_secret_value),
    ),
    Operation::secrets("DescribeSecret", &[Member::required("SecretId", SECRET_ID)], DESCRIBED, Run::Secrets(describe_secret)),
    Operation::secrets(
        "GetSecretValue",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::optional("VersionId", VERSION_ID),
            Member::optional("VersionStage", VERSION_STAGE),
        ],
        SECRET_VALUE,
        Run::Secrets(get_secret_value),
    ),
    Operation::secrets(
        LIST_SECRETS,
        &[
            Member::optional("IncludePlannedDeletion", Kind::Boolean),
            Member::optional("MaxResults", MAX_RESULTS),
            Member::optional("NextToken", NEXT_TOKEN),
            Member::optional("Filters", FILTERS),
            Member::optional("SortOrder", Kind::OneOf(&["asc", "desc"])),
            Member::optional("SortBy", Kind::OneOf(SORTS)),
        ],
        &[Member::optional("SecretList", Kind::structures(LISTED)), Member::optional("NextToken", NEXT_TOKEN)],
        Run::Secrets(list_secrets),
    )
    // Sorted as the request asks: the answer tells by what.
    .paged(&Paging { rules: PageRules::LIST_SECRETS, list: "SecretList", position: &[], size: "MaxResults", token: "NextToken" }),
];

fn batch_get_secret_value(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, keys, region, lists } = *secrets;
    let asked = BatchGetSecretValue {
        region,
        secret_id_list: request.has("SecretIdList").then(|| request.texts("SecretIdList").to_vec()),
        filters: request.has("Filters").then(|| filters(request)).transpose()?,
        max_results: request.number("MaxResults")?,
        next_token: request.text("NextToken").map(str::to_owned),
    };
    vault.batch_get_secret_value_with(lists, (kms, keys), &asked).map(Answer::Values)
}

fn describe_secret(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, keys, region, .. } = *secrets;
    Answer::document(&vault.describe_secret_with(kms, keys, request.required_text("SecretId")?, region)?)
}

fn get_secret_value(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, keys, region, .. } = *secrets;
    let text = |name| request.text(name).map(str::to_owned);
    let selector = VersionSelector { version_id: text("VersionId"), version_stage: text("VersionStage") };
    vault.get_secret_value_by(kms, keys, request.required_text("SecretId")?, region, &selector).map(Answer::Value)
}

fn list_secrets(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let asked = ListSecrets {
        region: secrets.region,
        includes_planned_deletion: request.is_set("IncludePlannedDeletion"),
        filters: filters(request)?,
        sort_by: request.text("SortBy").map(str::parse).transpose()?,
        sort_order: request.text("SortOrder").map(str::parse).transpose()?,
    };
    let page = AskedPage { rules: PageRules::LIST_SECRETS, size: request.number("MaxResults")?, token: request.text("NextToken") };
    secrets.vault.list_secrets_for(secrets.lists, &asked, page).map(|listed| Answer::Secrets(listed, asked.order()))
}

/// The filters of a request.
///
/// # Errors
/// `ValidationException` for a key that there is not.
pub(crate) fn filters(request: &Request) -> Result<Vec<SecretFilter>> {
    request.structures("Filters").iter().map(filter).collect()
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

//! The versions of a secret: new values, and the labels that say which version is which.

use serde_json::{Map, Value, json};

use super::{
    kinds::{
        ARN, DESCRIPTION, KMS_KEY_ID, MAX_RESULTS, NAME, NEXT_TOKEN, ROTATION_TOKEN, SECRET_ID, TYPE, VERSION_ID, VERSION_STAGE,
        VERSION_STAGES,
    },
    passwords::GENERATE_SECRET_STRING,
    seal::{SECRET_BINARY, SECRET_STRING},
};
use crate::{
    error::{Result, SecretRefusal},
    page::PageRules,
    protocol::{
        answer::Answer,
        member::{ANY_COUNT, Kind, Member},
        operation::{Operation, Run, Sealing, Secrets},
        request::Request,
    },
    vault::{ByCreation, ListedVersions, PutSecretValue, UpdateSecret, UpdateSecretVersionStage},
};

const LISTED_VERSION: &[Member] = &[
    Member::optional("VersionId", VERSION_ID),
    Member::optional("VersionStages", VERSION_STAGES),
    Member::optional("LastAccessedDate", Kind::Date),
    Member::optional("CreatedDate", Kind::Date),
    Member::optional("KmsKeyIds", Kind::List { count: ANY_COUNT, of: &KMS_KEY_ID, item: "KmsKeyIdType" }),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets(
        "ListSecretVersionIds",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::optional("MaxResults", MAX_RESULTS),
            Member::optional("NextToken", NEXT_TOKEN),
            Member::optional("IncludeDeprecated", Kind::Boolean),
        ],
        &[
            Member::optional("Versions", Kind::structures(LISTED_VERSION)),
            Member::optional("NextToken", NEXT_TOKEN),
            Member::optional("ARN", ARN),
            Member::optional("Name", NAME),
        ],
        Run::Secrets(list_secret_version_ids),
    ),
    Operation::secrets(
        "PutSecretValue",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::optional("ClientRequestToken", VERSION_ID),
            SECRET_BINARY,
            SECRET_STRING,
            Member::optional("VersionStages", VERSION_STAGES),
            Member::optional("RotationToken", ROTATION_TOKEN),
        ],
        &[
            Member::optional("ARN", ARN),
            Member::optional("Name", NAME),
            Member::optional("VersionId", VERSION_ID),
            Member::optional("VersionStages", VERSION_STAGES),
        ],
        Run::SealSecrets(put_secret_value),
    )
    .with_own_input(&[GENERATE_SECRET_STRING]),
    Operation::secrets(
        "UpdateSecret",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::optional("ClientRequestToken", VERSION_ID),
            Member::optional("Description", DESCRIPTION),
            Member::optional("KmsKeyId", KMS_KEY_ID),
            SECRET_BINARY,
            SECRET_STRING,
            Member::optional("Type", TYPE),
        ],
        &[Member::optional("ARN", ARN), Member::optional("Name", NAME), Member::optional("VersionId", VERSION_ID)],
        Run::SealSecrets(update_secret),
    )
    .with_own_input(&[GENERATE_SECRET_STRING]),
    Operation::secrets(
        "UpdateSecretVersionStage",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::required("VersionStage", VERSION_STAGE),
            Member::optional("RemoveFromVersionId", VERSION_ID),
            Member::optional("MoveToVersionId", VERSION_ID),
        ],
        &[Member::optional("ARN", ARN), Member::optional("Name", NAME)],
        Run::ChangeRecord(update_secret_version_stage),
    ),
];

/// One page, as the service gives it.
fn list_secret_version_ids(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    const RULES: PageRules = PageRules::LIST_SECRETS;
    let listed = if request.is_set("IncludeDeprecated") { ListedVersions::All } else { ListedVersions::Labelled };
    let Secrets { vault, kms, region, .. } = *secrets;
    let found = vault.list_secret_version_ids(kms, request.required_text("SecretId")?, region, listed)?;
    let size = request.number::<u32>("MaxResults")?.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let page = RULES.page(&found.versions, &ByCreation, size, request.text("NextToken"))?;
    let mut answer = Map::new();
    answer.insert("Versions".to_owned(), json!(page.entries));
    answer.extend(page.next_token(&ByCreation).map(|token| ("NextToken".to_owned(), json!(token))));
    answer.insert("ARN".to_owned(), json!(found.arn));
    answer.insert("Name".to_owned(), json!(found.name));
    Ok(Answer::Document(Value::Object(answer)))
}

/// The rotation token is for AWS, which looks up who rotates by it: there is one caller here.
fn put_secret_value(sealing: &mut Sealing<'_>, request: &Request) -> Result<Answer> {
    let own = &mut sealing.own;
    let asked = PutSecretValue {
        secret_id: request.required_text("SecretId")?.to_owned(),
        region: sealing.region,
        value: own.value.take().ok_or(SecretRefusal::NoValue)?,
        client_request_token: request.text("ClientRequestToken").map(str::to_owned),
        version_stages: request.texts("VersionStages").to_vec(),
        replaces: None,
        suite: own.suite,
        on_problem: own.on_problem,
        keys: std::mem::take(&mut own.keys),
    };
    let change = sealing.vault.put_secret_value(sealing.session, &asked);
    own.keys = asked.keys;
    change.map(|change| Answer::Changed(Box::new(change)))
}

fn update_secret(sealing: &mut Sealing<'_>, request: &Request) -> Result<Answer> {
    let (own, text) = (&mut sealing.own, |name| request.text(name).map(str::to_owned));
    let asked = UpdateSecret {
        secret_id: request.required_text("SecretId")?.to_owned(),
        region: sealing.region,
        description: text("Description"),
        kms_key_id: text("KmsKeyId"),
        value: own.value.take(),
        client_request_token: text("ClientRequestToken"),
        suite: own.suite,
        on_problem: own.on_problem,
        keys: std::mem::take(&mut own.keys),
    };
    let change = sealing.vault.update_secret(sealing.session, &asked);
    own.keys = asked.keys;
    change.map(|change| Answer::Changed(Box::new(change)))
}

fn update_secret_version_stage(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let text = |name| request.text(name).map(str::to_owned);
    let asked = UpdateSecretVersionStage {
        secret_id: request.required_text("SecretId")?.to_owned(),
        region: secrets.region,
        version_stage: request.required_text("VersionStage")?.to_owned(),
        remove_from_version_id: text("RemoveFromVersionId"),
        move_to_version_id: text("MoveToVersionId"),
    };
    Answer::document(&secrets.vault.update_secret_version_stage(secrets.kms, &asked)?)
}

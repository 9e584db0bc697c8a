//! One operation on secrets: from the members of its request to its answer.

use super::{
    SecretsService,
    told::{refused, shown},
};
use crate::{
    endpoint::{
        JsonRequest,
        dispatch::{Unanswered, unknown_operation},
        reply::reply,
    },
    error::{AwsRefusal, Error, ErrorCode, RequestRefusal, Result, SecretRefusal},
    protocol::{
        operation::{Operation, Own, Run, Sealing, Secrets},
        request::Request,
    },
    secret::SecretBytes,
    vault::{KeyOptions, PayloadKind, SecretValue},
};

/// The member that an SDK makes up where its caller gives none.
const TOKEN: &str = "ClientRequestToken";
/// The member of a secret that is somebody else's to rotate.
const TYPE: &str = "Type";

impl SecretsService {
    /// Does one operation on secrets.
    pub(super) fn carry_out(&self, operation: &'static Operation, request: &JsonRequest<'_>) -> Result<SecretBytes, Unanswered> {
        let members = Request::parse(operation.input, request.body).map_err(refused)?;
        self.permit_replicas(operation, &members)?;
        if operation.input.iter().any(|member| member.name == TOKEN) && members.text(TOKEN).is_none() {
            return Err(Unanswered::refused(RequestRefusal::NoToken));
        }
        if members.text(TYPE).is_some_and(|kind| !kind.is_empty()) {
            // Without it, it would be another secret than the one that was asked for.
            let message = "Managed external secrets, which have a Type, are not kept here.";
            return Err(Unanswered::refused(AwsRefusal::new(ErrorCode::InvalidParameterException, message)));
        }
        let vault = self.vault_in(request.region);
        let answer = match operation.run {
            Run::Alone(answer) => answer(&members),
            Run::Secrets(answer) | Run::ChangeRecord(answer) => {
                let kms = self.kms().map_err(Unanswered::Broken)?;
                let secrets = Secrets {
                    vault: &vault,
                    kms: kms.as_deref(),
                    keys: &self.options.keys,
                    region: Some(request.region),
                    lists: Some(&self.lists),
                };
                answer(&secrets, &members)
            }
            Run::SealSecrets(seal) => {
                let own = self.own(&members).map_err(refused)?;
                // Locked first: the vault is by the operation itself.
                let keystore = self.keystore.as_ref().ok_or(Error::Misuse("where something may be changed there is a keystore"));
                let mut session = keystore.and_then(|keystore| keystore.session()).map_err(Unanswered::Broken)?;
                seal(&mut Sealing { vault: &vault, session: &mut session, region: Some(request.region), own }, &members)
            }
            Run::Keys(_) | Run::ChangeKeys(_) => return Err(unknown_operation(request)),
        };
        answer.and_then(|answer| reply(operation, &members, shown(answer))).map_err(refused)
    }

    /// What AWS's requests have in other forms, or not at all.
    fn own(&self, members: &Request) -> Result<Own> {
        let KeyOptions { online, online_opening, account, encryption_algorithm, .. } = &self.options.keys;
        let keys = KeyOptions {
            online: online.clone(),
            online_opening: online_opening.clone(),
            account: account.clone(),
            encryption_algorithm: *encryption_algorithm,
            ..KeyOptions::default()
        };
        Ok(Own { value: value(members)?, account: self.options.account.clone(), keys, ..Own::default() })
    }
}

/// The value of a request to seal, of which the vault wants to have its own copy.
fn value(members: &Request) -> Result<Option<SecretValue>> {
    let copy = |bytes: &SecretBytes| SecretBytes::new(bytes.expose().to_vec());
    match (members.optional_blob("SecretString"), members.optional_blob("SecretBinary")) {
        (None, None) => Ok(None),
        (Some(text), None) => SecretValue::new(PayloadKind::String, copy(text)).map(Some),
        (None, Some(bytes)) => SecretValue::new(PayloadKind::Binary, copy(bytes)).map(Some),
        (Some(_), Some(_)) => Err(SecretRefusal::TwoValues.into()),
    }
}

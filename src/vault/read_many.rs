//! [BatchGetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html).

use super::{
    ListSecrets, SecretFilter, SecretValueEntry, Vault, VersionSelector,
    limits::SECRET_ID_COUNT,
    list::{AskedPage, RememberedLists},
};
use crate::{
    error::{Constraint, Error, RequestRefusal, Result, SecretRefusal, Violation},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    page::PageRules,
    region::Region,
};

/// Which secrets' values to read: those named, or a page of those that pass filters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchGetSecretValue {
    /// The Region that answers; `None` for each secret's primary one.
    pub region: Option<Region>,
    /// 1 to 20 names, ARNs or partial ARNs.
    pub secret_id_list: Option<Vec<String>>,
    /// 1 to 10; a secret has to pass all of them.
    pub filters: Option<Vec<SecretFilter>>,
    /// With filters: how many secrets one page has, 1 to 20; 20 unless given.
    pub max_results: Option<usize>,
    /// With filters: the page after the one that gave this token.
    pub next_token: Option<String>,
}

/// The current values of several secrets.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SecretValues {
    /// Those that could be read, in the order of the request, or of their creation.
    pub entries: Vec<SecretValueEntry>,
    /// Those that could not, and why.
    pub errors: Vec<UnreadValue>,
    /// Records that cannot be read, of which nobody knows whether they pass the filters.
    pub faults: Vec<Error>,
    /// Of the page that follows.
    pub next_token: Option<String>,
}

/// A secret whose value could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub struct UnreadValue {
    /// As the request names it, or its ARN.
    pub secret_id: String,
    /// Why.
    pub error: Error,
}

impl Vault {
    /// Opens the current values of several secrets. What is wrong with one of them stands beside the others.
    ///
    /// # Errors
    /// `InvalidParameterException` for members that do not go together, `ValidationException`, `InvalidNextTokenException`; no vault, or nothing to
    /// open with.
    pub fn batch_get_secret_value(
        &self,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        request: &BatchGetSecretValue,
    ) -> Result<SecretValues> {
        self.batch_get_secret_value_with(None, (kms, keys), request)
    }

    /// The same with lists that are kept in mind.
    pub(crate) fn batch_get_secret_value_with(
        &self,
        lists: Option<&RememberedLists>,
        (kms, keys): (Option<&EmbeddedKms>, &KeyOptions),
        request: &BatchGetSecretValue,
    ) -> Result<SecretValues> {
        self.require()?;
        let mut values = SecretValues::default();
        let ids = match (&request.secret_id_list, &request.filters) {
            (Some(_), Some(_)) | (None, None) => return Err(SecretRefusal::ListOrFilters.into()),
            (Some(_), None) if request.max_results.is_some() => return Err(SecretRefusal::MaxResultsWithoutFilters.into()),
            (Some(_), None) if request.next_token.is_some() => return Err(RequestRefusal::NextToken.into()),
            (Some(ids), None) => checked(ids)?.to_vec(),
            (None, Some(filters)) => self.page_of(lists, (request, filters), &mut values)?,
        };
        for id in ids {
            // A list gives the ARN in the Region that answers.
            let region = request.region.filter(|_| request.secret_id_list.is_some());
            match self.get_secret_value_by(kms, keys, &id, region, &VersionSelector::default()) {
                Ok(entry) => values.entries.push(entry),
                Err(error @ Error::Setup(_)) => return Err(error),
                Err(error) => values.errors.push(UnreadValue { secret_id: id, error }),
            }
        }
        Ok(values)
    }

    fn page_of(
        &self,
        lists: Option<&RememberedLists>,
        (request, filters): (&BatchGetSecretValue, &[SecretFilter]),
        values: &mut SecretValues,
    ) -> Result<Vec<String>> {
        let asked = ListSecrets { region: request.region, filters: filters.to_vec(), ..Default::default() };
        let order = asked.order();
        let (rules, size, token) = (PageRules::BATCH_GET_SECRET_VALUE, request.max_results, request.next_token.as_deref());
        let listed = self.list_secrets_for(lists, &asked, AskedPage { rules, size, token })?;
        let page = rules.page(&listed.entries, &order, size, token)?;
        values.next_token = page.next_token(&order);
        let ids = page.entries.iter().map(|entry| entry.arn.to_string()).collect();
        values.faults = listed.faults;
        Ok(ids)
    }
}

fn checked(ids: &[String]) -> Result<&[String]> {
    let broken = match ids.len() {
        count if SECRET_ID_COUNT.contains(&count) => return Ok(ids),
        0 => Constraint::LeastLength(*SECRET_ID_COUNT.start()),
        _ => Constraint::MostLength(*SECRET_ID_COUNT.end()),
    };
    Err(Violation::new("SecretIdList", broken).into())
}

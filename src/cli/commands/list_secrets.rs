//! `list-secrets`

use crate::{
    cli::{
        args::ListSecretsArgs,
        failure::{Failure, Outcome},
        invocation::Invocation,
        paging::{LIST_SECRETS, ManualPage},
        structures::{parse_structures, require_string, take_strings},
        usage::UsageError,
    },
    vault::{ListSecrets, SecretFilter},
};

pub(super) fn list(invocation: &Invocation, args: &ListSecretsArgs) -> Outcome {
    let request = ListSecrets {
        region: invocation.regions.configured()?,
        filters: filters(invocation, args.filters.as_deref().unwrap_or_default())?,
        sort_by: args.sort_by.as_deref().map(str::parse).transpose()?,
        sort_order: args.sort_order.as_deref().map(str::parse).transpose()?,
    };
    let entries = invocation.vault.list_secrets_matching(&request)?;
    let page = ManualPage { size: args.max_results, token: args.next_token.as_deref() };
    let printed = LIST_SECRETS.print(&invocation.printer, &entries, &args.paging, page);
    // No secret value is in them, and the process ends: to wipe and free a hundred thousand one by one takes as long as to read some of them.
    std::mem::forget(entries);
    printed
}

fn filters(invocation: &Invocation, words: &[String]) -> Outcome<Vec<SecretFilter>> {
    const PARAMETER: &str = "--filters";
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let files = invocation.inputs.files();
    let words = files.words(PARAMETER, words)?;
    let structures = parse_structures(&files, PARAMETER, &words, &["Key", "Values"])?;
    let filter = |mut structure| {
        let key = require_string(PARAMETER, &mut structure, "Key")?.parse()?;
        let values = take_strings(PARAMETER, &mut structure, "Values")?;
        let values = values.ok_or_else(|| UsageError::parameter(PARAMETER, "Missing required parameter \"Values\""))?;
        Ok::<_, Failure>(SecretFilter { key, values })
    };
    structures.into_iter().map(filter).collect()
}

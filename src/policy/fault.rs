//! What is wrong with a policy.

/// What is wrong with a new policy, in the kinds that [AWS tells apart](https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_secret-policy.html).
/// Each says where, and repeats nothing of the text but names of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PolicyFault {
    /// Not the grammar of policies.
    Syntax(String),
    /// A principal that no policy can name.
    Principal(String),
    /// A service that is none.
    ServicePrincipal(String),
}

impl PolicyFault {
    /// Where it is, and what is wrong there.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Syntax(what) | Self::Principal(what) | Self::ServicePrincipal(what) => what,
        }
    }
}

/// The fault that is told where only one is.
pub(crate) fn first(faults: Vec<PolicyFault>) -> PolicyFault {
    faults.into_iter().next().expect("a policy that is refused has a fault")
}

/// Where a text stops to be JSON.
pub(super) fn not_json(error: &serde_json::Error) -> String {
    format!("The policy is not JSON (line {}, column {})", error.line(), error.column())
}

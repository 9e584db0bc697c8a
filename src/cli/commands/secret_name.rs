//! Names that AWS would refuse, or find only by their full ARN.

/// Names that AWS would refuse, or find only by their full ARN, are allowed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameCharacters {
    Refused,
    LikeSuffix,
}

impl NameCharacters {
    /// `None` for a name that has nothing odd about it.
    pub(super) fn of(name: &str) -> Option<Self> {
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || "/_+=.@-!".contains(character);
        if !name.chars().all(is_allowed) {
            return Some(Self::Refused);
        }
        let is_like_suffix = |end: &str| end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
        name.rsplit_once('-').filter(|(_, end)| is_like_suffix(end)).map(|_| Self::LikeSuffix)
    }

    pub(super) const fn warning(self) -> &'static str {
        match self {
            Self::Refused => "AWS Secrets Manager would refuse this name: it takes letters, digits and -/_+=.@!",
            Self::LikeSuffix => "the name ends in a hyphen and six characters, like an ARN's suffix: a partial ARN will not find it",
        }
    }
}

//! What the flags of members are called.

/// The flag of a member, as the AWS CLI names it: `kms-key-id` for `KmsKeyId`, `rotation-lambda-arn` for `RotationLambdaARN`.
pub(crate) fn flag_name(member: &str) -> String {
    let letters: Vec<char> = member.chars().collect();
    let mut flag = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase));
        if begins_word {
            flag.push('-');
        }
        flag.push(letter.to_ascii_lowercase());
    }
    flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_named_as_in_the_aws_cli() {
        for (member, flag) in [
            ("Name", "name"),
            ("KmsKeyId", "kms-key-id"),
            ("RotationLambdaARN", "rotation-lambda-arn"),
            ("AddReplicaRegions", "add-replica-regions"),
            ("XksKeyId", "xks-key-id"),
            ("CrossAccountPrimaryARN", "cross-account-primary-arn"),
        ] {
            assert_eq!(flag_name(member), flag);
        }
    }
}

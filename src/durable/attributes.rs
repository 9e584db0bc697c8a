//! Mode and owner of a file whose place another takes.

use std::{fmt, fs::File, path::Path};

/// What a file has besides its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    Mode,
    Owner,
    Group,
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mode => "mode",
            Self::Owner => "owner",
            Self::Group => "group",
        })
    }
}

/// Gives a new file mode, owner and group of the regular file at `path`, as far as that is permitted; gives what was not. Where there is none,
/// there is nothing to keep.
#[cfg(unix)]
pub(super) fn take_over(file: &File, path: &Path) -> Vec<Attribute> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

    /// Reading, writing and running, for owner, group and others. No file of ours runs as somebody else.
    const ACCESS: u32 = 0o777;
    const OF_GROUP: u32 = 0o070;
    let Ok(old) = path.symlink_metadata() else { return Vec::new() };
    let Some(new) = file.metadata().ok().filter(|_| old.is_file()) else { return Vec::new() };
    let mut not_kept = Vec::new();
    if old.uid() != new.uid() && fchown(file, Some(old.uid()), None).is_err() {
        not_kept.push(Attribute::Owner);
    }
    let mut mode = old.mode() & ACCESS;
    if old.gid() != new.gid() && fchown(file, None, Some(old.gid())).is_err() {
        not_kept.push(Attribute::Group);
        // What one group was allowed is not for another.
        mode &= !OF_GROUP;
    }
    // With a list of users and groups these bits are a mask over it, and the list stays behind.
    if has_list(path) {
        not_kept.push(Attribute::Mode);
        mode &= !OF_GROUP;
    }
    if mode != new.mode() & ACCESS && file.set_permissions(std::fs::Permissions::from_mode(mode)).is_err() {
        not_kept.push(Attribute::Mode);
    }
    not_kept.dedup();
    not_kept
}

#[cfg(not(unix))]
pub(super) fn take_over(_: &File, _: &Path) -> Vec<Attribute> {
    Vec::new()
}

/// True where an access control list says more than the mode.
#[cfg(target_os = "linux")]
fn has_list(path: &Path) -> bool {
    // It is longer than this.
    matches!(rustix::fs::lgetxattr(path, "system.posix_acl_access", &mut [0_u8; 1][..]), Ok(_) | Err(rustix::io::Errno::RANGE))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn has_list(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        fs,
        os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    };

    use crate::durable::{parent_of, replace};

    #[test]
    fn a_replaced_file_keeps_its_mode_and_owner() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        for mode in [0o600, 0o644, 0o640, 0o660, 0o400, 0o755] {
            fs::write(&path, b"old").expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
            // Only root may give a file away.
            let is_given = chown(&path, Some(65_534), Some(65_534)).is_ok();
            let before = fs::metadata(&path).expect("there");
            replace(&path, b"new").expect("replaced");
            let after = fs::metadata(&path).expect("there");
            assert_eq!(fs::read(&path).expect("read"), b"new");
            assert_eq!((after.mode() & 0o7777, after.uid(), after.gid()), (mode, before.uid(), before.gid()), "{mode:o}, {is_given}");
            fs::remove_file(&path).expect("removed");
        }
        assert_eq!(fs::read_dir(parent_of(&path)).expect("listed").count(), 0);
    }

    /// What a list allows a group is not in the mode, whose group bits are the most that it allows anybody.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_list_that_stays_behind_leaves_no_rights_to_the_group() {
        use rustix::fs::{XattrFlags, setxattr};
        const ENTRIES: [(u16, u16, u32); 5] =
            [(0x01, 6, u32::MAX), (0x02, 6, 65_534), (0x04, 0, u32::MAX), (0x10, 6, u32::MAX), (0x20, 0, u32::MAX)];
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        fs::write(&path, b"old").expect("written");
        let entries = ENTRIES
            .iter()
            .flat_map(|(tag, allowed, id)| [tag.to_le_bytes().as_slice(), &allowed.to_le_bytes(), &id.to_le_bytes()].concat());
        let list: Vec<u8> = 2_u32.to_le_bytes().into_iter().chain(entries).collect();
        if setxattr(&path, "system.posix_acl_access", &list, XattrFlags::empty()).is_err() {
            return;
        }
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o660);
        let file = fs::File::create(directory.path().join("new")).expect("made");
        file.set_permissions(fs::Permissions::from_mode(0o600)).expect("set");
        assert_eq!(super::take_over(&file, &path), [super::Attribute::Mode]);
        assert_eq!(file.metadata().expect("there").mode() & 0o777, 0o600);
    }

    #[test]
    fn no_file_of_ours_runs_as_somebody_else() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        fs::write(&path, b"old").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o6755)).expect("set");
        replace(&path, b"new").expect("replaced");
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o7777, 0o755);
    }
}

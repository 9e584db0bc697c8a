//! Linux: a whole file system made durable in one call (`syncfs`), where that can be relied on.

use std::{fs::File, io};

/// The first kernel whose `syncfs` tells of writes that failed
/// ([syncfs(2)](https://man7.org/linux/man-pages/man2/syncfs.2.html), "VERSIONS").
const TELLS_OF_ERRORS: (u32, u32) = (5, 8);

/// `f_type` of file systems whose `syncfs` is known to write data, metadata and journal to the disk
/// ([statfs(2)](https://man7.org/linux/man-pages/man2/statfs.2.html)). Those on a network or in user space are not among them: for some of them
/// it does less than `fsync`.
const RELIABLE: [u64; 5] = [
    0xEF53,      // ext2, ext3, ext4
    0x5846_5342, // XFS
    0x9123_683E, // Btrfs
    0xF2F5_2010, // F2FS
    0x0102_1994, // tmpfs: nothing is durable there, by fsync no more than by this
];

/// True for a file system and a kernel on which `syncfs` does for all files what `fsync` does for one.
pub(super) fn can_sync(directory: &File) -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let Ok(status) = rustix::fs::fstatfs(directory) else { return false };
    // The width and sign of the field differ between architectures; the numbers have 32 bits.
    let kind = u64::try_from(status.f_type).unwrap_or_default() & 0xFFFF_FFFF;
    version(&release).is_some_and(|version| version >= TELLS_OF_ERRORS) && RELIABLE.contains(&kind)
}

pub(super) fn sync(directory: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(directory)?)
}

/// Major and minor number of a kernel: `6.1.0-13-amd64`.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut parts = release.split(|character: char| !character.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_told_apart_by_their_numbers() {
        for (release, expected) in [
            ("6.1.0-13-amd64\n", Some((6, 1))),
            ("5.10.102.1-microsoft-standard-WSL2\n", Some((5, 10))),
            ("5.8-rc1", Some((5, 8))),
            ("4.19\n", Some((4, 19))),
            ("", None),
            ("next", None),
        ] {
            assert_eq!(version(release), expected, "{release}");
        }
        assert!(version("5.10.1") > Some(TELLS_OF_ERRORS) && version("5.7.19") < Some(TELLS_OF_ERRORS));
    }

    #[test]
    fn a_pseudo_file_system_is_not_relied_on() {
        assert!(!can_sync(&File::open("/proc").expect("opens")));
        sync(&File::open(".").expect("opens")).expect("synced");
    }
}

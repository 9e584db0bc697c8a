//! Outputs that are open already, pipes and devices: written to as what they are.

#![cfg(target_os = "linux")]

use std::{fs, os::unix::fs::MetadataExt as _};

use super::{KEY, shell, stderr, with_message};

#[test]
fn a_descriptor_is_written_to_where_it_is() {
    let sandbox = with_message();
    sandbox.ok("create-secret --name db --region us-west-2 --secret-string file://payload");
    std::os::unix::fs::symlink("/dev/stdout", sandbox.path("link")).expect("linked");
    let open = format!("$C open sealed {KEY}");
    for (script, expected) in [
        (format!("{open} -o /dev/stdout >> log"), "old\nattack at dawn"),
        (format!("{open} -o /dev/stdout --force >> log"), "old\nattack at dawn"),
        (format!("{open} -o /proc/self/fd/1 >> log"), "old\nattack at dawn"),
        (format!("{open} -o link >> log"), "old\nattack at dawn"),
        (format!("{open} -o /dev/fd/3 3>> log"), "old\nattack at dawn"),
        (format!("{open} -o /dev/stderr 2>> log"), "old\nattack at dawn"),
        (format!("{{ echo head; {open} -o /dev/stdout; echo; }} > log"), "head\nattack at dawn\n"),
        (format!("{{ echo head >&3; {open} -o /dev/fd/3; echo >&3; }} 3> log"), "head\nattack at dawn\n"),
        (format!("{{ echo head; {open} -o /dev/stdout; echo; }} | cat > log"), "head\nattack at dawn\n"),
        ("$C get-secret-value --secret-id db --region us-west-2 --output-file /dev/fd/3 3>> log".to_owned(), "old\nattack at dawn"),
        (format!("mkfifo fifo; cat fifo >> log & {open} -o fifo && wait && rm fifo"), "old\nattack at dawn"),
    ] {
        sandbox.write("log", "old\n");
        let before = fs::metadata(sandbox.path("log")).expect("there").ino();
        let output = shell(&sandbox, &script);
        assert!(output.status.success(), "{script}: {}", stderr(&output));
        assert_eq!(String::from_utf8_lossy(&sandbox.read("log")), expected, "{script}");
        assert_eq!(fs::metadata(sandbox.path("log")).expect("there").ino(), before, "{script}");
    }
    assert!(sandbox.path("link").is_symlink());
}

#[test]
fn a_descriptor_that_is_not_open_or_only_read_is_an_error() {
    let sandbox = with_message();
    for script in [format!("$C open sealed {KEY} -o /dev/fd/9 9>&-"), format!("$C open sealed {KEY} -o /dev/fd/3 3< payload")] {
        let output = shell(&sandbox, &script);
        assert_eq!(output.status.code(), Some(255), "{script}: {}", stderr(&output));
    }
    assert_eq!(sandbox.read("payload"), b"attack at dawn");
}

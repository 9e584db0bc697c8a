//! `--threads`: the same bytes from any number of threads, and nothing left behind when one of them fails.

use std::{fs, process::Output};

use crate::sandbox::Sandbox;

const KEY: &str = "--raw-aes-key home/backup=backup.key";
const COUNTS: [&str; 5] = ["", "--threads 1", "--threads 2", "--threads 7", "--threads 256"];

/// A sandbox with the file `payload`, whose every place holds other bytes.
fn with_payload() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("backup.key", [7; 32]);
    let payload: Vec<u8> = (0..1_000_100_u32).flat_map(u32::to_le_bytes).collect();
    sandbox.write("payload", payload);
    sandbox
}

#[test]
fn frames_keep_their_order_through_files() {
    let sandbox = with_payload();
    for (index, seal) in COUNTS.into_iter().enumerate() {
        let frame_length = ["4096", "65536", "1000", "1048576", "16777216"][index];
        sandbox.ok(&format!("seal payload {KEY} --frame-length {frame_length} {seal} --no-sync -o sealed-{index}"));
        for (number, open) in COUNTS.into_iter().enumerate() {
            let name = format!("opened-{index}-{number}");
            sandbox.ok(&format!("open sealed-{index} {KEY} {open} --no-sync -o {name}"));
            assert!(sandbox.read(&name) == sandbox.read("payload"), "{seal}, then {open}");
            fs::remove_file(sandbox.path(&name)).expect("removed");
        }
    }
}

#[test]
fn frames_keep_their_order_through_pipes() {
    let sandbox = with_payload();
    for count in COUNTS {
        let sealed = sandbox.coldseal(&format!("seal {KEY} {count}")).stdin(sandbox.read("payload")).output().expect("runs");
        assert!(sealed.status.success());
        let opened = sandbox.coldseal(&format!("open {KEY} {count}")).stdin(sealed.stdout).output().expect("runs");
        assert!(opened.status.success() && opened.stdout == sandbox.read("payload"), "{count}");
    }
}

#[test]
fn every_region_gets_its_frames_in_their_order() {
    let sandbox = with_payload();
    let regions = ["us-west-2", "us-east-1", "eu-west-1"];
    let to = |count: &str, dir: &str| format!("--to us-west-2 --to us-east-1 --to eu-west-1 {count} --no-sync --output-dir {dir}");
    for (index, count) in COUNTS.into_iter().enumerate() {
        sandbox.ok(&format!("seal payload --frame-length 5000 {}", to(count, &format!("sealed-{index}"))));
        sandbox.ok(&format!("rewrap sealed-{index}/payload.us-east-1.bundle {}", to(count, &format!("rewrapped-{index}"))));
        for region in regions {
            for dir in ["sealed", "rewrapped"] {
                let opened = sandbox.coldseal(&format!("open {dir}-{index}/payload.{region}.bundle")).output().expect("runs");
                assert!(opened.status.success() && opened.stdout == sandbox.read("payload"), "{dir} {region} {count}");
            }
        }
    }
}

#[test]
fn an_error_in_the_middle_leaves_nothing_behind() {
    let sandbox = with_payload();
    sandbox.ok(&format!("seal payload {KEY} -o sealed"));
    sandbox.ok("seal payload --to us-west-2 --output-dir out");
    for (from, to) in [("sealed", "tampered"), ("out/payload.us-west-2.bundle", "tampered.bundle")] {
        let mut message = sandbox.read(from);
        message[2_500_000] ^= 1;
        sandbox.write(to, message);
    }
    let before = sandbox.files(".");
    for count in COUNTS {
        sandbox.coldseal(&format!("open tampered {KEY} {count} -o opened")).assert().code(254).stdout_eq("");
        sandbox.coldseal(&format!("rewrap tampered.bundle --to us-east-1 --to eu-west-1 {count}")).assert().code(254).stdout_eq("");
        assert_eq!(sandbox.files("."), before, "{count}");
        // To a pipe, exactly what was verified before the fault has gone out.
        let Output { status, stdout, .. } = sandbox.coldseal(&format!("open tampered {KEY} {count}")).output().expect("runs");
        assert_eq!((status.code(), stdout.len()), (Some(254), 38 * 65_536), "{count}");
        assert!(sandbox.read("payload").starts_with(&stdout), "{count}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_fails_in_the_middle_leaves_nothing_behind() {
    let sandbox = with_payload();
    sandbox.ok(&format!("seal payload {KEY} -o sealed"));
    let before = sandbox.files(".");
    for count in COUNTS {
        for command in ["seal payload --raw-aes-key a/b=backup.key -o out", "open sealed --raw-aes-key home/backup=backup.key -o out"] {
            // A file may have 1,000 blocks: of 512 or 1,024 bytes, as the shell has it.
            let script = format!("trap '' XFSZ; ulimit -f 1000; exec \"$0\" {command} {count}");
            let output = sandbox.prepared("sh").args(["-c", &script, env!("CARGO_BIN_EXE_coldseal")]).output().expect("runs");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(255), "{command} {count}: {stderr}");
            assert!(stderr.contains("writing the output: File too large"), "{stderr}");
            assert_eq!(sandbox.files("."), before, "{command} {count}");
        }
    }
}

#[test]
fn counts_have_limits() {
    let sandbox = with_payload();
    for count in ["0", "257", "-1", "all"] {
        for command in ["seal payload -o out", "open payload -o out", "rewrap payload --to us-west-2 --output-dir out"] {
            let output = sandbox.coldseal(&format!("{command} {KEY} --threads={count}")).output().expect("runs");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(252), "{command} {count}: {stderr}");
            assert!(stderr.contains("invalid value for '--threads <COUNT>'"), "{stderr}");
            assert!(!sandbox.exists("out"));
        }
    }
}

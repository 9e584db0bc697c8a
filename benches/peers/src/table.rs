//! The figures as one Markdown table.

use std::fmt::Write as _;

use crate::{
    MIB,
    measure::{Figure, Operation},
    peers,
};

/// What coldseal's speed is divided by, and under which heading.
const RATIOS: [(&str, &str); 3] = [(peers::ESDK, "× aws-esdk"), (peers::AGE, "× age"), (peers::RING, "of ring")];

/// Ratios of speed first, then the median time of each.
pub fn markdown(figures: &[Figure]) -> String {
    let mut names = Vec::new();
    for figure in figures {
        if !names.contains(&figure.peer) {
            names.push(figure.peer);
        }
    }
    let mut table = String::from("| | size |");
    for (_, heading) in RATIOS {
        let _ = write!(table, " {heading} |");
    }
    table.push_str(" two threads × one |");
    for name in &names {
        let _ = write!(table, " {name} |");
    }
    table.push_str("\n| --- |");
    table.push_str(&" ---: |".repeat(RATIOS.len() + names.len() + 2));
    table.push('\n');
    for operation in [Operation::Seal, Operation::Open] {
        let mut sizes: Vec<usize> = figures.iter().map(|figure| figure.bytes).collect();
        sizes.dedup();
        for bytes in sizes {
            row(&mut table, figures, operation, bytes, &names);
        }
    }
    table
}

fn row(table: &mut String, figures: &[Figure], operation: Operation, bytes: usize, names: &[&str]) {
    let seconds = |peer: &str| {
        let wanted = |figure: &&Figure| figure.operation == operation && figure.bytes == bytes && figure.peer == peer;
        figures.iter().find(wanted).map_or(f64::NAN, |figure| figure.seconds)
    };
    let _ = write!(table, "| {operation} | {} |", size(bytes));
    for (peer, _) in RATIOS {
        let _ = write!(table, " {:.2} |", seconds(peer) / seconds(peers::OURS));
    }
    let _ = write!(table, " {:.2} |", seconds(peers::OURS) / seconds(peers::OURS_TWO_THREADS));
    for name in names {
        let _ = write!(table, " {} |", time(seconds(name)));
    }
    table.push('\n');
}

fn size(bytes: usize) -> String {
    if bytes >= MIB { format!("{} MiB", bytes / MIB) } else { format!("{} KiB", bytes / 1024) }
}

fn time(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 1e-3 => format!("{:.2} us", seconds * 1e6),
        seconds if seconds < 1.0 => format!("{:.2} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}

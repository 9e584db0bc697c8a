//! The reader of source is right about small sources.

use super::{
    items::Items,
    layers::{circles, unknown, upward},
    tree::Tree,
    types::shared,
    words::Rule,
};

fn tree(sources: &[(&str, &str)]) -> Tree {
    Tree::of(sources.iter().map(|(file, source)| ((*file).to_owned(), (*source).to_owned())))
}

/// `from -> to`, `from => to` where it is only handed on.
fn arrows(sources: &[(&str, &str)]) -> Vec<String> {
    let arrow = |only_hands_on| if only_hands_on { "=>" } else { "->" };
    tree(sources).arrows().iter().map(|found| format!("{} {} {}", found.from, arrow(found.only_hands_on), found.to)).collect()
}

fn broken(rule: Rule, source: &str) -> Vec<usize> {
    rule.broken(&Items::read(source))
}

#[test]
fn nested_braces_are_paths_of_their_own() {
    let source = "use crate::{a::{self, B, inner::{C as D, *}}, other::E, std_like};\nuse std::{io, fs::{self, File}};";
    let items = Items::read(source);
    let paths: Vec<_> = items.imports.iter().map(|import| format!("{} as {}", import.path.segments.join("::"), import.name)).collect();
    let expected = [
        "crate::a as a",
        "crate::a::B as B",
        "crate::a::inner::C as D",
        "crate::a::inner as *",
        "crate::other::E as E",
        "crate::std_like as std_like",
        "std::io as io",
        "std::fs as fs",
        "std::fs::File as File",
    ];
    assert_eq!(paths, expected);
    assert!(items.imports.iter().all(|import| !import.is_handed_on));
}

#[test]
fn comments_strings_and_tests_have_no_arrows() {
    let source = r##"
        //! crate::b::X
        /* crate::b::X /* crate::b::X */ crate::b::X */
        const A: &str = "crate::b::X \" crate::b::X";
        const B: &str = r#"crate::b::X " crate::b::X"#;
        const C: char = '"'; const D: &[u8] = b"crate::b::X"; const E: char = '\''; fn f<'a>(x: &'a str) {}
        #[cfg(test)]
        use crate::b::X;
        struct S { #[cfg(test)] x: crate::b::X, y: u8 }
        #[cfg(test)]
        #[allow(dead_code)]
        mod tests { use crate::b::X; fn f() {} }
        #[cfg(test)]
        mod more;
    "##;
    assert_eq!(arrows(&[("a.rs", source), ("a/more.rs", "use crate::b::X;"), ("b.rs", "pub struct X;")]), [""; 0]);
    let after = format!("{source}\nfn g() {{ crate::b::f() }}");
    assert_eq!(arrows(&[("a.rs", &after), ("b.rs", "pub fn f() {}")]), ["a.rs -> b.rs"]);
}

#[test]
fn a_path_leads_to_the_file_that_defines() {
    let sources = [
        ("lib.rs", "mod kms; mod vault; pub use kms::Key;"),
        ("kms/mod.rs", "mod keys; mod names; pub use keys::{Key, State as KeyState}; pub(crate) use names::*; pub struct Kms;"),
        ("kms/keys.rs", "pub struct Key; pub enum State {}"),
        ("kms/names.rs", "use super::Kms; pub fn name() {}"),
        ("vault/mod.rs", "mod list; use crate::{Key, kms::{KeyState, name}}; fn f() { list::list(); }"),
        ("vault/list.rs", "fn list() { super::super::kms::Kms; crate::kms::KeyState::Enabled; std::io::sink(); self::inner::x() }"),
    ];
    let expected = [
        "kms/mod.rs => kms/keys.rs",
        "kms/mod.rs => kms/names.rs",
        "kms/names.rs -> kms/mod.rs",
        "lib.rs => kms/keys.rs",
        "vault/list.rs -> kms/keys.rs",
        "vault/list.rs -> kms/mod.rs",
        "vault/mod.rs -> kms/keys.rs",
        "vault/mod.rs -> kms/names.rs",
        "vault/mod.rs -> vault/list.rs",
    ];
    let found: std::collections::BTreeSet<_> = arrows(&sources).into_iter().collect();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn arrows_against_the_layers_are_found() {
    let tree = tree(&[
        ("lib.rs", "mod format; mod kms; mod message;"),
        ("format/mod.rs", "pub struct Header; use crate::message::Opened;"),
        ("message/mod.rs", "use crate::format::Header; pub struct Opened; fn f(x: crate::kms::Kms) {}"),
        ("kms/mod.rs", "use crate::{format::Header, message::Opened}; pub struct Kms;"),
        ("crypto/mod.rs", "use crate::format::Header;"),
        ("new/mod.rs", ""),
    ]);
    let arrows = tree.arrows();
    let found: Vec<_> = upward(&arrows).iter().map(|arrow| format!("{} -> {}", arrow.from, arrow.to)).collect();
    assert_eq!(found, ["crypto/mod.rs -> format/mod.rs", "format/mod.rs -> message/mod.rs", "message/mod.rs -> kms/mod.rs"]);
    assert_eq!(unknown(tree.files.keys()).into_iter().collect::<Vec<_>>(), ["new"]);
}

#[test]
fn circles_are_found_and_handing_on_is_none() {
    let tree = tree(&[
        ("kms/mod.rs", "mod a; mod b; mod c; mod d; pub use a::A; pub struct Kms;"),
        ("kms/a.rs", "use super::b::B; use super::Kms; pub struct A;"),
        ("kms/b.rs", "pub struct B; fn f() { super::c::c() }"),
        ("kms/c.rs", "use super::A; pub fn c() {}"),
        ("kms/d.rs", "use super::A;"),
        ("arn.rs", "use crate::region::R; pub struct X;"),
        ("region.rs", "use crate::arn::X; pub struct R;"),
    ]);
    let arrows = tree.arrows();
    let found: Vec<Vec<_>> = circles(&arrows).into_iter().map(|circle| circle.into_iter().collect()).collect();
    assert_eq!(found, [vec!["arn.rs", "region.rs"], vec!["kms/a.rs", "kms/b.rs", "kms/c.rs"]]);
}

#[test]
fn words_out_of_their_place_are_found() {
    let found =
        broken(Rule::Primitive, "use ring::aead;\nfn f() { aws_lc_rs::x(); crate::crypto::hmac::x(); let hmac = 1; }\nuse crate::ring;");
    assert_eq!(found, [1, 2]);
    let printing =
        "fn f() { println!(); }\nfn g() { io::stderr(); }\nfn h() { std::process::exit(1) }\nfn i() { Command::stdout(); print(1); exit }";
    assert_eq!(broken(Rule::Printing, printing), [1, 2, 3]);
    let literals =
        "const A: &str = \"use --force\";\nconst B: &str = \"a -- b --- c--d --D\";\n// --force\nconst C: &str = \"see 'coldseal kms'\";";
    assert_eq!(broken(Rule::CommandLine, literals), [1, 4]);
    let decisions = "if error.message().starts_with(\"x\") {}\nlet a = self.what.strip_prefix(PREFIX);\nlet b = name.starts_with(\"x\");\n\
        let c = message.bytes().contains(x);\nlet d = problem.text.contains(&format!(\"{x}\")); text.starts_with('x');";
    assert_eq!(broken(Rule::DecidesByText, decisions), [1, 2, 5]);
    let opening = "let a = File::open(path);\nlet b = std::fs::read_to_string(path);\nlet c = File::open(\"/dev/tty\");\nfiles.open(path); open(path);";
    assert_eq!(broken(Rule::OpensFile, opening), [1, 2]);
    assert!(Rule::OpensFile.holds_for("cli/paramfile.rs") && !Rule::OpensFile.holds_for("cli/files_in_use.rs"));
    assert!(
        Rule::Printing.holds_for("kms/mod.rs") && !Rule::Printing.holds_for("cli/mod.rs") && !Rule::Primitive.holds_for("crypto/rsa.rs")
    );
}

#[test]
fn types_of_two_files_that_share_a_name_are_found() {
    let found = |sources: &[(&str, &str)]| shared(&tree(sources)).keys().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let first = "pub struct Tag<'a>(&'a str); enum Kept {} type Place = u8; trait Step { type Out; } fn f() { struct Shape; }";
    for (second, expected) in [
        ("enum Tag {}", "Tag"),
        ("mod inner { pub(crate) trait Kept {} }", "Kept"),
        ("impl Other { fn f(read: impl Fn()) {} } type Place = ();", "Place"),
        ("fn f(read: impl Fn()) { type Place = (); }", "Place"),
        ("fn g() { struct Shape; }", "Shape"),
    ] {
        assert_eq!(found(&[("a.rs", first), ("b.rs", second)]), [expected], "{second}");
    }
    for second in [
        "impl Step for u8 { type Out = (); fn f() { type Tags = (); } type Place = u8; }",
        "unsafe impl<T> Step for T { type Place = u8; }",
        "#[cfg(test)] struct Tag; #[cfg(test)] mod tests { struct Kept; }",
        "// struct Tag\nstruct Tags; const TEXT: &str = \"struct Tag\";",
    ] {
        assert_eq!(found(&[("a.rs", first), ("b.rs", second)]), [""; 0], "{second}");
    }
    let of_two_systems = "#[cfg(unix)] mod t { struct Saved; } #[cfg(not(unix))] mod t { struct Saved; }";
    assert_eq!(found(&[("a.rs", of_two_systems), ("b.rs", "")]), [""; 0]);
}

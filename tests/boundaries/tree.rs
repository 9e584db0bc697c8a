//! The modules of `src`, and which file it is that a path means.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path as FilePath,
};

use super::items::{Import, Items, Path};

/// A file's path below `src`: `kms/aliases.rs`.
pub(crate) type File = String;
/// From the crate on: `["kms", "aliases"]`.
type Module = Vec<String>;

/// One file that needs another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: File,
    pub(crate) line: usize,
    pub(crate) to: File,
    /// A `pub use` of what the file does not use itself.
    pub(crate) only_hands_on: bool,
}

#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) files: BTreeMap<File, Items>,
    modules: BTreeMap<Module, File>,
}

impl Tree {
    /// Reads a folder, without the files that are for tests only.
    pub(crate) fn read(root: &FilePath) -> Self {
        let mut sources = Vec::new();
        collect(root, root, &mut sources);
        Self::of(sources)
    }

    pub(crate) fn of(sources: impl IntoIterator<Item = (File, String)>) -> Self {
        let mut tree = Self::default();
        for (file, source) in sources {
            tree.modules.insert(module_of(&file), file.clone());
            tree.files.insert(file, Items::read(&source));
        }
        let mut tests = BTreeSet::new();
        for (module, file) in &tree.modules {
            let Some(items) = tree.files.get(file) else { continue };
            tests.extend(items.test_modules.iter().map(|name| child(module, name)));
        }
        let is_test = |module: &Module| (0..=module.len()).any(|length| module.get(..length).is_some_and(|start| tests.contains(start)));
        tree.modules.retain(|module, _| !is_test(module));
        tree.files.retain(|file, _| !is_test(&module_of(file)));
        tree
    }

    /// Every arrow between two files.
    pub(crate) fn arrows(&self) -> BTreeSet<Arrow> {
        let mut arrows = BTreeSet::new();
        for (module, file) in &self.modules {
            let Some(items) = self.files.get(file) else { continue };
            let mut add = |path: &Path, only_hands_on: bool| {
                let to = self.file_of(module, &path.segments, 0).filter(|to| to != file);
                arrows.extend(to.map(|to| Arrow { from: file.clone(), line: path.line, to, only_hands_on }));
            };
            items.paths.iter().for_each(|path| add(path, false));
            for Import { path, name, is_handed_on } in &items.imports {
                add(path, *is_handed_on && !items.named.contains(name));
            }
        }
        arrows
    }

    /// The file that defines what a path means, through whatever hands it on; `None` outside the crate.
    fn file_of(&self, module: &[String], segments: &[String], depth: usize) -> Option<File> {
        // Two globs that name each other would go on for ever.
        if depth > 16 {
            return None;
        }
        let (first, rest) = segments.split_first()?;
        match first.as_str() {
            "crate" => self.descend(&[], rest, depth),
            "self" => self.descend(module, rest, depth),
            "super" => {
                let (_, parent) = module.split_last()?;
                self.file_of(parent, &[&["self".to_owned()], rest].concat(), depth)
            }
            name => {
                let is_here = self.modules.contains_key(&child(module, name)) || self.import(module, name).is_some();
                // An import's own path is no import: it starts at a module or outside.
                is_here.then(|| self.descend(module, segments, depth)).flatten()
            }
        }
    }

    fn descend(&self, module: &[String], segments: &[String], depth: usize) -> Option<File> {
        let here = || self.modules.get(module).cloned();
        let Some((name, rest)) = segments.split_first() else { return here() };
        if name == "super" || name == "self" {
            return self.file_of(module, segments, depth + 1);
        }
        let inner = child(module, name);
        if self.modules.contains_key(&inner) {
            return self.descend(&inner, rest, depth);
        }
        let items = self.files.get(self.modules.get(module)?)?;
        if let Some(import) = self.import(module, name) {
            let whole = [&import.path.segments, rest].concat();
            let is_itself = whole.first() == Some(name);
            return if is_itself { None } else { self.file_of(module, &whole, depth + 1) };
        }
        if items.defined.contains(name) {
            return here();
        }
        let globs = items.imports.iter().filter(|import| import.name == "*");
        globs.filter_map(|glob| self.file_of(module, &[&glob.path.segments, segments].concat(), depth + 1)).next().or_else(here)
    }

    fn import(&self, module: &[String], name: &str) -> Option<&Import> {
        self.files.get(self.modules.get(module)?)?.imports.iter().find(|import| import.name == name)
    }
}

fn child(module: &[String], name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn module_of(file: &str) -> Module {
    let path = file.strip_suffix(".rs").unwrap_or(file);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
}

fn collect(root: &FilePath, folder: &FilePath, sources: &mut Vec<(File, String)>) {
    for entry in fs::read_dir(folder).expect("the folder of the sources") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).expect("below the root");
            let file = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
            sources.push((file, fs::read_to_string(&path).expect("source in UTF-8")));
        }
    }
}

//! `--query`: JMESPath with the results that the AWS CLI gives.
//!
//! The `jmespath` crate keeps an object's members sorted by name, where the AWS CLI keeps the document's order, and orders numbers only,
//! where the AWS CLI orders strings (times) too. So the members' names carry their position while a query runs: the `n`-th member `Name`
//! is `<n as 8 hex digits>Name`, which makes the sorted order the document's order. The parsed expression is rewritten to match: looking
//! up a member and comparing become calls of functions in `query_functions`, and a multi-select hash names its results with positions.

use std::{num::NonZeroUsize, thread};

use jmespath::ast::{Ast, Comparator, KeyValuePair};
use jmespath::{Context, ErrorReason, JmespathError, Rcvar, Runtime, Variable, interpret};
use serde::Serialize;
use serde_json::Value;

use super::query_functions as functions;
use super::query_literals::quote_literals;
use super::times::Times;
use super::variables::{from_plain_variable, plain_name, positioned_name, to_value, to_variable};
use crate::{cli::usage::UsageError, parallel::try_in_parallel};

/// Most characters of an expression that make it a level deeper: what parses and evaluates it calls itself for each level.
const MAX_LEVELS: usize = 512;

/// A compiled expression.
pub(crate) struct Query {
    expression: String,
    ast: Ast,
    runtime: Runtime,
}

impl Query {
    /// Compiles an expression. A function that does not exist is an error here, not after a command has done its work.
    pub(crate) fn parse(expression: &str) -> Result<Self, UsageError> {
        if expression.chars().filter(|character| "([{!&|.".contains(*character)).count() > MAX_LEVELS {
            return Err(UsageError::new(format!("--query: the expression is too long; it has more than {MAX_LEVELS} of ([{{!&|.")));
        }
        let runtime = functions::runtime();
        let expression = quote_literals(expression);
        let expression = expression.as_str();
        let ast = jmespath::parse(expression).map_err(|error| describe(expression, &error))?;
        let ast = rewrite(ast, &runtime).map_err(|Unknown { name, offset }| {
            let error = ErrorReason::Runtime(jmespath::RuntimeError::UnknownFunction(name));
            describe(expression, &JmespathError::new(expression, offset, error))
        })?;
        Ok(Self { expression: expression.to_owned(), ast, runtime })
    }

    /// What the expression selects from `document`.
    ///
    /// # Errors
    /// A function gets an argument of a type that it does not take. The error names types, never values.
    pub(crate) fn search(&self, document: Value) -> Result<Value, UsageError> {
        self.interpreted(document, &self.ast)
    }

    /// The document is gone before its result is a document again, so that no text is there twice.
    fn interpreted(&self, document: Value, ast: &Ast) -> Result<Value, UsageError> {
        let found = interpret(&to_variable(document), ast, &mut Context::new(&self.expression, &self.runtime));
        found.map(to_value).map_err(|error| describe(&self.expression, &error))
    }

    /// The same for a document whose member `member` is `list`, a list of structures, where the expression takes each by itself, as
    /// `SecretList[?Name=='a'].ARN` does: then no more of a long list becomes a document than one entry at a time, on each core.
    pub(crate) fn search_each<T: Serialize + Sync>(&self, member: &str, list: &[T], times: &Times) -> Option<Result<Value, UsageError>> {
        self.each_of(member)?;
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let shares = list.chunks(list.len().div_ceil(cores.get()).max(ENTRIES_PER_THREAD));
        let expression = self.expression.as_str();
        // A compiled expression stays on its thread.
        let search = |query: &mut Option<Self>, share| {
            let query = match query {
                Some(query) => query,
                None => query.insert(Self::parse(expression)?),
            };
            query.each_of(member).map_or_else(|| Ok(Vec::new()), |each| query.search_share(each, share, times))
        };
        let found = try_in_parallel(cores, shares, search);
        Some(found.map(|found| Value::Array(found.into_iter().flatten().collect())))
    }

    /// What the expression does with each entry of the list, if that is all that it does.
    fn each_of(&self, member: &str) -> Option<&Ast> {
        let Ast::Projection { lhs, rhs, .. } = &self.ast else { return None };
        // Flattening changes no list of structures.
        let list = if let Ast::Flatten { node, .. } = &**lhs { node } else { lhs };
        let Ast::Function { name, args, .. } = &**list else { return None };
        let [Ast::Identity { .. }, Ast::Literal { value, .. }] = args.as_slice() else { return None };
        let is_member = name == functions::MEMBER && value.as_string().is_some_and(|name| name == member);
        is_member.then_some(rhs)
    }

    fn search_share(&self, each: &Ast, share: &[impl Serialize], times: &Times) -> Result<Vec<Value>, UsageError> {
        let mut found = Vec::new();
        for entry in share {
            let entry = times.tree(entry).expect("an entry is always JSON");
            let selected = self.interpreted(entry, each)?;
            if !selected.is_null() {
                found.push(selected);
            }
        }
        Ok(found)
    }
}

/// Fewer entries are not worth a thread.
const ENTRIES_PER_THREAD: usize = 256;

fn describe(expression: &str, error: &JmespathError) -> UsageError {
    let mut lines: Vec<String> = expression.split('\n').map(str::to_owned).collect();
    let caret = format!("{}^", " ".repeat(error.column));
    lines.insert((error.line + 1).min(lines.len()), caret);
    UsageError::new(format!("Bad value for --query {expression}: {}:\n{}", error.reason, lines.join("\n")))
}

/// A call of a function that does not exist.
struct Unknown {
    name: String,
    offset: usize,
}

fn rewrite(ast: Ast, runtime: &Runtime) -> Result<Ast, Unknown> {
    let one = |node: Box<Ast>| rewrite(*node, runtime).map(Box::new);
    let many = |nodes: Vec<Ast>| nodes.into_iter().map(|node| rewrite(node, runtime)).collect::<Result<Vec<_>, _>>();
    Ok(match ast {
        Ast::Field { offset, name } => {
            let name = Ast::Literal { offset, value: Rcvar::new(Variable::String(name)) };
            Ast::Function { offset, name: functions::MEMBER.to_owned(), args: vec![Ast::Identity { offset }, name] }
        }
        Ast::Comparison { offset, comparator, lhs, rhs } => {
            let args = vec![rewrite(*lhs, runtime)?, rewrite(*rhs, runtime)?];
            Ast::Function { offset, name: comparison(&comparator).to_owned(), args }
        }
        Ast::MultiHash { offset, elements } => Ast::MultiHash { offset, elements: rewrite_hash(elements, runtime)? },
        Ast::Literal { offset, value } => Ast::Literal { offset, value: to_variable(from_plain_variable(&value)) },
        Ast::Function { offset, name, args } => {
            if runtime.get_function(&name).is_none() {
                return Err(Unknown { name, offset });
            }
            Ast::Function { offset, name, args: many(args)? }
        }
        Ast::Condition { offset, predicate, then } => Ast::Condition { offset, predicate: one(predicate)?, then: one(then)? },
        Ast::Expref { offset, ast } => Ast::Expref { offset, ast: one(ast)? },
        Ast::Flatten { offset, node } => Ast::Flatten { offset, node: one(node)? },
        Ast::MultiList { offset, elements } => Ast::MultiList { offset, elements: many(elements)? },
        Ast::Not { offset, node } => Ast::Not { offset, node: one(node)? },
        Ast::Projection { offset, lhs, rhs } => Ast::Projection { offset, lhs: one(lhs)?, rhs: one(rhs)? },
        Ast::ObjectValues { offset, node } => Ast::ObjectValues { offset, node: one(node)? },
        Ast::And { offset, lhs, rhs } => Ast::And { offset, lhs: one(lhs)?, rhs: one(rhs)? },
        Ast::Or { offset, lhs, rhs } => Ast::Or { offset, lhs: one(lhs)?, rhs: one(rhs)? },
        Ast::Subexpr { offset, lhs, rhs } => Ast::Subexpr { offset, lhs: one(lhs)?, rhs: one(rhs)? },
        leaf @ (Ast::Identity { .. } | Ast::Index { .. } | Ast::Slice { .. }) => leaf,
    })
}

const fn comparison(comparator: &Comparator) -> &'static str {
    match comparator {
        Comparator::Equal => functions::EQUAL,
        Comparator::NotEqual => functions::NOT_EQUAL,
        Comparator::LessThan => functions::LESS,
        Comparator::LessThanEqual => functions::LESS_OR_EQUAL,
        Comparator::GreaterThan => functions::GREATER,
        Comparator::GreaterThanEqual => functions::GREATER_OR_EQUAL,
    }
}

/// A name that is given twice keeps its first place and its last value, as in a Python dictionary.
fn rewrite_hash(elements: Vec<KeyValuePair>, runtime: &Runtime) -> Result<Vec<KeyValuePair>, Unknown> {
    let mut rewritten: Vec<KeyValuePair> = Vec::with_capacity(elements.len());
    for KeyValuePair { key, value } in elements {
        let value = rewrite(value, runtime)?;
        match rewritten.iter_mut().find(|known| plain_name(&known.key) == key) {
            Some(known) => known.value = value,
            None => rewritten.push(KeyValuePair { key: positioned_name(rewritten.len(), &key), value }),
        }
    }
    Ok(rewritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(expression: &str) -> UsageError {
        Query::parse(expression).err().expect("refused")
    }

    #[test]
    fn a_bad_expression_is_shown_with_a_caret() {
        let message = error("Tags[?Key==]").message;
        assert!(message.starts_with("Bad value for --query Tags[?Key==]: Parse error: "), "{message}");
        assert!(message.ends_with("\nTags[?Key==]\n           ^"), "{message}");
        for expression in ["", "a[", "a.", "a b", "{a:", "`\"x`", "foo(", "a ||", "[?a", "'x"] {
            let message = error(expression).message;
            assert!(message.starts_with("Bad value for --query ") && message.ends_with('^'), "{message}");
        }
    }

    #[test]
    fn an_unknown_function_is_found_before_anything_runs() {
        assert!(error("Tags[].nosuch(@)").message.contains("nosuch"));
        assert!(error("sort_by(Tags, &nosuch(Key))").message.contains("nosuch"));
    }

    #[test]
    fn entry_by_entry_gives_what_the_whole_document_gives() {
        let entry = |number: u32| match number % 3 {
            0 => serde_json::json!({"Name": format!("name-{number}"), "Tags": [{"Key": "a", "Value": number.to_string()}, {"Key": "b"}]}),
            1 => serde_json::json!({"Name": format!("name-{number}"), "Size": number, "Tags": []}),
            _ => serde_json::json!({"Name": null, "Size": number}),
        };
        for count in [0, 1, 5, 600, 1500] {
            let list: Vec<Value> = (0..count).map(entry).collect();
            let document = serde_json::json!({"List": list, "NextToken": "x"});
            for expression in [
                "List[].Name",
                "List[*].Name",
                "List[?Size > `4`].{n: Name, s: Size}",
                "List[?Name=='name-4']",
                "List[?contains(not_null(Name, ''), '4')].[Name, Tags[0].Value]",
                "List[].Tags[?Key=='a'].Value",
                "List[].not_null(Name, 'none')",
                "List[].length(Name)",
            ] {
                let query = Query::parse(expression).expect("compiles");
                let text = |result: Result<Value, UsageError>| result.map(|value| value.to_string()).map_err(|error| error.message);
                let by_entry =
                    query.search_each("List", &list, &Times::UTC).unwrap_or_else(|| panic!("{expression} takes each entry by itself"));
                assert_eq!(text(by_entry), text(query.search(document.clone())), "{expression} of {count}");
            }
        }
        for expression in [
            "List",
            "List[0].Name",
            "List[].Tags[]",
            "List[].Name | [0]",
            "Other[].Name",
            "length(List)",
            "[List[].Name, NextToken]",
            "sort_by(List, &Name)[].Name",
        ] {
            assert!(Query::parse(expression).expect("compiles").search_each("List", &[entry(0)], &Times::UTC).is_none(), "{expression}");
        }
    }

    #[test]
    fn what_is_selected_is_taken_over_and_not_copied() {
        for (expression, pointer) in [
            ("SecretString", ""),
            ("@", "/SecretString"),
            ("[SecretString]", "/0"),
            ("{s: SecretString}", "/s"),
            ("not_null(SecretString)", ""),
        ] {
            let document = serde_json::json!({ "Name": "a", "SecretString": "x".repeat(1000) });
            let place = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::as_ptr);
            let before = place(&document, "/SecretString");
            let found = Query::parse(expression).and_then(|query| query.search(document)).expect("selects");
            assert!(before.is_some() && place(&found, pointer) == before, "{expression}");
        }
    }

    #[test]
    fn a_wrong_argument_names_types_and_no_value() {
        let query = Query::parse("length(SecretString.x)").expect("compiles");
        let message = query.search(serde_json::json!({"SecretString": {"x": 5_550_123}})).expect_err("a number has no length").message;
        assert!(message.contains("number") && !message.contains("5550123"), "{message}");
    }
}

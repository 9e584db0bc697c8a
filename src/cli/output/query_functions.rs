//! Functions of `--query` whose results differ between the `jmespath` crate and the AWS CLI, and those that expressions are rewritten to.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jmespath::functions::{ArgumentType, CustomFunction, Signature};
use jmespath::{Context, ErrorReason, JmespathError, Rcvar, Runtime, SearchResult, Variable};
use serde_json::{Number, Value};

use super::json;
use super::variables::{plain_name, positioned_name, to_value};

// No expression can name these: a space stands in no function name.
pub(super) const MEMBER: &str = "member of";
pub(super) const EQUAL: &str = "is equal";
pub(super) const NOT_EQUAL: &str = "is not equal";
pub(super) const LESS: &str = "is less";
pub(super) const LESS_OR_EQUAL: &str = "is less or equal";
pub(super) const GREATER: &str = "is greater";
pub(super) const GREATER_OR_EQUAL: &str = "is greater or equal";

type Implementation = fn(&[Rcvar], &mut Context<'_>) -> SearchResult;

/// The crate's functions, and ours in place of some.
pub(super) fn runtime() -> Runtime {
    use ArgumentType::{Any, Array, Number, Object, String, TypedArray, Union};
    let mut runtime = Runtime::new();
    runtime.register_builtin_functions();
    let mut register = |name: &str, inputs: Vec<ArgumentType>, variadic: Option<ArgumentType>, function: Implementation| {
        runtime.register_function(name, Box::new(CustomFunction::new(Signature::new(inputs, variadic), Box::new(function))));
    };
    let numbers = || TypedArray(Box::new(Number));
    register(MEMBER, vec![Any, String], None, |args, _| Ok(member(args)));
    register(EQUAL, vec![Any, Any], None, |args, _| Ok(boolean(equal(args))));
    register(NOT_EQUAL, vec![Any, Any], None, |args, _| Ok(boolean(!equal(args))));
    register(LESS, vec![Any, Any], None, |args, _| Ok(ordered(args, Ordering::is_lt)));
    register(LESS_OR_EQUAL, vec![Any, Any], None, |args, _| Ok(ordered(args, Ordering::is_le)));
    register(GREATER, vec![Any, Any], None, |args, _| Ok(ordered(args, Ordering::is_gt)));
    register(GREATER_OR_EQUAL, vec![Any, Any], None, |args, _| Ok(ordered(args, Ordering::is_ge)));
    register("abs", vec![Number], None, |args, context| absolute(args, context));
    register("avg", vec![numbers()], None, average);
    register("ceil", vec![Number], None, |args, context| rounded(args, context, f64::ceil));
    register("floor", vec![Number], None, |args, context| rounded(args, context, f64::floor));
    register("sum", vec![numbers()], None, |args, context| sum(array(args), context));
    register("contains", vec![Union(vec![Array, String]), Any], None, |args, _| Ok(contains(args)));
    register("keys", vec![Object], None, |args, _| Ok(keys(args)));
    register("merge", vec![Object], Some(Object), |args, _| Ok(merge(args)));
    register("to_number", vec![Any], None, |args, _| Ok(to_number(args)));
    register("to_string", vec![Any], None, |args, _| Ok(to_string(args)));
    runtime
}

fn boolean(value: bool) -> Rcvar {
    Rcvar::new(Variable::Bool(value))
}

fn null() -> Rcvar {
    Rcvar::new(Variable::Null)
}

fn member(args: &[Rcvar]) -> Rcvar {
    let found = match args {
        [subject, name] => subject.as_object().zip(name.as_string()).and_then(|(members, name)| find_member(members, name)),
        _ => None,
    };
    found.cloned().unwrap_or_else(null)
}

fn find_member<'m>(members: &'m BTreeMap<String, Rcvar>, name: &str) -> Option<&'m Rcvar> {
    members.iter().find(|(key, _)| plain_name(key) == name).map(|(_, value)| value)
}

/// Equality of JSON values: an object's members in any order, 1 and 1.0 alike.
fn equal(args: &[Rcvar]) -> bool {
    matches!(args, [left, right] if same(left, right))
}

fn same(left: &Variable, right: &Variable) -> bool {
    match (left, right) {
        (Variable::Number(left), Variable::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Variable::Array(left), Variable::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Variable::Object(left), Variable::Object(right)) => {
            let found = |(name, value): (&String, &Rcvar)| find_member(right, plain_name(name)).is_some_and(|other| same(value, other));
            left.len() == right.len() && left.iter().all(found)
        }
        _ => left == right,
    }
}

/// Numbers and strings have an order, everything else gives null; so does a number beside a string, where the AWS CLI ends with a fault.
fn ordered(args: &[Rcvar], holds: fn(Ordering) -> bool) -> Rcvar {
    let [left, right] = args else {
        return null();
    };
    let ordering = match (left.as_ref(), right.as_ref()) {
        (Variable::String(left), Variable::String(right)) => Some(left.cmp(right)),
        (Variable::Number(left), Variable::Number(right)) => compare_numbers(left, right),
        _ => None,
    };
    ordering.map_or_else(null, |ordering| boolean(holds(ordering)))
}

fn compare_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn array(args: &[Rcvar]) -> &[Rcvar] {
    args.first().and_then(|arg| arg.as_array()).map_or(&[], Vec::as_slice)
}

fn only_number(args: &[Rcvar]) -> Option<&Number> {
    match args.first()?.as_ref() {
        Variable::Number(number) => Some(number),
        _ => None,
    }
}

fn from_float(value: f64, context: &Context<'_>) -> SearchResult {
    let number = Number::from_f64(value).ok_or_else(|| out_of_range(context))?;
    Ok(Rcvar::new(Variable::Number(number)))
}

fn from_integer(value: i128, context: &Context<'_>) -> SearchResult {
    let number = Number::from_i128(value).ok_or_else(|| out_of_range(context))?;
    Ok(Rcvar::new(Variable::Number(number)))
}

fn out_of_range(context: &Context<'_>) -> JmespathError {
    JmespathError::from_ctx(context, ErrorReason::Parse("the result is out of range".to_owned()))
}

fn absolute(args: &[Rcvar], context: &Context<'_>) -> SearchResult {
    let number = only_number(args);
    match (number.and_then(integer), number.and_then(Number::as_f64)) {
        (Some(integer), _) => from_integer(integer.abs(), context),
        (None, Some(float)) => from_float(float.abs(), context),
        (None, None) => Ok(null()),
    }
}

/// Rounding gives an integer.
fn rounded(args: &[Rcvar], context: &Context<'_>, round: fn(f64) -> f64) -> SearchResult {
    let number = only_number(args);
    match (number.and_then(integer), number.and_then(Number::as_f64)) {
        (Some(integer), _) => from_integer(integer, context),
        (None, Some(float)) => from_integer(format!("{:.0}", round(float)).parse().map_err(|_| out_of_range(context))?, context),
        (None, None) => Ok(null()),
    }
}

/// An integer when all terms are.
fn sum(terms: &[Rcvar], context: &Context<'_>) -> SearchResult {
    let integers: Option<Vec<i128>> = terms.iter().map(|term| only_number(std::slice::from_ref(term)).and_then(integer)).collect();
    match integers {
        Some(integers) => from_integer(integers.iter().sum(), context),
        None => from_float(float_sum(terms), context),
    }
}

fn float_sum(terms: &[Rcvar]) -> f64 {
    terms.iter().filter_map(|term| term.as_number()).sum()
}

fn average(args: &[Rcvar], context: &mut Context<'_>) -> SearchResult {
    match u32::try_from(array(args).len()) {
        Ok(0) => Ok(null()),
        Ok(count) => from_float(float_sum(array(args)) / f64::from(count), context),
        Err(_) => Err(out_of_range(context)),
    }
}

fn contains(args: &[Rcvar]) -> Rcvar {
    let [subject, search] = args else {
        return null();
    };
    boolean(match (subject.as_ref(), search.as_ref()) {
        (Variable::Array(items), search) => items.iter().any(|item| same(item, search)),
        (Variable::String(text), Variable::String(part)) => text.contains(part.as_str()),
        _ => false,
    })
}

fn keys(args: &[Rcvar]) -> Rcvar {
    let names = args.first().and_then(|arg| arg.as_object()).into_iter().flat_map(BTreeMap::keys);
    Rcvar::new(Variable::Array(names.map(|name| Rcvar::new(Variable::String(plain_name(name).to_owned()))).collect()))
}

/// A name that stands in several objects keeps its first place and its last value.
fn merge(args: &[Rcvar]) -> Rcvar {
    let mut members: Vec<(&str, Rcvar)> = Vec::new();
    for (name, value) in args.iter().filter_map(|arg| arg.as_object()).flatten() {
        let name = plain_name(name);
        match members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value.clone(),
            None => members.push((name, value.clone())),
        }
    }
    let positioned = members.into_iter().enumerate().map(|(at, (name, value))| (positioned_name(at, name), value));
    Rcvar::new(Variable::Object(positioned.collect()))
}

fn to_number(args: &[Rcvar]) -> Rcvar {
    let number = match args.first().map(Rcvar::as_ref) {
        Some(Variable::Number(number)) => Some(number.clone()),
        Some(Variable::String(text)) => parse_number(text.trim()),
        _ => None,
    };
    number.map_or_else(null, |number| Rcvar::new(Variable::Number(number)))
}

fn parse_number(text: &str) -> Option<Number> {
    let integer = text.parse().ok().and_then(Number::from_i128);
    integer.or_else(|| text.parse().ok().and_then(Number::from_f64))
}

fn to_string(args: &[Rcvar]) -> Rcvar {
    let value = args.first().map_or(Value::Null, |arg| to_value(Rcvar::clone(arg)));
    Rcvar::new(Variable::String(match value {
        Value::String(text) => text,
        other => json::compact_ascii(&other),
    }))
}

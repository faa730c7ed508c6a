//! The architecture and the documents, checked against the source.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)] // Tests may fail loudly.

use restow::domain::limits;
use restow::domain::recognise::CODES;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).unwrap() {
        found.extend(sources(&entry.unwrap().path()));
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    found
}

/// Lines of code, without comments, that name one of some words.
fn lines_naming(path: &str, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let files = sources(&root().join("src").join(path));
    assert!(!files.is_empty(), "src/{path} has no source files");
    for file in files {
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!(
                    "{}:{}: {}",
                    file.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    found
}

const BROWSER_TYPES: &[&str] = &[
    "JsValue",
    "wasm_bindgen",
    "js_sys",
    "web_sys",
    "rexie",
    "gloo",
    "serde_wasm_bindgen",
    "idb::",
];

#[test]
fn the_core_names_no_browser_type() {
    for path in ["domain", "engine", "ports.rs", "ports", "error.rs"] {
        assert_eq!(lines_naming(path, BROWSER_TYPES), Vec::<String>::new());
    }
}

#[test]
fn dependencies_point_one_way() {
    for (path, forbidden) in [
        (
            "domain",
            &[
                "crate::engine",
                "crate::ports",
                "crate::browser",
                "crate::api",
            ][..],
        ),
        (
            "ports.rs",
            &["crate::engine", "crate::browser", "crate::api"],
        ),
        ("ports", &["crate::engine", "crate::browser", "crate::api"]),
        ("engine", &["crate::browser", "crate::api"]),
        ("browser", &["crate::engine", "crate::api"]),
    ] {
        assert_eq!(lines_naming(path, forbidden), Vec::<String>::new());
    }
}

#[test]
fn the_readme_lists_every_code_of_the_quarantine_with_its_meaning() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for (code, meaning) in CODES {
        assert!(
            readme.contains(&format!("| `{code}` | {meaning} |")),
            "{code}"
        );
    }
}

#[test]
fn the_readme_lists_every_code_of_a_finding_with_its_meaning_and_no_other() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let table = readme
        .split_once("| code | what was found |\n|---|---|\n")
        .and_then(|(_, rest)| rest.split_once("\n\n"))
        .map(|(table, _)| table.lines().map(str::to_owned));
    let listed: Vec<String> = table.unwrap().collect();
    let codes = limits::CODES.iter();
    let expected: Vec<String> = codes
        .map(|(code, meaning)| format!("| `{code}` | {meaning} |"))
        .collect();
    assert_eq!(listed, expected);
}

#[test]
fn the_readme_lists_every_code_of_an_error() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let source = fs::read_to_string(root().join("src/error.rs")).unwrap();
    let codes: Vec<&str> = source
        .lines()
        .filter_map(|line| {
            line.split_once("=> \"")
                .and_then(|(_, rest)| rest.split_once("\","))
        })
        .map(|(code, _)| code)
        .collect();
    assert!(codes.len() > 30, "{codes:?}");
    for code in codes {
        assert!(readme.contains(&format!("| `{code}` | ")), "{code}");
    }
}

//! One key carried into another.

mod clearing;
mod dying;
mod properties;
mod recorded;
mod refusing;
mod secrets;
mod sums;
mod tabs;
mod undoing;

use super::*;
use restow::domain::state::{Carry, CarryResult};
use restow::error::Error;

pub const FROM: &str = "cleanStreak_anonymous_state";
pub const TO: &str = "cleanStreak_authenticated_state";
/// The day of the device.
pub const TODAY: &str = "Thu Jan 15 2026";

/// A streak of so many days, kept up today.
pub fn streak(days: u32) -> String {
    format!(
        r#"{{"streak":{{"current":{days},"lastCompletedDate":"{TODAY}","bestStreak":{days},"history":[]}},"engagement":{{"totalCompletions":{days}}}}}"#
    )
}

/// What a new account has.
pub const ZEROS: &str = r#"{"streak":{"current":0,"lastCompletedDate":null,"bestStreak":0,"history":[]},"engagement":{"totalCompletions":0}, "user":{"id":1.0}}"#;

pub fn preset() -> Carry {
    Carry::parse(&json!({ "preset": "streak" })).unwrap()
}

/// A disk with both keys; `None` for one that is not there.
pub fn with(from: Option<&str>, to: Option<&str>) -> Lab {
    let lab = Lab::taskerino();
    for (key, text) in [(FROM, from), (TO, to)] {
        if let Some(text) = text {
            plant(&lab, key, text);
        }
    }
    plant(&lab, "library", "theirs");
    lab
}

pub fn carry(lab: &Lab) -> Result<CarryResult> {
    run(lab.tab().carry_state(&preset(), true))
}

pub fn undo(lab: &Lab, path: &str, overwrite: bool) -> Result<StateRestoreResult> {
    run(lab.tab().undo_carry(path, overwrite, true))
}

/// What the target holds.
pub fn target(lab: &Lab) -> serde_json::Value {
    serde_json::from_str(&text(lab, TO).unwrap()).unwrap()
}

#[test]
fn a_streak_is_carried_and_the_key_that_was_read_stays() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let result = carry(&lab).unwrap();
    assert!(result.success && result.changed && !result.dry_run);
    let found = target(&lab);
    assert_eq!(found["streak"]["current"], 12);
    assert_eq!(found["streak"]["lastCompletedDate"], TODAY);
    assert_eq!(found["engagement"]["totalCompletions"], 12);
    // What was not merged keeps its very text.
    assert!(text(&lab, TO).unwrap().ends_with(r#", "user":{"id":1.0}}"#));
    assert_eq!(text(&lab, FROM).as_deref(), Some(&*streak(12)));
    let path = result.path.unwrap();
    let offer = result.clear.unwrap();
    assert_eq!((offer.key.as_str(), offer.path), (FROM, path));
    let actions: Vec<_> = lab
        .disk
        .own()
        .unwrap()
        .audit
        .iter()
        .map(|line| line.action.clone())
        .collect();
    assert_eq!(actions, ["capture", "carry"]);
}

#[test]
fn carried_twice_is_carried_once() {
    let lab = with(Some(&streak(12)), Some(ZEROS));
    let first = carry(&lab).unwrap();
    let picture_once = picture(&lab);
    let second = carry(&lab).unwrap();
    assert!(first.changed && !second.changed);
    assert_eq!(picture(&lab), picture_once);
    assert_eq!((&second.path, &second.clear), (&first.path, &first.clear));
}

#[test]
fn a_target_that_is_not_there_is_made() {
    let lab = with(Some(&streak(40)), None);
    carry(&lab).unwrap();
    assert_eq!(target(&lab)["streak"]["current"], 30);
    assert_eq!(target(&lab)["engagement"]["totalCompletions"], 40);
}

#[test]
fn where_nothing_is_read_nothing_is_done() {
    let lab = with(None, Some(ZEROS));
    let before = lab.disk.image();
    let result = run(lab.tab().carry_state(&preset(), false)).unwrap();
    assert!(result.success && !result.changed && result.changes.is_empty());
    assert_eq!((result.path, result.clear), (None, None));
    assert_eq!(lab.disk.image(), before);
}

#[test]
fn without_confirmation_there_is_a_preview_that_spells_out_every_path() {
    let lab = with(Some(&streak(40)), Some(ZEROS));
    let before = lab.disk.image();
    let error = run(lab.tab().carry_state(&preset(), false)).unwrap_err();
    let Error::ConfirmationRequired {
        action, preview, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(action, "carryState");
    let change = |path: &str| {
        let changes = preview["changes"].as_array().unwrap().iter();
        let mut of_path = changes.filter(|change| change["path"] == path);
        of_path.next().unwrap_or_else(|| panic!("{path}")).clone()
    };
    let current = change("streak.current");
    assert_eq!(current["rule"], "streak");
    let values = ["from", "to", "becomes"].map(|side| current[side]["value"].clone());
    // What is read is shown as the limits have left it; the finding says what it was.
    assert_eq!(values, [json!(30.0), json!(0.0), json!(30.0)]);
    let finding = &preview["findings"][0];
    assert_eq!(
        (&finding["key"], &finding["code"]),
        (&json!(FROM), &json!("StreakCapped"))
    );
    assert_eq!(finding["was"]["value"], json!(40.0));
    assert_eq!(change("engagement.totalCompletions")["rule"], "sum");
    assert_eq!(change("user")["rule"], "to");
    assert_eq!(lab.disk.image(), before);

    let dry = Carry {
        dry_run: true,
        ..preset()
    };
    let result = run(lab.tab().carry_state(&dry, false)).unwrap();
    assert!(result.dry_run && result.changed && result.path.is_none() && result.clear.is_none());
    assert_eq!(json!(result.changes), preview["changes"]);
    assert_eq!(lab.disk.image(), before);
}

use super::*;
use proptest::prelude::*;

fn storage(usage: f64, quota: f64) -> Storage {
    Storage::new(usage, quota, Some(false)).unwrap()
}

#[test]
fn figures_that_cannot_be_true_are_none() {
    let nonsense = [
        (f64::NAN, 10.0),
        (0.0, f64::NAN),
        (0.0, f64::INFINITY),
        (-1.0, 10.0),
        (0.0, 0.0),
        (0.0, -5.0),
        (11.0, 10.0),
    ];
    for (usage, quota) in nonsense {
        assert_eq!(Storage::new(usage, quota, None), None, "{usage} of {quota}");
    }
    assert_eq!(storage(3.0, 10.0).available(), 7.0);
}

#[test]
fn without_figures_everything_fits() {
    let mut room = Room::of(None);
    assert!(room.take(f64::MAX) && room.take(f64::MAX));
}

#[test]
fn a_shortage_says_by_how_much_and_what_would_help() {
    let short = Shortage::new(12_000_000.0, storage(1e6, 4e6), 3, 2e6);
    assert_eq!(short.missing, 9_000_000.0);
    assert_eq!(
        short.to_string(),
        "about 12.0 MB are needed, 3.0 MB are free, 9.0 MB are missing; what may help: migrate fewer at once (3 sessions fit), or clean up expired backups (2.0 MB), or let the browser keep this storage (persist)"
    );
    let help = serde_json::to_value(&short.help).unwrap();
    assert_eq!(
        help,
        serde_json::json!([{ "action": "fewer", "count": 3 }, { "action": "cleanup", "bytes": 2e6 }, { "action": "persist" }])
    );
}

#[test]
fn what_is_not_known_to_help_is_not_offered() {
    for persisted in [None, Some(true)] {
        let storage = Storage::new(1.0, 4.0, persisted).unwrap();
        let short = Shortage::new(5.0, storage, 0, 0.0);
        assert_eq!(short.help, []);
        assert!(short.to_string().ends_with("2 bytes are missing"));
    }
}

proptest! {
    #[test]
    fn what_fits_is_the_longest_beginning_that_does(sizes in prop::collection::vec(0u32..1000, 0..20), available in 0u32..10_000) {
        let sizes: Vec<f64> = sizes.into_iter().map(f64::from).collect();
        let fit = how_many_fit(&sizes, f64::from(available)) as usize;
        let sum = |count: usize| sizes.iter().take(count).sum::<f64>();
        prop_assert!(sum(fit) <= f64::from(available));
        prop_assert!(fit == sizes.len() || sum(fit + 1) > f64::from(available));
    }

    #[test]
    fn sound_figures_never_leave_less_than_nothing(usage in any::<f64>(), quota in any::<f64>()) {
        if let Some(storage) = Storage::new(usage, quota, None) {
            prop_assert!(storage.available() >= 0.0 && storage.available().is_finite());
        }
    }
}

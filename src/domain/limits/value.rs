//! Rules for one value.

use crate::domain::limits::day::{self, Context, Day};
use crate::domain::limits::defect::{Defect, Remedy};
use crate::domain::limits::edit::Change;
use crate::domain::limits::expression::Expression;
use crate::domain::limits::fact::Fact;
use crate::domain::limits::kinds::Kinds;
use crate::domain::limits::scalar::{Finite, Scalar};

/// The last number up to which JavaScript tells every whole number from its neighbours.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// Types that a value can be asked to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A finite number.
    Number,
    /// A whole number between -(2^53 - 1) and 2^53 - 1.
    Integer,
    /// Text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// An array.
    Array,
    /// An object whose properties are its own data.
    Object,
    /// Anything that [`read_day`](super::read_day) takes for a date.
    Date,
}

/// Which end of a text or an array stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// The beginning.
    #[default]
    First,
    /// The end.
    Last,
}

/// One thing that is asked of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// A number between two bounds, both included.
    Range {
        /// The lowest.
        min: Option<Finite>,
        /// The highest; what is above can be capped to it.
        max: Option<Finite>,
    },
    /// At most so much: of a number its value, of a text its UTF-16 units, of an array its items.
    Cap {
        /// The most.
        max: Finite,
        /// What stays of a text or an array.
        keep: Keep,
    },
    /// At most so many UTF-16 units of a text, or items of an array.
    MaxLength {
        /// The most.
        max: u32,
        /// What stays when it is capped.
        keep: Keep,
    },
    /// A type.
    Type(Type),
    /// A date, neither too early nor too late.
    Date {
        /// The first day allowed.
        not_before: Option<Day>,
        /// Days after today that are still allowed.
        future_tolerance: u32,
    },
    /// A text that matches an expression from its beginning to its end.
    Pattern(Expression),
    /// One of some values.
    OneOf(Vec<Scalar>),
}

const DATES: Kinds = Kinds::NUMBER.or(Kinds::TEXT).or(Kinds::DATE);

impl Rule {
    /// Kinds of values among which the rule is ever content with one.
    pub fn kinds(&self) -> Kinds {
        match self {
            Self::Range { .. } => Kinds::NUMBER,
            Self::Cap { .. } => Kinds::NUMBER.or(Kinds::TEXT).or(Kinds::ARRAY),
            Self::MaxLength { .. } => Kinds::TEXT.or(Kinds::ARRAY),
            Self::Type(Type::Number | Type::Integer) => Kinds::NUMBER,
            Self::Type(Type::Text) | Self::Pattern(_) => Kinds::TEXT,
            Self::Type(Type::Boolean) => Kinds::BOOL,
            Self::Type(Type::Array) => Kinds::ARRAY,
            Self::Type(Type::Object) => Kinds::OBJECT,
            Self::Type(Type::Date) | Self::Date { .. } => DATES,
            Self::OneOf(list) => list
                .iter()
                .fold(Kinds::NONE, |kinds, scalar| kinds.or(scalar.kind())),
        }
    }

    /// What the rule finds wrong with a value of a kind that it knows.
    pub fn defect(&self, fact: &Fact, context: &Context<'_>) -> Option<Defect> {
        match (self, fact) {
            (Self::Range { min, max }, Fact::Number(number)) => range(*number, *min, *max),
            (Self::Cap { max, .. }, Fact::Number(number)) => range(*number, None, Some(*max)),
            (Self::Cap { max, keep }, _) => too_long(fact, max.get() as u32, *keep),
            (Self::MaxLength { max, keep }, _) => too_long(fact, *max, *keep),
            (Self::Type(kind @ (Type::Number | Type::Integer)), Fact::Number(number)) => {
                number_type(*number, *kind == Type::Integer)
            }
            (Self::Type(Type::Date), _) => match day::read(fact, context) {
                Some(_) => None,
                None => Some(Defect::new("NotADate", "must be a date")),
            },
            (
                Self::Date {
                    not_before,
                    future_tolerance,
                },
                _,
            ) => date(fact, *not_before, *future_tolerance, context),
            (Self::Pattern(expression), Fact::Text { text, exact, .. }) => {
                let matches = *exact && expression.matches(text);
                let why = "must match the pattern as a whole";
                (!matches).then(|| Defect::new("PatternMismatch", why))
            }
            (Self::OneOf(list), _) => {
                let allowed = list.iter().any(|scalar| scalar.fact() == *fact);
                let why = "must be one of the values allowed";
                (!allowed).then(|| Defect::new("NotAllowed", why))
            }
            _ => None,
        }
    }
}

fn range(number: f64, min: Option<Finite>, max: Option<Finite>) -> Option<Defect> {
    if let Some(max) = max.filter(|max| number > max.get()) {
        let defect = Defect::new("AboveMaximum", format!("must be at most {}", max.get()));
        return Some(defect.with(Remedy::Cap(Change::Set(Scalar::Number(max)))));
    }
    if let Some(min) = min.filter(|min| number < min.get()) {
        let why = format!("must be at least {}", min.get());
        return Some(Defect::new("BelowMinimum", why));
    }
    number_type(number, false)
}

fn number_type(number: f64, integer: bool) -> Option<Defect> {
    if !number.is_finite() {
        return Some(Defect::new("NotFinite", "must be a finite number"));
    }
    let whole = number.fract() == 0.0 && number.abs() <= MAX_SAFE;
    let why = "must be a whole number within 2^53";
    (integer && !whole).then(|| Defect::new("NotWhole", why))
}

fn too_long(fact: &Fact, max: u32, keep: Keep) -> Option<Defect> {
    let len = fact.length().filter(|len| *len > max)?;
    let unit = match fact {
        Fact::Array(_) => "items",
        _ => "UTF-16 units",
    };
    let change = match keep {
        Keep::First => Change::Truncate { from: 0, to: max },
        Keep::Last => Change::Truncate {
            from: len - max,
            to: len,
        },
    };
    let defect = Defect::new("TooLong", format!("must have at most {max} {unit}"));
    Some(defect.with(Remedy::Cap(change)))
}

fn date(
    fact: &Fact,
    not_before: Option<Day>,
    tolerance: u32,
    context: &Context<'_>,
) -> Option<Defect> {
    let Some(reading) = day::read(fact, context) else {
        return Some(Defect::new("NotADate", "must be a date"));
    };
    if let Some(bound) = not_before.filter(|bound| reading.day < *bound) {
        return Some(Defect::new(
            "DateTooEarly",
            format!("must not be before {bound}"),
        ));
    }
    if reading.day > context.last_plausible(tolerance) {
        let why = format!("must not lie more than {tolerance} days in the future");
        return Some(Defect::new("DateInFuture", why));
    }
    reading.wrong_weekday.then(|| {
        let why = "names another weekday than its day has; the day was taken";
        Defect::new("WeekdayWrong", why).with(Remedy::Harmless)
    })
}

//! Which numbers survive being parsed and printed.

/// Significant digits that a shortest printing never exceeds.
const MOST_DIGITS: u64 = 17;
/// Significant digits that always survive, where numbers have their full precision.
const SAFE_DIGITS: u64 = 15;

/// Whether the shortest printing of what JavaScript reads has the very value that is written. The
/// literal must be a number of JSON.
pub fn survives(literal: &str) -> bool {
    let has_exponent = literal.bytes().any(|b| matches!(b, b'e' | b'E'));
    if literal.len() <= SAFE_DIGITS as usize && !has_exponent {
        return true;
    }
    let Some(written) = Decimal::of(literal) else {
        return false;
    };
    let size = written.size();
    if written.digits == 0 || written.count <= SAFE_DIGITS && (-300..300).contains(&size) {
        return true;
    }
    // Far beyond the range of all numbers.
    if !(-400..400).contains(&size) {
        return false;
    }
    // The standard library miscounts exponents of many digits, which only long literals need.
    let number = match literal.len() {
        ..64 => literal.parse::<f64>(),
        _ => format!("{}e{}", written.digits, written.exponent).parse(),
    };
    // Of two shortest printings just as near, serde_json and JavaScript take the even one, and the
    // standard library does not. Infinity is no such value.
    let printed = number.map(|number| serde_json::to_string(&number).unwrap_or_default());
    printed.is_ok_and(|printed| Decimal::of(&printed) == Some(written))
}

/// A decimal value without its sign: whole digits times a power of ten, with no zeros at either end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    digits: u64,
    /// How many digits these are.
    count: u64,
    exponent: i64,
}

impl Decimal {
    /// The value of a literal; `None` if it has more digits than any printing.
    fn of(literal: &str) -> Option<Self> {
        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, ""));
        let (mut digits, mut count, mut zeros) = (0u64, 0, 0);
        let (mut fraction, mut scale) = (false, 0i64);
        for byte in mantissa.bytes() {
            match byte {
                b'.' => fraction = true,
                b'0'..=b'9' => {
                    scale -= i64::from(fraction);
                    if byte == b'0' {
                        zeros += u32::from(count > 0);
                        continue;
                    }
                    count += u64::from(zeros) + 1;
                    if count > MOST_DIGITS {
                        return None;
                    }
                    digits = digits * 10u64.pow(zeros + 1) + u64::from(byte - b'0');
                    zeros = 0;
                }
                _ => {}
            }
        }
        let exponent = whole(exponent).saturating_add(scale);
        Some(Self {
            digits,
            count,
            exponent: match digits {
                0 => 0,
                _ => exponent.saturating_add(i64::from(zeros)),
            },
        })
    }

    /// The power of ten of the first digit.
    fn size(&self) -> i64 {
        self.exponent.saturating_add(self.count as i64 - 1)
    }
}

/// A whole number, or the nearest there is: an exponent may have any number of digits.
fn whole(text: &str) -> i64 {
    let size = text
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0i64, |size, digit| {
            size.saturating_mul(10)
                .saturating_add(i64::from(digit - b'0'))
        });
    match text.starts_with('-') {
        true => -size,
        false => size,
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_that_is_printed_with_the_same_value_survives() {
        let zeros = "0".repeat(1_000_000);
        for literal in [
            "0",
            "-0",
            "-0.0",
            "0e5",
            "0.0E-999999999999999999999999",
            "1.0",
            "1e2",
            "0.10",
            "0.1",
            "1E+2",
            "-12.50e-3",
            "5e-324",
            "1e-323",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "17976931348623157e292",
            "9007199254740991",
            "9007199254740992",
            "9007199254740994",
            "12345678901234567000",
            "123456789012345680000.000",
            "0.30000000000000004",
            "100000000000000000000000000000000000000000",
            "0.000000000000000000000000000000000000001",
            "1e000000000000000000000000000000000000002",
            &format!("0.{zeros}1e1000001"),
            &format!("1{zeros}e-1000000"),
            &format!("1.{zeros}"),
        ] {
            assert!(survives(literal), "{}", &literal[..literal.len().min(50)]);
        }
    }

    #[test]
    fn a_number_that_would_be_rounded_does_not() {
        let nines = "9".repeat(1_000_000);
        for literal in [
            "12345678901234567890",
            "9007199254740993",
            "-9007199254740993",
            "3.141592653589793238",
            "0.1000000000000000055",
            "0.30000000000000001",
            "1e400",
            "-1e400",
            "1e-400",
            "1.7976931348623159e308",
            "1e309",
            "3e-324",
            "2e-324",
            "6e-324",
            "4.94e-324",
            "4.9406564584124654e-324",
            "1e99999999999999999999999999999999999999999999",
            "1e-99999999999999999999999999999999999999999999",
            &format!("1e{nines}"),
            &format!("1e-{nines}"),
            &nines,
            &format!("0.{nines}"),
        ] {
            assert!(!survives(literal), "{}", &literal[..literal.len().min(50)]);
        }
    }

    /// The shortest printing, by the rule of JavaScript: of two just as near, the even one.
    fn printed(number: f64) -> String {
        let rounded_up = format!("{number:e}");
        let (digits, exponent) = rounded_up.split_once('e').unwrap();
        let (rest, last) = digits.split_at(digits.len() - 1);
        let last: u32 = last.parse().unwrap();
        if last.is_multiple_of(2) {
            return rounded_up;
        }
        let down = format!("{rest}{}", last - 1);
        // So many digits are as good as all.
        let all = format!("{number:.60e}");
        let halfway = all.split('e').next().unwrap().trim_end_matches('0') == format!("{down}5");
        let even = format!("{down}e{exponent}");
        match halfway && even.parse() == Ok(number) {
            true => even,
            false => rounded_up,
        }
    }

    fn assert_judged(literal: &str) -> Result<(), TestCaseError> {
        let printed = printed(literal.parse().unwrap());
        let expected = Decimal::of(literal).is_some_and(|it| Decimal::of(&printed) == Some(it));
        prop_assert_eq!(survives(literal), expected, "{} {}", literal, printed);
        Ok(())
    }

    #[test]
    fn of_two_printings_just_as_near_the_even_one_survives() {
        for (even, odd) in [
            ("89570507649822.12", "89570507649822.13"),
            ("1585001933951778.2", "1585001933951778.3"),
            ("1585001933951778.8", "1585001933951778.7"),
        ] {
            assert_eq!(even.parse::<f64>(), odd.parse::<f64>());
            assert!(survives(even) && !survives(odd));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_printed_survives_however_it_is_written(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let short = printed(number);
            let (digits, exponent) = short.split_once('e').unwrap();
            let exponent: i32 = exponent.parse().unwrap();
            let moved = format!("{}e{}", digits.replace('.', ""), exponent - 20);
            prop_assert!(survives(&short), "{}", short);
            assert_judged(&moved)?;
            assert_judged(&format!("{number}"))?;
            assert_judged(&format!("{number:.16e}"))?;
        }

        #[test]
        fn a_whole_number_survives_if_it_is_printed_so(number in any::<u64>(), shift in 0u32..64) {
            assert_judged(&(number >> shift).to_string())?;
        }

        #[test]
        fn a_fraction_survives_if_it_is_printed_so(whole in 0u64..1 << 53, shift in 0u32..53, rest in "[0-9]{1,19}") {
            assert_judged(&format!("{}.{rest}", whole >> shift))?;
        }

        #[test]
        fn a_number_halfway_between_two_printings_is_printed_even(eighths in 0u64..1 << 53) {
            let number = eighths as f64 / 8.0;
            prop_assert!(survives(&printed(number)));
            assert_judged(&number.to_string())?;
        }

        #[test]
        fn a_tiny_number_survives_if_it_is_printed_so(
            digits in "[1-9]|[1-9]\\.[0-9]{1,17}",
            exponent in 300..330,
        ) {
            assert_judged(&format!("{digits}e-{exponent}"))?;
        }
    }
}

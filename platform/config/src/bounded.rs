//! Numbers that have bounds.

use serde::de::{Deserialize, Deserializer, Error};
use std::fmt::Display;

/// Reads a number from `MIN` to `MAX`: `#[serde(deserialize_with = "config::within::<_, _, 1, 256>")]`.
///
/// # Errors
/// Says the number and the bounds.
pub fn within<'de, D, T, const MIN: u64, const MAX: u64>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Copy + Display + Into<u64>,
{
    let number = T::deserialize(deserializer)?;
    if (MIN..=MAX).contains(&number.into()) {
        Ok(number)
    } else {
        Err(D::Error::custom(format!("{number} is not between {MIN} and {MAX}")))
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[derive(Debug, serde::Deserialize)]
    struct Bounded {
        #[serde(deserialize_with = "within::<_, _, 2, 3>")]
        small: u32,
    }

    #[test]
    fn the_bounds_are_within() {
        let read = |number: i64| toml::from_str::<Bounded>(&format!("small = {number}"));
        assert_eq!((read(2).unwrap().small, read(3).unwrap().small), (2, 3));
        for number in [1, 4] {
            let said = read(number).unwrap_err().to_string();
            assert!(said.contains(&format!("{number} is not between 2 and 3")), "{said}");
        }
        assert!(read(-1).is_err());
    }
}

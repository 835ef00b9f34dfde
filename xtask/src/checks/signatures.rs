//! Signatures as the source has them: without what async-trait expands.

use anyhow::Result;
use regex_lite::Regex;

/// Writes `async fn` for functions that async-trait has expanded, one item a line.
pub(crate) fn shorten(items: &str) -> Result<String> {
    let returned = Regex::new(
        r"^(.*)\bfn (.*) -> core::pin::Pin<alloc::boxed::Box<\(dyn core::future::future::Future<Output = (.*)> \+ core::marker::Send \+ 'async_trait\)>> where (.*)$",
    )?;
    let lifetime = Regex::new(r"'(life\d+|async_trait)(, | )?")?;
    let bound = Regex::new(r"^(Self|'\w+): 'async_trait$")?;
    let mut text = String::new();
    for line in items.lines() {
        match returned.captures(line) {
            Some(found) => {
                let signature = format!("{}async fn {} -> {}", &found[1], &found[2], &found[3]);
                text += &lifetime.replace_all(&signature, "").replace("<>", "");
                let kept: Vec<_> = found[4].split(", ").filter(|part| !bound.is_match(part)).collect();
                if !kept.is_empty() {
                    text += &format!(" where {}", kept.join(", ").replace(" + 'async_trait", ""));
                }
            }
            None => text += line,
        }
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn expanded_async_function_is_shortened() {
        let expanded = "pub fn a::T::send<'life0, 'life1, 'async_trait>(&'life0 self, &'life1 a::R) -> \
            core::pin::Pin<alloc::boxed::Box<(dyn core::future::future::Future<Output = a::Result<u8>> + \
            core::marker::Send + 'async_trait)>> where Self: 'async_trait, 'life0: 'async_trait, 'life1: 'async_trait";
        assert_eq!(shorten(expanded).unwrap(), "pub async fn a::T::send(&self, &a::R) -> a::Result<u8>\n");
    }

    #[test]
    fn other_item_is_unchanged() {
        let item = "pub fn a::f<'a>(&'a str) -> &'a str";
        assert_eq!(shorten(item).unwrap(), format!("{item}\n"));
    }
}

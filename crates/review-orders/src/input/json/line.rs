//! Lines that are a whole record, as in JSON Lines. Parsing such a line at once saves the search for the end of
//! the record.

use std::borrow::Cow;

use super::{JsonFramer, State};
use crate::input::boundary::Signature;
use crate::input::envelope::is_envelope;
use crate::input::lexical::{is_index, skip_blank};
use crate::input::window::Window;
use crate::json::{Json, Member};

/// How many lines in a row may turn out to be no record. It bounds the work on other forms of JSON, whose
/// lines are tried in vain.
pub(super) const CREDIT: u8 = 16;

impl JsonFramer {
    /// Returns the length of the line at the start of the window if it may be a record. If it is one (see
    /// [`JsonFramer::is_record`]), call [`JsonFramer::consumed`] next, otherwise [`JsonFramer::next`].
    pub(crate) fn line(&mut self, window: &mut Window) -> Option<usize> {
        if !self.levels.is_empty() || !matches!(self.state, State::Between) || self.line_credit == 0 {
            return None;
        }
        skip_blank(window);
        if window.bytes().first() != Some(&b'{') {
            return None;
        }
        self.line_credit -= 1;
        memchr::memchr(b'\n', window.bytes()).filter(|length| *length <= self.max_record)
    }

    /// Returns whether the object that a line holds is a record and not an envelope. Where the names as written
    /// would decide, it returns false.
    pub(crate) fn is_record(&mut self, members: &[Member<'_>]) -> bool {
        let keys = members.iter().map(|member| member.name.as_bytes());
        let is_similar = keys.clone().next().is_some_and(|first| self.signature.begins_with(first));
        if !is_similar {
            let is_escaped = members.iter().any(|member| matches!(member.name, Cow::Owned(_)));
            let containers =
                members.iter().filter(|member| matches!(member.value, Json::List(_) | Json::Object(_)));
            let containers = containers.map(|member| member.name.as_bytes());
            if is_escaped
                || keys.clone().next().is_some_and(is_index)
                || is_envelope(keys.clone(), containers, self.is_order)
            {
                return false;
            }
            self.signature = Signature::new(keys);
        }
        self.line_credit = CREDIT.min(self.line_credit + 2);
        true
    }
}

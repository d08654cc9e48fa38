//! A self-describing tree: how JSON enters and leaves the core.
//!
//! One generic tree instead of derived readers keeps the wasm small and lets the core name the exact
//! path of what is wrong (`episodes[3].renditions[0].url`).

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// Deepest nesting a document may have. The manifest needs seven levels.
pub const MAX_DEPTH: usize = 32;

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Node {
    /// `null`, and JavaScript's `undefined`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// Text.
    Text(String),
    /// An array.
    List(Vec<Node>),
    /// An object; members keep their order.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The member `key` of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Self::Map(members) => members.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of a text node.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number node.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A number node that is a whole number in `0..=u64::MAX` (exact up to 2^53).
    #[must_use]
    pub fn as_whole(&self) -> Option<u64> {
        let number = self.as_number()?;
        ((0.0..=9_007_199_254_740_992.0).contains(&number) && number.trunc() == number).then_some(number as u64)
    }

    /// The items of a list node.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Node]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members of a map node.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(String, Node)]> {
        match self {
            Self::Map(members) => Some(members),
            _ => None,
        }
    }

    /// Builds an object.
    #[must_use]
    pub fn map<const N: usize>(members: [(&str, Node); N]) -> Node {
        Self::object(Vec::from(members))
    }

    /// Not generic over the number of members: one copy in the wasm.
    fn object(members: Vec<(&str, Node)>) -> Node {
        Self::Map(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Node {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<u64> for Node {
    fn from(value: u64) -> Self {
        Self::Number(value as f64)
    }
}

impl From<u32> for Node {
    fn from(value: u32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(item)?;
                }
                seq.end()
            }
            Self::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

/// Reads JSON text for native tests; in the browser the shell walks the parsed object instead.
#[cfg(test)]
pub(crate) fn from_json(text: &str) -> Node {
    fn convert(value: &serde_json::Value) -> Node {
        match value {
            serde_json::Value::Null => Node::Null,
            serde_json::Value::Bool(b) => Node::Bool(*b),
            serde_json::Value::Number(n) => Node::Number(n.as_f64().unwrap()),
            serde_json::Value::String(s) => Node::Text(s.clone()),
            serde_json::Value::Array(items) => Node::List(items.iter().map(convert).collect()),
            serde_json::Value::Object(members) => Node::Map(members.iter().map(|(k, v)| (k.clone(), convert(v))).collect()),
        }
    }
    convert(&serde_json::from_str(text).unwrap())
}

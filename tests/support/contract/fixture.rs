//! What a contract needs beside the ports: to set the scene, and to look behind them.

use crate::support::value::Value;
use restow::domain::key::Key;
use restow::domain::place::Place;
use restow::ports::Ports;

/// A value of the ports under test.
pub type BodyOf<F> = <<F as Fixture>::Ports as Ports>::Body;

/// One implementation of the ports, and its storage. Whatever goes wrong in here panics.
pub trait Fixture: Sized {
    /// The ports under test.
    type Ports: Ports;

    /// Empty storage that no other test shares; our own database does not exist in it.
    async fn new() -> Self;
    /// Another tab on this storage.
    async fn open(&self) -> Self::Ports;

    /// The real name of a database that an application would call `name`.
    fn database(&self, name: &str) -> String;
    /// The real key of what an application would keep in localStorage under `name`. It begins with
    /// what no other test's keys begin with, and ends with the name.
    fn local_key(&self, name: &str) -> Key;
    /// Writes a record as an application would, and creates database and store (with keys that lie
    /// outside the records) where they are missing. In localStorage the value is text.
    async fn plant(&self, place: &Place, value: &Value);
    /// A record as it lies in its store, read past the ports.
    async fn raw(&self, place: &Place) -> Option<Value>;
    /// Whether there is a database of this real name.
    async fn has_database(&self, database: &str) -> bool;
    /// Whether our own database exists.
    async fn has_own(&self) -> bool;

    /// A new body. What is one reference in the value is one object in the body; two calls share no
    /// object.
    /// `Value::Unsupported("function")` is a function; any other is a value that can't be read.
    fn body(&self, value: &Value) -> BodyOf<Self>;
    /// A body as a value, with every hole, key, number and byte.
    async fn value(&self, body: &BodyOf<Self>) -> Value;
    /// Some text, compressed as `GZIP_V1:` text.
    async fn gzip(&self, text: &str) -> String;
}

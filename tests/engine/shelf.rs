//! A record that holds many sessions, in each form in which applications keep one.

use crate::lab::{Lab, Tab, key, path};
use crate::support::twin::{TwinBodies, run};
use crate::support::value::Value;
use restow::domain::place::{Area, Place};
use restow::ports::Bodies;
use serde_json::json;

/// How a container holds its sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Values in an array, in a record of a database.
    Array,
    /// Values in a map.
    Map,
    /// JSON text in localStorage, with an array.
    LocalArray,
    /// The same with a map.
    LocalMap,
    /// `GZIP_V1:` text in a record of a database.
    Gzip,
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 5] = [
        Form::Array,
        Form::Map,
        Form::LocalArray,
        Form::LocalMap,
        Form::Gzip,
    ];

    /// Whether it lies in localStorage.
    pub fn is_local(self) -> bool {
        matches!(self, Self::LocalArray | Self::LocalMap)
    }

    fn is_map(self) -> bool {
        matches!(self, Self::Map | Self::LocalMap)
    }

    fn collection(self) -> &'static str {
        if self.is_map() { "byId" } else { "sessions" }
    }

    /// As a source of a configuration.
    pub fn source(self) -> serde_json::Value {
        let collection = self.collection();
        match self {
            Self::Array | Self::Map => json!({
                "name": "shelf", "database": "app", "store": "rows", "key": "all",
                "body": "data", "path": collection
            }),
            Self::Gzip => json!({
                "name": "shelf", "database": "app", "store": "rows", "key": "all",
                "body": "data", "path": collection, "gzip": true
            }),
            Self::LocalArray | Self::LocalMap => json!({
                "name": "shelf", "kind": "localStorage", "key": "app/all", "path": collection
            }),
        }
    }

    /// The record.
    pub fn place(self) -> Place {
        match self.is_local() {
            true => Place::record(Area::LocalStorage, key("app/all")),
            false => Place::record(Area::store("app", "rows"), key("all")),
        }
    }
}

/// The layout that goes with all of them.
pub fn layout() -> serde_json::Value {
    json!({ "label": "name", "arrays": [{ "path": "shots", "chunk": 2 }], "parts": ["summary"] })
}

/// A disk with one such record, and one neighbour of it.
#[derive(Clone)]
pub struct Shelf {
    pub lab: Lab,
    pub form: Form,
}

impl Shelf {
    /// A shelf with some sessions.
    pub fn new(form: Form, ids: &[&str]) -> Self {
        let config = json!({ "sources": [form.source()], "layout": layout() });
        let shelf = Self {
            lab: Lab::new(config),
            form,
        };
        let neighbour = Place {
            key: key("settings"),
            ..form.place()
        };
        shelf.lab.disk.plant_at(&neighbour, "a neighbour");
        shelf.put_sessions(ids);
        shelf
    }

    /// The application writes the record with these sessions in it.
    pub fn put_sessions(&self, ids: &[&str]) {
        let sessions: Vec<_> = ids.iter().map(|id| (*id, text_of(id))).collect();
        let members = sessions.iter().map(|(id, text)| (*id, text.as_str()));
        self.put(&members.collect::<Vec<_>>());
    }

    /// The same with any members, each a name and its JSON text.
    pub fn put(&self, members: &[(&str, &str)]) {
        self.lab
            .disk
            .plant_at(&self.form.place(), self.holding(members));
    }

    /// The record with these members.
    pub fn holding(&self, members: &[(&str, &str)]) -> Value {
        let text = container_text(self.form, members);
        match self.form {
            Form::LocalArray | Form::LocalMap => Value::text(text),
            Form::Gzip => wrapped(Value::text(format!("GZIP_V1:{text}"))),
            Form::Array | Form::Map => wrapped(Value::json(&text)),
        }
    }

    /// The record with these sessions.
    pub fn holding_sessions(&self, ids: &[&str]) -> Value {
        let texts: Vec<_> = ids.iter().map(|id| text_of(id)).collect();
        let members = ids.iter().copied().zip(texts.iter().map(String::as_str));
        self.holding(&members.collect::<Vec<_>>())
    }

    /// The record as it lies there.
    pub fn record(&self) -> Option<Value> {
        self.lab.disk.row(&self.form.place())
    }

    /// Ids of the members that lie there, in their order.
    pub fn ids(&self) -> Vec<String> {
        let record = self.record().expect("there is a record");
        let held = match self.form {
            Form::LocalArray | Form::LocalMap => record,
            Form::Array | Form::Map => record.get("data"),
            Form::Gzip => run(TwinBodies.unzip(&record.get("data"))).unwrap().unwrap(),
        };
        let found = TwinBodies.members(&held, &path(self.form.collection()), &path("id"));
        let ids = found.unwrap().into_iter().map(|member| member.facts.id);
        ids.map(|id| match id {
            restow::domain::recognise::IdFact::Id(id) => id.to_string(),
            other => format!("{other:?}"),
        })
        .collect()
    }

    /// The same on another disk.
    pub fn fork(&self) -> Self {
        Self {
            lab: self.lab.fork(),
            form: self.form,
        }
    }

    /// A new tab.
    pub fn tab(&self) -> Tab {
        self.lab.tab()
    }
}

/// How often a tab did something to a record.
pub fn count(tab: &Tab, method: &str, about: &str) -> usize {
    let trace = tab.ports.tab().trace();
    let those = trace.iter().filter(|op| op.method == method);
    those.filter(|op| op.about.starts_with(about)).count()
}

/// The JSON text of a small session.
pub fn text_of(id: &str) -> String {
    format!(
        r#"{{ "id":"{id}", "name":"Session {id}", "shots":[{{"n":1.0}},{{"n":2}},{{"n":3}}], "summary":{{"b":1,"a":"é😀"}} }}"#
    )
}

/// A small session.
pub fn body_of(id: &str) -> Value {
    Value::json(&text_of(id))
}

fn wrapped(data: Value) -> Value {
    Value::object([("data", data), ("timestamp", 1.0.into())])
}

fn container_text(form: Form, members: &[(&str, &str)]) -> String {
    let members = members.iter().map(|(name, text)| match form.is_map() {
        true => format!("\"{name}\": {text}"),
        false => (*text).to_owned(),
    });
    let (open, close) = if form.is_map() {
        ('{', '}')
    } else {
        ('[', ']')
    };
    let inside = members.collect::<Vec<_>>().join(",\n  ");
    let inside = match inside.is_empty() {
        true => inside,
        false => format!("\n  {inside}\n "),
    };
    let collection = form.collection();
    // What parsing and printing would lose, where a text can have it.
    let odd = r#""big":1, "zero" : 0"#;
    let odder = r#""big":9007199254740993, "zero" : -0, "zero":1e400"#;
    let odd = if form == Form::Array || form == Form::Map {
        odd
    } else {
        odder
    };
    format!(" {{ {odd}, \"{collection}\":\t{open}{inside}{close} , \"last\":\"\\u0061\" }}\n")
}

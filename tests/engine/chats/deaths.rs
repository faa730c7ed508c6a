//! Dying at every operation of what is done to chats.

use super::*;
use crate::deaths::{Allowed, survives, survives_until};
use restow::engine::{Edits, Handle, Options};
use restow::error::Result;
use restow::ports::Unwatched;

fn small(messages: u32) -> Lab {
    let lab = lab();
    plant(&lab, CHAT, &chat(messages));
    plant(&lab, "chat_session_{o}_agent-1", "THEIRS");
    plant(&lab, "chat_session_{t}_global", "{}");
    lab.disk.settle_local();
    lab
}

fn migrated(messages: u32) -> Lab {
    let lab = small(messages);
    lab.migrate_all();
    lab.disk.settle();
    lab.disk.settle_local();
    lab
}

fn allowed(bodies: &[&Value]) -> Allowed {
    vec![(
        id(CHAT),
        bodies.iter().map(|body| Some((*body).clone())).collect(),
    )]
}

#[test]
fn a_death_while_a_chat_is_migrated_loses_nothing() {
    let call = async |tab: &Tab| tab.migrate_all(&Options::default(), &Unwatched).await;
    let tally = survives(&small(3), &allowed(&[&body(3)]), call, call);
    println!("migrate a chat: {tally:?}");
}

#[test]
fn a_death_while_a_chat_is_rolled_back_loses_nothing() {
    let call = async |tab: &Tab| tab.rollback(&id(CHAT), None, Edits::Refuse, true).await;
    let settle = |lab: &Lab| {
        lab.disk.settle_local();
        lab.disk.clock().advance(61_000);
        lab.migrate_all();
    };
    let tally = survives_until(&migrated(3), &allowed(&[&body(3)]), call, call, settle);
    println!("roll a chat back: {tally:?}");
}

/// An edit, dying at every operation: the chat is what it was or what it is to be.
fn edit(name: &str, edit: impl AsyncFn(&Tab, &Handle<Value>) -> Result<()>) {
    let lab = migrated(3);
    let call = async |tab: &Tab| {
        let handle = tab.open_session(&id(CHAT)).await?.unwrap();
        if handle.revision() == 2 {
            edit(tab, &handle).await?;
        }
        Ok(())
    };
    let after = lab.fork();
    run(call(&after.tab())).unwrap();
    let new = load(&after, CHAT).unwrap();
    assert_ne!(new, body(3));
    let tally = survives(&lab, &allowed(&[&body(3), &new]), call, call);
    println!("{name}: {tally:?}");
}

#[test]
fn a_death_while_a_chat_is_edited_leaves_the_old_or_the_new() {
    let two = Value::list([message(3).into(), message(4).into()]);
    edit("append messages", async |tab, handle| {
        tab.append(handle, &whole(), &two).await.map(drop)
    });
    edit("set a message", async |tab, handle| {
        tab.set_item(handle, &whole(), 1, &message(9).into()).await
    });
    edit("set the whole chat", async |tab, handle| {
        tab.set(handle, &whole(), &two).await
    });
}

#[test]
fn a_death_while_a_chat_is_created_leaves_all_of_it_or_none() {
    let new = Key::text("chat_session_new");
    let chat = body(3);
    let call = async |tab: &Tab| tab.create(&chat, Some(new.clone())).await;
    let allowed = vec![(new.clone(), vec![None, Some(chat.clone())])];
    println!(
        "create a chat: {:?}",
        survives(&migrated(1), &allowed, call, call)
    );
}

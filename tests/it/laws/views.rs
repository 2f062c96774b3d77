//! What owners see of their tasks, one and many.

use std::{collections::HashSet, time::Duration};

use gomail::{
    domain::{Frequency, Lane, NewTask, Reason, State, TaskId, TaskName, TaskType, Verdict},
    store::{PageRequest, StoreError, TaskFilter, TaskView},
};

use crate::helpers::{
    build::{
        HOUR, account, content_type, message, messages, nth, otp, page, schedule, stranger, subject, subscribe, tag,
    },
    store::TestStore,
    verbs::{accepted, retry_after},
};

/// One task in each state that a post can come to, with the state.
async fn one_in_each_state(t: &TestStore) -> Vec<(TaskId, State)> {
    let mut found = Vec::new();
    let ends = [
        (Verdict::Succeeded, State::Succeeded),
        (Verdict::Failed { reason: Reason::Refused, suppress: false }, State::Failed),
        (Verdict::Skipped { reason: Reason::Suppressed }, State::Skipped),
        (Verdict::Uncertain, State::Uncertain),
        (retry_after(HOUR), State::Retrying),
    ];
    for (verdict, state) in ends {
        let leased = t.post_and_lease(message("a@example.com")).await;
        t.settle(&leased, verdict).await;
        found.push((leased.id, state));
    }
    let cancelled = t.post(message("a@example.com")).await;
    t.cancel(cancelled).await;
    found.push((cancelled, State::Cancelled));
    found.push((t.post_and_lease(message("a@example.com")).await.id, State::Running));
    found.push((t.post(message("a@example.com")).await, State::Queued));
    let mut later = message("a@example.com");
    schedule(&mut later, t.now().await.plus(HOUR));
    found.push((t.post(later).await, State::Scheduled));
    found
}

/// Reads all pages of `limit`.
async fn read_all(t: &TestStore, filter: &TaskFilter, limit: usize) -> Vec<TaskView> {
    let mut found = Vec::new();
    let mut request = page(limit);
    loop {
        let page = t.store.tasks(&account(), filter, &request).await.unwrap();
        assert!(page.items.len() <= limit);
        found.extend(page.items);
        if page.next_cursor.is_none() {
            return found;
        }
        request.cursor = page.next_cursor;
    }
}

pub(crate) async fn a_view_shows_what_was_posted(t: &mut TestStore) {
    let posted = NewTask {
        name: TaskName::parse("welcome mail").unwrap(),
        tags: vec![tag("b"), tag("a")],
        retries: 7,
        ..message("Ann@Example.com")
    };

    t.post(posted.clone()).await;

    let view = t.view(posted.id).await;
    assert_eq!((view.id, &view.name, &view.recipient), (posted.id, &posted.name, &posted.recipient));
    assert_eq!((view.task_type, view.lane, view.state), (TaskType::Message, Lane::Message, State::Queued));
    assert_eq!((view.retries, &view.tags), (7, &posted.tags));
    assert!(TestStore::near(view.created_at, t.now().await));
    assert_eq!((view.finished_at, view.reason, view.duplicate_possible), (None, None, false));
    assert!(view.attempts.is_empty());
}

pub(crate) async fn a_view_shows_type_and_lane(t: &mut TestStore) {
    t.store.create_content(&account(), &content_type("news"), &subject("News"), "text").await.unwrap();
    let code = t.post(otp("a@example.com")).await;
    let subscription = t.post(subscribe("a@example.com", "news", Frequency::Daily)).await;

    let (code, subscription) = (t.view(code).await, t.view(subscription).await);
    assert_eq!((code.task_type, code.lane), (TaskType::GenerateOtp, Lane::Otp));
    assert_eq!((subscription.task_type, subscription.lane), (TaskType::Subscribe, Lane::Message));
}

pub(crate) async fn a_view_is_right_in_each_state(t: &mut TestStore) {
    for (id, state) in one_in_each_state(t).await {
        let view = t.view(id).await;
        assert_eq!(view.state, state);
        assert_eq!(view.finished_at.is_some(), state.is_end(), "{state}: {:?}", view.finished_at);
        let waits = matches!(state, State::Scheduled | State::Queued | State::Retrying);
        assert_eq!(view.next_attempt_at.is_some(), waits, "{state}: {:?}", view.next_attempt_at);
        let reason = match state {
            State::Failed => Some(Reason::Refused),
            State::Skipped => Some(Reason::Suppressed),
            State::Cancelled => Some(Reason::Cancelled),
            State::Uncertain => Some(Reason::OutcomeUnknown),
            _ => None,
        };
        assert_eq!(view.reason, reason, "{state}");
        let listed = read_all(t, &TaskFilter { state: Some(state), ..TaskFilter::default() }, 10).await;
        assert_eq!(listed, [view], "the list shows the same");
    }
    assert_eq!(t.stats().await.gauges, [1; 9]);
}

pub(crate) async fn another_accounts_task_is_none(t: &mut TestStore) {
    let id = t.post(message("a@example.com")).await;

    assert_eq!(t.store.task(&stranger(), id).await.unwrap(), None);
    assert!(t.store.tasks(&stranger(), &TaskFilter::default(), &page(10)).await.unwrap().items.is_empty());
}

pub(crate) async fn tasks_are_found_by_type(t: &mut TestStore) {
    let code = t.post(otp("a@example.com")).await;
    let mail = t.post(message("a@example.com")).await;

    let of = |task_type| TaskFilter { task_type: Some(task_type), ..TaskFilter::default() };
    assert_eq!(t.find(&of(TaskType::GenerateOtp)).await, [code]);
    assert_eq!(t.find(&of(TaskType::Message)).await, [mail]);
    assert_eq!(t.find(&of(TaskType::Subscribe)).await, []);
}

pub(crate) async fn tasks_are_found_by_recipient_without_case(t: &mut TestStore) {
    let first = t.post(message("Ann@example.com")).await;
    t.post(message("bob@example.com")).await;
    t.advance(Duration::from_secs(1)).await;
    let second = t.post(otp("ann@EXAMPLE.com")).await;

    let filter = TaskFilter { recipient: Some("ann@example.com".to_owned()), ..TaskFilter::default() };
    assert_eq!(t.find(&filter).await, [second, first]);
}

pub(crate) async fn tasks_are_found_by_tag(t: &mut TestStore) {
    let tagged =
        |tags: &[&str]| NewTask { tags: tags.iter().map(|text| tag(text)).collect(), ..message("a@example.com") };
    let both = t.post(tagged(&["x", "y"])).await;
    t.advance(Duration::from_secs(1)).await;
    let one = t.post(tagged(&["x"])).await;
    t.post(tagged(&[])).await;

    let of = |text| TaskFilter { tag: Some(tag(text)), ..TaskFilter::default() };
    assert_eq!(t.find(&of("x")).await, [one, both]);
    assert_eq!(t.find(&of("y")).await, [both]);
    assert_eq!(t.find(&of("X")).await, []);
}

pub(crate) async fn all_conditions_hold_together(t: &mut TestStore) {
    let wanted = NewTask { tags: vec![tag("x")], ..otp("a@example.com") };
    let id = t.post(wanted).await;
    t.post(NewTask { tags: vec![tag("x")], ..otp("b@example.com") }).await;
    t.post(NewTask { tags: vec![tag("x")], ..message("a@example.com") }).await;
    t.post(NewTask { tags: vec![tag("y")], ..otp("c@example.com") }).await;

    let filter = TaskFilter {
        state: Some(State::Queued),
        task_type: Some(TaskType::GenerateOtp),
        recipient: Some("a@example.com".to_owned()),
        tag: Some(tag("x")),
    };

    assert_eq!(t.find(&filter).await, [id]);
    assert_eq!(t.find(&TaskFilter { state: Some(State::Running), ..filter }).await, []);
}

pub(crate) async fn a_rare_find_is_paged_to_its_end(t: &mut TestStore) {
    let rare = t.post(NewTask { tags: vec![tag("rare")], ..message("rare@example.com") }).await;
    t.post_all(messages(300)).await;

    let filter = TaskFilter { tag: Some(tag("rare")), ..TaskFilter::default() };
    let found: Vec<_> = read_all(t, &filter, 2).await.into_iter().map(|view| view.id).collect();

    assert_eq!(found, [rare], "pages may be short, but the cursor leads there");
}

pub(crate) async fn newest_first_without_gap_or_repeat_while_tasks_arrive(t: &mut TestStore) {
    let mut posted = Vec::new();
    for round in 0..5 {
        posted.extend(t.post_all((0..5).map(|n| message(&nth(round * 5 + n))).collect()).await.iter().map(accepted));
        t.advance(Duration::from_secs(1)).await;
    }

    let mut found: Vec<TaskView> = Vec::new();
    let mut request = page(4);
    loop {
        let page = t.store.tasks(&account(), &TaskFilter::default(), &request).await.unwrap();
        found.extend(page.items);
        if page.next_cursor.is_none() {
            break;
        }
        request.cursor = page.next_cursor;
        t.post(message("new@example.com")).await;
        t.advance(Duration::from_secs(1)).await;
    }

    let ids: Vec<_> = found.iter().map(|view| view.id).collect();
    assert_eq!(ids.len(), 25, "those there when the first page was read, each once");
    assert_eq!(ids.iter().collect::<HashSet<_>>(), posted.iter().collect());
    assert!(found.is_sorted_by(|a, b| a.created_at >= b.created_at), "newest first");
}

pub(crate) async fn a_cursor_that_is_not_ours_is_refused(t: &mut TestStore) {
    t.post_all(messages(3)).await;
    for cursor in ["", "nonsense", "9223372036854775808", "-1", "ÿ:\u{0}"] {
        let request = PageRequest { limit: 2, cursor: Some(cursor.to_owned()) };
        let refused = t.store.tasks(&account(), &TaskFilter::default(), &request).await;
        assert!(matches!(refused, Err(StoreError::Cursor)), "{cursor:?}: {refused:?}");
    }
}

pub(crate) async fn an_exact_page_ends(t: &mut TestStore) {
    t.post_all(messages(4)).await;

    assert_eq!(read_all(t, &TaskFilter::default(), 2).await.len(), 4);
    assert_eq!(read_all(t, &TaskFilter::default(), 1000).await.len(), 4);
}

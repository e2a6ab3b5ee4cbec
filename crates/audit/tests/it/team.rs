//! The German credit example audited by several at once: the bytes are those of one process.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use fine_audit::run::{Event, Observer, RunOptions, Silent, run_audit_together};
use fine_audit::stages::REGISTRY;
use fine_audit::team::{STAGES, Team, Turn};

use crate::{audit, german, training};

/// A block: who has it, and its bytes once they are there.
#[derive(Clone, Default)]
struct Block {
    taken_by: Option<usize>,
    bytes: Option<Vec<u8>>,
}

type Parts = BTreeMap<(String, String), Vec<Block>>;

/// What all members share.
#[derive(Default)]
struct Board {
    parts: Mutex<Parts>,
    news: Condvar,
}

/// One member. It leaves for good when it has taken `patience` blocks of parts, with the last one in its hands.
struct Member<'a> {
    board: &'a Board,
    number: usize,
    patience: Mutex<usize>,
}

impl Member<'_> {
    fn next(&self, parts: &mut Parts, stage: &str, part: &str, blocks: usize) -> Option<Turn> {
        if *self.patience.lock().unwrap_or_else(PoisonError::into_inner) == 0 {
            return Some(Turn::Gone);
        }
        let stage_ended = |parts: &Parts, id: &str| {
            let place = REGISTRY.iter().position(|e| e.id == id);
            let stages = parts.get(&(String::new(), STAGES.to_owned()));
            place.zip(stages).is_some_and(|(place, stages)| stages[place].bytes.is_some())
        };
        if stage_ended(parts, stage) {
            return Some(Turn::Gone);
        }
        let all = parts.entry((stage.to_owned(), part.to_owned())).or_insert_with(|| vec![Block::default(); blocks]);
        assert_eq!(all.len(), blocks, "{stage}/{part}: blocks are counted by the data");
        if let Some(done) = all.iter().map(|b| b.bytes.clone()).collect::<Option<Vec<_>>>() {
            return Some(Turn::Done(done));
        }
        // All members run the same stage, so that its parts are shared.
        let open = |b: &Block| if part == STAGES { b.bytes.is_none() } else { b.taken_by.is_none() };
        let block = all.iter().position(open)?;
        all[block].taken_by.get_or_insert(self.number);
        if part != STAGES {
            let mut patience = self.patience.lock().unwrap_or_else(PoisonError::into_inner);
            *patience -= 1;
            if *patience == 0 {
                for block in parts.values_mut().flatten().filter(|b| b.taken_by == Some(self.number)) {
                    block.taken_by = None;
                }
                return Some(Turn::Gone);
            }
        }
        Some(Turn::Compute(vec![block as u32]))
    }
}

impl Team for Member<'_> {
    fn take(&self, stage: &str, part: &str, blocks: u32) -> Turn {
        let mut parts = self.board.parts.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(turn) = self.next(&mut parts, stage, part, blocks as usize) {
                return turn;
            }
            let waited = self.board.news.wait_timeout(parts, Duration::from_millis(20));
            parts = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn give(&self, stage: &str, part: &str, block: u32, bytes: Vec<u8>) {
        let mut parts = self.board.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let own = &mut parts.get_mut(&(stage.to_owned(), part.to_owned())).expect("taken before")[block as usize].bytes;
        match own {
            Some(known) => assert!(*known == bytes, "{stage}/{part}/{block}: two answers"),
            None => *own = Some(bytes),
        }
        self.board.news.notify_all();
    }
}

/// Blocks of parts by who took them, as `stage/part`.
fn shared(board: &Board) -> BTreeMap<String, Vec<usize>> {
    let parts = board.parts.lock().unwrap_or_else(PoisonError::into_inner);
    let named = |((stage, part), blocks): (&(String, String), &Vec<Block>)| {
        (format!("{stage}/{part}"), blocks.iter().filter_map(|b| b.taken_by).collect())
    };
    parts.iter().map(named).collect()
}

/// Each member with one thread; the result of those that stay.
fn together(patience: &[usize]) -> (Vec<Option<String>>, BTreeMap<String, Vec<usize>>) {
    let (subject, options, board) = (german(Some(training())), RunOptions::default(), Board::default());
    let one = |number: usize| {
        let member = Member { board: &board, number, patience: Mutex::new(patience[number]) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let result = pool.install(|| run_audit_together(&subject, &options, &Silent, &member));
        result.map(|r| serde_json::to_string(&r).expect("a result is JSON"))
    };
    let results = std::thread::scope(|scope| {
        let all: Vec<_> = (0..patience.len()).map(|number| scope.spawn(move || one(number))).collect();
        all.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    (results, shared(&board))
}

#[test]
fn several_processes_make_the_bytes_of_one() {
    let expected = audit(&german(Some(training())), &RunOptions::default(), 1);
    let (alone, _) = together(&[usize::MAX]);
    assert!(alone == [Some(expected.clone())], "one member alone");
    let (results, parts) = together(&[usize::MAX, usize::MAX, 25]);
    assert!(results[..2] == [Some(expected.clone()), Some(expected)], "two that stay");
    assert!(results[2].is_none(), "the one that leaves has no result");
    let several = parts.iter().filter(|(_, by)| by.windows(2).any(|w| w[0] != w[1])).count();
    assert!(several > 1, "nothing was shared: {parts:?}");
}

/// Stops after the first stage.
struct Stopped(Mutex<bool>);

impl Observer for Stopped {
    fn event(&self, event: &Event<'_>) {
        if matches!(event, Event::StageFinished { .. }) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        }
    }

    fn cancelled(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[test]
fn who_is_stopped_gives_nothing_half_done() {
    let (subject, options, board) = (german(None), RunOptions::default(), Board::default());
    let member = Member { board: &board, number: 0, patience: Mutex::new(usize::MAX) };
    let result = run_audit_together(&subject, &options, &Stopped(Mutex::new(false)), &member);
    assert!(result.is_none());
    let parts = board.parts.lock().unwrap_or_else(PoisonError::into_inner);
    let given = parts[&(String::new(), STAGES.to_owned())].iter().filter(|b| b.bytes.is_some()).count();
    assert_eq!(given, 1);
}

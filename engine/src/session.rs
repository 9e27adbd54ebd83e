//! A scenario that is played with: what was read, replayed and studied so far.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde_json::{Value as Json, json};

use cmksim::experiment::{Progress, Replay, Replications, Runner, Study, replay_by};
use cmksim::intake::Rows;
use cmksim::limits::{Limit, PAGE_REPLICATIONS};
use cmksim::report::{self, Style, View, play};
use cmksim::scenario::{
    Axis, Control, Diagnostics, Draft, Measure, Override, Reading, Scenario, Statistic, rewritten,
};
use cmksim::units::{Time, Volume};
use cmksim::{Options, traces};

use super::ask::Ask;

/// Told how far a long computation is, from 0 to 1.
pub(crate) type Reached<'a> = &'a (dyn Fn(f64) + Sync);

/// A scenario and what was made of it.
#[derive(Default)]
pub struct Session {
    name: String,
    files: BTreeMap<String, String>,
    loaded: Option<Loaded>,
    replay: Option<Rc<Replay>>,
    /// The run that later ones are compared with.
    pinned: Option<Rc<Replay>>,
    study: Option<Replications>,
}

struct Loaded {
    scenario: Scenario,
    traces: Vec<Option<Rows>>,
}

type Answer = Result<Vec<u8>, String>;

impl Session {
    /// Answers a question; both are JSON.
    ///
    /// # Errors
    ///
    /// Why there is no answer, in a sentence.
    pub fn answer(&mut self, question: &[u8], reached: Reached<'_>) -> Answer {
        let ask = serde_json::from_slice(question).map_err(|error| error.to_string())?;
        match ask {
            Ask::Files { name, files } => {
                *self = Session {
                    name,
                    files,
                    ..Session::default()
                };
                json_of(&json!({}))
            }
            Ask::Load { text, write } => json_of(&self.load(text, &write)?),
            Ask::Replay { replication } => self.replay(replication, reached),
            Ask::Polls { from, until } => json_of(&play::polls_between(
                self.replayed()?.1,
                time(from),
                time(until),
            )),
            Ask::Picture {
                from,
                until,
                width,
                reach,
            } => {
                let view = View {
                    from: time(from),
                    until: time(until),
                    width,
                    reach: reach.map(Volume::from_bytes),
                };
                self.picture(view)
            }
            Ask::Balance { at } => {
                let times: Vec<Time> = at.into_iter().map(time).collect();
                if !times.is_sorted() {
                    return Err("the instants do not rise".to_owned());
                }
                json_of(&play::amounts(self.replayed()?.1, &times))
            }
            Ask::Account { account } => {
                let (scenario, replay) = self.replayed()?;
                json_of(&play::story_of(scenario, replay, account))
            }
            Ask::Pin {} => {
                self.pinned.clone_from(&self.replay);
                json_of(&json!({}))
            }
            Ask::Unpin {} => {
                self.pinned = None;
                json_of(&json!({}))
            }
            Ask::Values { axis } => {
                let values = Axis::read(&axis)?.values;
                json_of(
                    &values
                        .iter()
                        .map(|value| value.text())
                        .collect::<Vec<String>>(),
                )
            }
            Ask::Holds { expectations } => self.holds(&expectations),
            Ask::Study { measure, count } => self.study(&measure, count, reached),
            Ask::Explain {} => {
                let (scenario, replay) = self.replayed()?;
                json_of(&report::explain(scenario, replay, Style::default()))
            }
            Ask::Rule { id } => json_of(&play::rule(&self.loaded()?.scenario, &id)),
            Ask::Clock { at } => {
                let scenario = &self.loaded()?.scenario;
                let read = at.into_iter().map(|at| play::clock(scenario, time(at)));
                json_of(&read.collect::<Vec<String>>())
            }
        }
    }

    fn loaded(&self) -> Result<&Loaded, String> {
        self.loaded
            .as_ref()
            .ok_or_else(|| "no scenario is loaded".to_owned())
    }

    fn replayed(&self) -> Result<(&Scenario, &Replay), String> {
        let replay = self.replay.as_ref().ok_or("nothing was replayed")?;
        Ok((&self.loaded()?.scenario, replay))
    }

    fn load(&mut self, text: String, write: &[String]) -> Result<Json, String> {
        let mut text = text;
        let files = &self.files;
        let mut read = |name: &str, _: &Limit| file(files, name).map(<[u8]>::to_vec);
        for set in write {
            text = rewritten(&self.name, &text, &Override::new("control", set), &mut read)?;
        }
        let draft = Draft::read(&self.name, text.as_bytes(), &[], &mut read);
        let reading = draft.and_then(|draft| Ok((draft.clone().reading()?, draft)));
        let (reading, draft) = match reading {
            Ok(both) => both,
            Err(wrong) => return Ok(refused(&text, &wrong)),
        };
        let Reading {
            scenario,
            warnings,
            lints,
            ..
        } = reading;
        let traces = traces(
            &scenario,
            |name: &str| file(files, name).map(<[u8]>::to_vec),
            &|| false,
        );
        let (traces, _) = traces.map_err(|error| error.to_string())?;
        let mut mistakes = play::mistakes(&warnings, false);
        mistakes.extend(play::mistakes(&lints, true));
        let controls: Vec<Json> = draft.controls(&scenario).iter().map(control).collect();
        let names = |names: Vec<&String>| json!(names);
        let about = json!({
            "title": scenario.title,
            "description": scenario.description,
            "duration": scenario.duration.millis(),
            "start": scenario.start,
            "seed": scenario.seed,
            "replications": scenario.replications,
            "clusters": names(scenario.clusters.iter().map(|of| &of.name).collect()),
            "workspaces": names(scenario.workspaces.iter().map(|of| &of.name).collect()),
            "controls": controls,
        });
        // A text that is wrong leaves what was there.
        (self.replay, self.study) = (None, None);
        self.loaded = Some(Loaded { scenario, traces });
        Ok(json!({"text": text, "mistakes": mistakes, "scenario": about}))
    }

    fn replay(&mut self, replication: u64, reached: Reached<'_>) -> Answer {
        let loaded = self.loaded()?;
        let options = Options {
            replication,
            every_poll: false,
        };
        let progress = Told::to(reached);
        let replay = replay_by(
            &loaded.scenario,
            &loaded.traces,
            options,
            &progress.runner(),
        );
        let replay = replay.map_err(|error| error.to_string())?;
        let answer = json_of(&play::run(&loaded.scenario, &replay));
        self.replay = Some(Rc::new(replay));
        answer
    }

    fn picture(&self, view: View) -> Answer {
        let (scenario, replay) = self.replayed()?;
        let drawn = report::excerpt(scenario, replay, self.pinned.as_deref(), view);
        let panels = ["held", "lost"].iter().zip(drawn.panels);
        let frames = panels.map(|(name, [top, bottom])| {
            json!({"name": name, "left": drawn.left, "right": drawn.right, "top": top, "bottom": bottom})
        });
        json_of(&json!({
            "svg": drawn.svg,
            "width": drawn.width,
            "height": drawn.height,
            "frames": frames.collect::<Vec<Json>>(),
            "most": drawn.most.map(Volume::bytes),
        }))
    }

    fn holds(&self, expectations: &[String]) -> Answer {
        let scenario = &self.loaded()?.scenario;
        let held = expectations.iter().map(|text| {
            let wanted = scenario.expectation("expectation", text);
            let wanted = wanted.map_err(|wrong| wrong.to_string())?;
            let undecided = || play::Held {
                text: text.clone(),
                passed: None,
                actual: String::new(),
            };
            let each = self
                .replay
                .as_ref()
                .and_then(|replay| play::held(&wanted, replay));
            let many = self
                .study
                .as_ref()
                .filter(|_| wanted.statistic != Statistic::Each);
            let many = many.map(|study| play::held_in_study(&wanted, study));
            Ok(each.or(many).unwrap_or_else(undecided))
        });
        json_of(&held.collect::<Result<Vec<play::Held>, String>>()?)
    }

    fn study(&mut self, measure: &str, count: u64, reached: Reached<'_>) -> Answer {
        let mut known = Measure::ALL.iter().copied();
        let measure = known
            .find(|known| known.name() == measure)
            .ok_or_else(|| format!("there is no measure {measure:?}"))?;
        let loaded = self.loaded.as_ref().ok_or("no scenario is loaded")?;
        let study = Study::new(&loaded.scenario, &loaded.traces);
        let progress = Told::to(reached);
        let runner = progress.runner();
        let had = self.study.as_ref().map_or(0, |study| study.numbers().end);
        let end = had.saturating_add(count);
        if !PAGE_REPLICATIONS.allows(end) {
            return Err(PAGE_REPLICATIONS.exceeded());
        }
        let so_far = match self.study.take() {
            Some(mut so_far) => study.grow(&mut so_far, end, &runner).map(|()| so_far),
            None => study.gather(0..end, &runner),
        };
        let so_far = so_far.map_err(|error| error.to_string())?;
        let told = play::distribution(&loaded.scenario, &so_far, measure);
        self.study = Some(so_far);
        json_of(&told.ok_or_else(|| format!("the whole has no {}", measure.name()))?)
    }
}

fn time(ms: i64) -> Time {
    Time::from_millis(ms)
}

fn json_of(value: &impl Serialize) -> Answer {
    serde_json::to_vec(value).map_err(|error| error.to_string())
}

fn file<'f>(files: &'f BTreeMap<String, String>, name: &str) -> Result<&'f [u8], String> {
    let found = files.get(name).map(String::as_bytes);
    found.ok_or_else(|| "the page does not have this file".to_owned())
}

fn refused(text: &str, wrong: &Diagnostics) -> Json {
    json!({"text": text, "mistakes": play::mistakes(wrong, false), "scenario": null})
}

fn control(control: &Control) -> Json {
    let values: Vec<String> = control.values.iter().map(|value| value.text()).collect();
    json!({
        "path": control.path,
        "says": control.text,
        "group": control.group,
        "value": control.value.text(),
        "at": control.values.iter().position(|value| *value == control.value),
        "values": values,
    })
}

/// Tells how far a computation is, a hundred times at most.
struct Told<'a> {
    reached: Reached<'a>,
    steps: AtomicU64,
    done: AtomicU64,
}

impl<'a> Told<'a> {
    fn to(reached: Reached<'a>) -> Told<'a> {
        Told {
            reached,
            steps: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }

    fn runner(&self) -> Runner<'_> {
        Runner {
            progress: self,
            ..Runner::SERIAL
        }
    }
}

impl Progress for Told<'_> {
    fn begin(&self, steps: u64) {
        self.steps.fetch_add(steps, Ordering::Relaxed);
    }

    #[allow(clippy::cast_precision_loss)]
    fn advance(&self, steps: u64) {
        let all = self.steps.load(Ordering::Relaxed).max(1);
        let before = self.done.fetch_add(steps, Ordering::Relaxed);
        let percent = |done: u64| u128::from(done) * 100 / u128::from(all);
        if percent(before) < percent(before + steps) {
            (self.reached)(((before + steps) as f64 / all as f64).min(1.0));
        }
    }

    fn skip(&self, steps: u64) {
        self.advance(steps);
    }
}

// Answers lists of asks. A list ends early where the rest would be about something else: at a text with
// mistakes, at a run that fails, and at a trap.
let compiled = null;
let engine = null;

const begin = () => {
  engine = new Engine(compiled, (part) => postMessage({ reached: part }));
};

const trapped = (error) => {
  let words = "";
  try {
    words = engine.lastWords();
  } catch {
    /* The error itself must do. */
  }
  begin();
  return words || String(error);
};

const answer = (asks) => {
  const answers = [];
  for (const ask of asks) {
    try {
      const text = engine.ask(JSON.stringify(ask));
      answers.push(text);
      if (ask.ask === "load" && JSON.parse(text).scenario === null) break;
    } catch (error) {
      if (!(error instanceof Refusal)) return { answers, trap: trapped(error) };
      answers.push(null);
      if (ask.ask === "load" || ask.ask === "replay") return { answers, refused: error.message };
    }
  }
  return { answers };
};

onmessage = ({ data }) => {
  if (data.module) {
    compiled = data.module;
    begin();
  } else {
    postMessage(answer(data.asks));
  }
};

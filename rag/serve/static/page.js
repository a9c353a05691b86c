/* Draws the four parts of the page from plain data, and tells the server what was clicked.

   Every word that comes from an article, a question, or a model goes into the page as
   `textContent`, never as HTML. Each part is a `gr.HTML` with an empty template: Gradio calls
   `byline.mount(part, ...)` once, and the part draws itself whenever its value changes. */
"use strict";

window.byline = (() => {
  const parts = {};
  /* What the parts share: which citation is open, and where the focus goes when it closes. */
  const open = { turn: -1, number: 0, chip: 0 };

  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    if (/^(h[123]|p|q|strong)$/.test(tag)) node.dir = "auto"; /* As its text reads. */
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || (value === false && !name.startsWith("aria-"))) continue;
      if (name === "on") for (const [type, listen] of Object.entries(value)) node.addEventListener(type, listen);
      else if (name === "data") Object.assign(node.dataset, value);
      else if (name === "class") node.className = value;
      else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
    }
    for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== "") node.append(child);
    return node;
  }

  const fill = (node, ...children) => node.replaceChildren(...children.filter((child) => child !== null));
  const button = (label, listen, attributes = {}) => el("button", { type: "button", ...attributes, on: { click: listen } }, label);

  /* Listens once nothing more has come for so many milliseconds, as while one types. */
  function settled(listen, wait) {
    let due;
    return (...given) => { clearTimeout(due); due = setTimeout(listen, wait, ...given); };
  }

  function day(iso) {
    if (!iso) return "";
    const [year, month, date] = iso.split("-").map(Number);
    return new Date(Date.UTC(year, month - 1, date)).toLocaleDateString("en-GB",
      { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  }

  /* What may read from right to left does not take the date after it along. */
  const apart = (text) => /[\u0590-\u08ff]/.test(text) ? `\u2068${text}\u2069` : text;
  const about = (document) => [apart(document.source), day(document.published)].filter(Boolean).join(", ");
  const named = (document) => [apart(document.title || "Untitled"), about(document)].filter(Boolean).join(", ");
  const place = (citation) => (citation.page ? `page ${citation.page}` : citation.time ? `at ${citation.time}` : "");
  /* Where an article is from, and where in it the quotes stand. */
  const placed = (document, citations) => [...new Set([about(document), ...citations.map(place)])].filter(Boolean).join(", ");
  const plural = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

  /* What is folded away, and closes when something in it is chosen, by Escape, or when one goes on
     elsewhere. Each choice is a label, what it does, and perhaps attributes. */
  function menu(shown, label, choices, kind = "") {
    const summary = el("summary", { "aria-label": label }, shown);
    /* In the top layer: what scrolls around it does not cut it off. */
    const list = el("div", { popover: "manual" }, choices.map(([name, listen, attributes]) => button(name, () => {
      node.open = false;
      summary.focus();
      listen();
    }, { class: "bl-quiet", ...attributes })));
    /* Below what opens it, or above where that has no room; it goes along when that is scrolled. */
    const put = () => {
      if (!node.isConnected) { removeEventListener("scroll", put, true); return; }
      const box = summary.getBoundingClientRect();
      const left = kind ? box.left : box.right - list.offsetWidth;
      const [height, lowest] = [list.offsetHeight, innerHeight - list.offsetHeight - 8];
      list.style.left = `${Math.max(8, Math.min(left, innerWidth - list.offsetWidth - 8))}px`;
      list.style.top = `${box.bottom > lowest && box.top >= height + 8 ? box.top - height : Math.max(8, Math.min(box.bottom, lowest))}px`;
    };
    const node = el("details", { class: `bl-menu ${kind}`, on: {
      toggle: () => {
        (node.open ? addEventListener : removeEventListener)("scroll", put, true);
        if (!node.open) return;
        list.showPopover();
        put();
      },
      focusout: (event) => { if (event.relatedTarget && !node.contains(event.relatedTarget)) node.open = false; },
      keydown: (event) => {
        if (event.key !== "Escape" || !node.open) return;
        event.stopPropagation();
        node.open = false;
        summary.focus();
      },
    } }, summary, list);
    return node;
  }

  document.addEventListener("pointerdown", (event) => {
    for (const node of document.querySelectorAll(".bl-menu[open]")) if (!node.contains(event.target)) node.open = false;
  });

  /* -------------------------------------------------------------- tooltip */

  const tip = el("div", { class: "bl-tip", role: "tooltip", id: "bl-tip", hidden: true });

  function showTip(chip, citation) {
    tip.replaceChildren(
      el("strong", {}, citation.document.title || "Untitled"),
      el("span", { class: "bl-about" }, placed(citation.document, [citation])),
      el("q", {}, citation.quote));
    if (!tip.isConnected) (document.querySelector("main") || document.body).append(tip);
    tip.hidden = false;
    const box = chip.getBoundingClientRect();
    const width = Math.min(380, innerWidth - 24);
    tip.style.width = `${width}px`;
    tip.style.left = `${Math.max(12, Math.min(box.left, innerWidth - width - 12))}px`;
    const above = box.top - tip.offsetHeight - 8;
    tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
    chip.setAttribute("aria-describedby", "bl-tip");
  }

  function hideTip(chip) {
    tip.hidden = true;
    if (chip) chip.removeAttribute("aria-describedby");
  }

  /* --------------------------------------------------------- conversation */

  const FEW = 5; /* Points of a summary that are not folded away. */
  const LONG = 300; /* Characters from which on a question scrolls, so that its answer is seen. */

  const same = (turn, number) => `.bl-chip[data-turn="${turn}"][data-number="${number}"]`;

  function chip(part, index, citation) {
    const node = button(String(citation.number), () => {
      hideTip(node);
      open.chip = [...document.querySelectorAll(same(index, citation.number))].indexOf(node);
      part.trigger("cite", { turn: index, number: citation.number });
    }, {
      class: "bl-chip",
      "aria-label": `Quote ${citation.number}: ${named(citation.document)}`,
      data: { turn: index, number: citation.number },
    });
    node.addEventListener("mouseenter", () => showTip(node, citation));
    /* Not where an article that was closed by a tap gives the focus back. */
    node.addEventListener("focus", () => { if (node.matches(":focus-visible")) showTip(node, citation); });
    for (const type of ["mouseleave", "blur"]) node.addEventListener(type, () => hideTip(node));
    return node;
  }

  function chipsOf(part, index, answer, claim) {
    const byNumber = new Map(answer.citations.map((citation) => [citation.number, citation]));
    return claim.citations.map((number) => chip(part, index, byNumber.get(number)));
  }

  /* Pieces of a text, each with its kind: the words that answer are marked, a day that is
     explained is not part of the quote. */
  const worded = (pieces) => pieces.map(([text, kind]) => (!kind || !text ? text
    : kind === "day" ? el("span", { class: "bl-day" }, text) : el("mark", { class: "bl-words" }, text)));

  /* The chips keep to the last word, which the browser would part from them at the end of a line. */
  function cited(pieces, chips) {
    const [text, kind] = pieces.at(-1) || ["", ""];
    const last = text.trimEnd().search(/\S{1,30}$/);
    return [worded([...pieces.slice(0, -1), [text.slice(0, last), kind]]),
      el("span", { class: "bl-last" }, worded([[text.slice(last).trimEnd(), kind]]), " ", chips.splice(0, 3)), chips];
  }

  const told = (part, index, answer, claim) => [
    claim.attribution ? el("span", { class: "bl-says" }, `${claim.attribution}: `) : null,
    cited(claim.pieces.filter(([text]) => text), chipsOf(part, index, answer, claim))];

  /* Claims that follow one another below the same heading. */
  function grouped(claims) {
    const groups = [];
    for (const claim of claims) {
      if (!groups.length || groups.at(-1).heading !== claim.heading) groups.push({ heading: claim.heading, claims: [] });
      groups.at(-1).claims.push(claim);
    }
    return groups;
  }

  /* What stands above the row of a table. */
  const heads = (heading) => (heading ? el("p", { class: "bl-says" }, heading) : null);

  const claims = (part, index, answer) => grouped(answer.claims).map((group) => [heads(group.heading), el("p", { class: "bl-text" },
    group.claims.map((claim) => el("span", { class: "bl-claim" }, told(part, index, answer, claim), " ")))]);

  const sides = (part, index, answer) => [
    el("p", { class: "bl-lead" }, answer.lead),
    el("div", { class: "bl-sides" }, answer.claims.map((claim) => el("section", { class: "bl-side" },
      el("h3", {}, claim.attribution || "An article"), heads(claim.heading),
      el("p", { class: "bl-text" }, told(part, index, answer, { ...claim, attribution: "" })))))];

  /* Several points below a line that leads: a list, a dated column, or columns side by side. */
  function account(part, index, answer) {
    const shown = answer.kind === "summary" ? FEW : answer.claims.length;
    const rest = answer.claims.slice(shown);
    return [
      el("p", { class: "bl-lead" }, answer.lead),
      points(part, index, answer, answer.claims.slice(0, shown)),
      rest.length ? el("details", { class: "bl-more" }, el("summary", {}, plural(rest.length, "more point")),
        points(part, index, answer, rest)) : null,
    ];
  }

  function points(part, index, answer, shown) {
    const shape = { timeline: "bl-timeline", comparison: "bl-sides" }[answer.kind] || "bl-points";
    return el("div", { class: shape }, grouped(shown).map((group) => el("section", { class: "bl-side" },
      group.heading ? el("h3", {}, group.heading) : null,
      el("ul", { class: "bl-list" }, group.claims.map((claim) => el("li", { class: "bl-text", dir: "auto" },
        told(part, index, answer, claim)))))));
  }

  function refusal(part, index, answer) {
    const chosen = (!answer.filter_read || answer.filter_dropped) && Object.values(answer.filter).some((value) => value?.length);
    return el("div", { class: "bl-refusal" },
      el("p", { class: "bl-refused" }, answer.text),
      chosen || answer.reason === "nothing matches the filters" ? el("p", {}, button("Ask it of all articles",
        () => redo(part, index, { all_articles: true, any_date: true }), { class: "bl-again" })) : null,
      answer.nearest.length ? el("p", { class: "bl-about" }, "The nearest passages, which do not answer it:") : null,
      el("ul", { class: "bl-nearest" }, answer.nearest.map((citation) => el("li", {},
        el("span", { class: "bl-quoted", dir: "auto" }, cited([[`“${citation.quote}”`]], [chip(part, index, citation)])),
        el("span", { class: "bl-about" }, [named(citation.document), place(citation)].filter(Boolean).join(", ")),
        citation.unsure ? el("span", { class: "bl-unsure" }, UNSURE) : null,
        (citation.lacking || []).length ? el("span", { class: "bl-about" }, `without: ${citation.lacking.join(", ")}`) : null))),
      answer.coverage?.told ? el("p", { class: "bl-about" }, answer.coverage.told) : null);
  }

  function sources(part, index, answer) {
    /* What the model wrote stands above the quotes that it was checked against. */
    const written = answer.claims.some((claim) => !claim.verbatim) && answer.kind === "fact";
    const articles = new Map();
    for (const citation of answer.citations) {
      const id = citation.document.id;
      if (!articles.has(id)) articles.set(id, { document: citation.document, citations: [] });
      articles.get(id).citations.push(citation);
    }
    return el("ol", { class: "bl-sources", "aria-label": "Sources of this answer" }, [...articles.values()].map((entry) => el("li", {},
      entry.citations.map((citation) => chip(part, index, citation)),
      el("span", { class: "bl-named" }, el("span", { dir: "auto" }, entry.document.title || "Untitled"),
        el("span", { class: "bl-about" }, placed(entry.document, entry.citations)),
        entry.citations.some((citation) => citation.unsure) ? el("span", { class: "bl-unsure" }, UNSURE) : null,
        written ? entry.citations.map((citation) => el("q", {}, citation.quote)) : null))));
  }

  function reading(part, index, answer) {
    const chips = [];
    const chosen = answer.filter;
    /* A first question has no conversation that was read into it, but perhaps a date read out; and
       whose articles are meant is read out of any. */
    const whose = answer.filter_read && (chosen.sources.length || chosen.authors?.length);
    if (answer.searched !== answer.question && index > 0 && !whose) {
      chips.push(removable(`searched for: ${answer.searched}`, "Ask it as a question of its own",
        () => redo(part, index, { alone: true })));
    }
    if (answer.kind && answer.kind !== "fact") chips.push(kinds(part, index, answer.kind));
    const { after, before } = chosen;
    if (answer.filter_dropped) {
      chips.push(el("span", { class: "bl-tag" }, `nothing from “${answer.filter_read}” answers it: all articles were searched`));
    } else if (answer.filter_read && (after || before)) {
      const days = after && before ? (after === before ? day(after) : `${day(after)} to ${day(before)}`)
        : after ? `from ${day(after)}` : `up to ${day(before)}`;
      chips.push(removable(`“${answer.filter_read}”: ${days}`, "Ask it of articles of any date",
        () => redo(part, index, { any_date: true })));
    }
    const shown = answer.filter_read ? { ...chosen, after: "", before: "" } : chosen;
    chips.push(...bounds(shown).map(({ text }) => el("span", { class: "bl-tag" }, text)));
    return chips.length ? el("div", { class: "bl-tags" }, chips) : null;
  }

  /* Asks the question of a turn again, read in another way. */
  const redo = (part, turn, how) => part.trigger("redo", { turn, alone: false, any_date: false, all_articles: false, kind: "", ...how });

  const KINDS = ["fact", "summary", "timeline", "comparison", "list", "count"];
  const kinds = (part, index, kind) => menu(kind === "fact" ? "Ask as" : kind, kind === "fact" ? null : `${kind}: ask as another kind`,
    KINDS.filter((other) => other !== kind).map((other) => [`a ${other}`, () => redo(part, index, { kind: other })]), "bl-kind");

  function removable(text, label, listen) {
    return el("span", { class: "bl-tag" }, text,
      button("×", listen, { class: "bl-remove", "aria-label": label, title: label }));
  }

  function tools(part, turn, index, answer) {
    const verdicts = [["right", "Right"], ["wrong", "Wrong"], ...(answer.refused ? [] : [["citation wrong", "Citation wrong"]])];
    const copied = el("span", { class: "bl-about", role: "status" });
    return el("div", { class: "bl-tools" },
      button("Copy", async () => {
        copied.textContent = await copy(turn.markdown) ? "copied with its citations" : "could not be copied";
        setTimeout(() => { copied.textContent = ""; }, 2500);
      }, { class: "bl-quiet", "aria-label": "Copy the answer with its citations" }),
      turn.receipt ? button("Receipt", () => part.trigger("receipt", { turn: index }),
        { class: "bl-quiet", title: "A file of what the answer rests on, which `ask verify` checks" }) : null,
      (answer.kind || "fact") === "fact" ? kinds(part, index, "fact") : null,
      turn.id ? verdicts.map(([verdict, label]) => button(label,
        () => part.trigger("judge", { turn: turn.id, verdict: turn.verdict === verdict ? "" : verdict }),
        { class: "bl-quiet", "aria-pressed": turn.verdict === verdict, "aria-label": `This answer: ${label.toLowerCase()}`, title: "Kept for “Save judged questions”" })) : null,
      el("span", { class: "bl-about bl-cost" }, `${answer.timing.total.toFixed(1)} s`), copied);
  }

  /* Only a page from this machine, or one with TLS, has a clipboard of its own. */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = el("textarea", { "aria-hidden": true, class: "bl-hidden" });
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  function progress(part, turn) {
    const seconds = el("span", { class: "bl-seconds" });
    const show = () => { seconds.textContent = `${Math.max(0, Math.floor(Date.now() / 1000 - part.ahead - turn.begun))} s`; };
    show();
    const ticking = setInterval(() => (seconds.isConnected ? show() : clearInterval(ticking)), 500);
    return el("div", { class: "bl-progress" }, el("span", { class: "bl-dot", "aria-hidden": true }),
      el("span", {}, turn.stage), seconds);
  }

  function drawTurn(part, turn, index) {
    const answer = turn.answer;
    const body = [];
    if (turn.state === "working") {
      body.push(progress(part, turn));
      if (turn.found) {
        body.push(el("div", { class: "bl-found" },
          el("span", { class: "bl-about" }, "In the articles"), el("p", {}, turn.found)));
      }
      if (turn.draft) {
        body.push(el("div", { class: "bl-draft", "aria-hidden": true },
          el("span", { class: "bl-about" }, "Draft, not checked yet"), el("p", {}, turn.draft)));
      }
    } else if (turn.state !== "done") {
      body.push(turn.state === "failed" ? el("p", { class: "bl-failure", role: "alert" }, turn.failure)
        : el("p", { class: "bl-about" }, turn.state === "stopped" ? "Stopped." : "Not answered."),
      el("p", {}, button("Ask again", () => redo(part, index, {}), { class: "bl-again" })));
    } else if (answer.refused) {
      body.push(reading(part, index, answer), refusal(part, index, answer), tools(part, turn, index, answer));
    } else if (!answer.claims.length && answer.lead) { /* A count of none. */
      body.push(reading(part, index, answer), el("p", { class: "bl-lead" }, answer.lead), tools(part, turn, index, answer));
    } else if (!answer.claims.length) {
      body.push(el("p", { class: "bl-text bl-courtesy" }, answer.text));
    } else {
      body.push(reading(part, index, answer),
        answer.disagreement ? sides(part, index, answer)
          : answer.lead ? account(part, index, answer) : claims(part, index, answer),
        sources(part, index, answer), tools(part, turn, index, answer));
    }
    if (turn.state === "done" && turn.failure) body.push(el("p", { class: "bl-failure", role: "alert" }, turn.failure));
    return el("article", { class: "bl-turn", "aria-label": `Question ${index + 1}` },
      turn.question.length > LONG ? el("h2", { class: "bl-question bl-long", tabindex: 0 }, turn.question)
        : el("h2", { class: "bl-question" }, turn.question),
      el("div", { class: "bl-answer" }, body));
  }

  /* What a screen reader says of the last turn; the draft is not read out. */
  function spoken(turn) {
    if (turn.state === "working") return turn.stage.replace(/^(searching|reading) .*/, "$1");
    if (turn.state === "stopped") return "Stopped.";
    if (turn.state !== "done") return "";
    return turn.answer.refused || !turn.answer.claims.length ? turn.answer.text : `Answered with ${plural(turn.answer.citations.length, "quote")}.`;
  }

  function welcome(part, value) {
    return el("div", { class: "bl-welcome" },
      el("h2", {}, "Ask your articles"),
      el("p", {}, "Byline answers from the articles in your library, on this machine, and ties each sentence to the words of an article. What they do not say, it refuses."),
      value.samples ? el("p", { class: "bl-about" }, "Your library is empty, so the sample articles answer. ",
        button("Add your own", () => { openSide(); document.querySelector("#bl-files button").click(); }, { class: "bl-link" }), ", or ",
        button("keep the samples", () => part.trigger("samples", {}), { class: "bl-link" }), ".") : null,
      value.suggestions.length ? el("ul", { class: "bl-suggestions", "aria-label": "Example questions" }, value.suggestions.map((question) =>
        el("li", {}, button(question, () => part.trigger("suggest", { question }), { class: "bl-suggestion", dir: "auto" })))) : null);
  }

  /* What a filter asks for, each with what is left of the filter without it. */
  function bounds(filter) {
    const names = [["sources", "source"], ["authors", "author"], ["tags", "tag"]].flatMap(([name, word]) => (filter[name] || []).map((one) =>
      ({ text: `${word}: ${one}`, called: one, without: { ...filter, [name]: filter[name].filter((other) => other !== one) } })));
    const days = [["after", "from"], ["before", "up to"]].filter(([name]) => filter[name]).map(([name, word]) =>
      ({ text: `${word} ${day(filter[name])}`, called: `${word} ${day(filter[name])}`, without: { ...filter, [name]: "" } }));
    return [...names, ...days];
  }

  function filters(part, filter) {
    const chips = bounds(filter).map(({ text, called, without }) =>
      removable(text, `Remove the filter ${called}`, () => part.trigger("filter", without)));
    return chips.length ? el("div", { class: "bl-tags bl-filters", "aria-label": "Filters of the next question", role: "group" }, chips) : null;
  }

  function drawDesk(part, value) {
    const root = part.root;
    if (!part.list) {
      part.list = el("div", { class: "bl-turns" });
      part.foot = el("div", { class: "bl-foot" });
      part.drawn = [];
      part.status = el("p", { class: "bl-hidden", role: "status" });
      root.replaceChildren(part.status, part.list, part.foot);
    }
    part.ahead = Date.now() / 1000 - value.now; /* Of the server's clock. */
    const newest = value.turns.at(-1);
    const said = newest ? spoken(newest) : "";
    if (part.status.textContent !== said) part.status.textContent = said;
    /* What is open belongs to the conversation that was there before. */
    const fresh = value.conversation !== part.conversation;
    if (part.conversation && fresh) closePanel();
    part.conversation = value.conversation;
    if (value.conversation) sessionStorage.setItem("byline-conversation", value.conversation);
    else if (!value.turns.length) sessionStorage.removeItem("byline-conversation");
    if (!value.turns.length) {
      part.list.replaceChildren(welcome(part, value));
      part.drawn = [];
    } else {
      if (!part.drawn.length) part.list.replaceChildren();
      value.turns.forEach((turn, index) => {
        const text = JSON.stringify(turn);
        if (part.drawn[index] === text) return;
        const node = drawTurn(part, turn, index);
        const old = part.list.children[index];
        const focused = old && old.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
        if (old) old.replaceWith(node); else part.list.append(node);
        if (old?.querySelector(".bl-more[open]")) node.querySelector(".bl-more").open = true;
        if (focused) [...node.querySelectorAll("[aria-label]")].find((other) => other.getAttribute("aria-label") === focused)?.focus();
        part.drawn[index] = text;
      });
      while (part.list.children.length > value.turns.length) part.list.lastChild.remove();
      part.drawn.length = value.turns.length;
    }
    const foot = JSON.stringify([value.filter, value.notice]);
    if (foot !== part.footed) {
      part.footed = foot;
      fill(part.foot, filters(part, value.filter),
        value.notice ? el("p", { class: "bl-failure", role: "alert" }, value.notice) : null);
    }
    const working = value.turns.findIndex((turn) => turn.state === "working");
    document.body.classList.toggle("bl-working", working >= 0);
    if (working >= 0 && !value.watched) part.trigger("watch", {}); /* It was being made before. */
    /* To its question when it begins, and once more when there is an answer that fills the page;
       in a conversation that is opened, to what was said last. */
    const begun = working >= 0 && working !== part.working;
    const to = begun ? working : working >= 0 ? -1 : part.working ?? (fresh ? value.turns.length - 1 : -1);
    part.working = working >= 0 ? working : undefined;
    if (begun && touched()) document.activeElement.blur(); /* The keyboard gives its place. */
    part.list.children[to]?.scrollIntoView({ block: "start", behavior: still() || fresh ? "auto" : "smooth" });
  }

  /* Where the keyboard does not come up and cover the page. */
  const toBox = () => touched() || document.querySelector("#bl-box textarea")?.focus();
  const touched = () => matchMedia("(pointer: coarse)").matches;
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* ---------------------------------------------------------------- panel */

  /* On a phone the article covers the conversation, which then cannot be reached by key either. */
  function show(shown) {
    document.body.classList.toggle("bl-open", shown);
    const middle = document.querySelector("#bl-middle");
    if (middle) middle.inert = shown && innerWidth <= 900;
  }

  function closePanel() {
    const part = parts.panel;
    if (!document.body.classList.contains("bl-open")) return;
    show(false);
    part.root.replaceChildren();
    const chips = document.querySelectorAll(same(open.turn, open.number));
    const back = chips[open.chip] || chips[0] || part.opener;
    if (back && back.isConnected) back.focus();
  }

  const UNSURE = "Not surely read from the picture: compare it with the page.";
  const ZOOMS = [1, 1.5, 2, 3];

  /* A page of the article's file as it looks, with the lines of the quote marked. */
  function sheet(value) {
    let number = value.page || 1, zoom = 0, wanted = 0;
    const NS = "http://www.w3.org/2000/svg";
    const place = el("span", { class: "bl-about", role: "status" });
    const picture = el("img", { alt: "" });
    const marks = document.createElementNS(NS, "svg");
    marks.setAttribute("viewBox", "0 0 10000 10000");
    marks.setAttribute("preserveAspectRatio", "none");
    marks.setAttribute("aria-hidden", "true");
    const paper = el("div", { class: "bl-paper" }, picture, marks);
    const failure = el("p", { class: "bl-failure", role: "alert", hidden: true });
    const desk = el("div", { class: "bl-sheet", tabindex: 0, role: "region", "aria-label": "Picture of the page" }, paper, failure);

    function look() {
      paper.style.width = `${100 * ZOOMS[zoom]}%`;
      smaller.disabled = zoom === 0;
      larger.disabled = zoom === ZOOMS.length - 1;
    }

    function toMark() {
      const box = marks.getBBox();
      const share = marks.children.length ? [(box.x + box.width / 2) / 10000, (box.y + box.height / 2) / 10000] : [0, 0];
      desk.scrollTo({ left: share[0] * paper.offsetWidth - desk.clientWidth / 2, top: share[1] * paper.offsetHeight - desk.clientHeight / 2 });
    }

    async function load(anew) {
      const asked = ++wanted;
      previous.disabled = number <= 1;
      next.disabled = number >= value.pages;
      place.textContent = `page ${number} of ${value.pages}, loading`;
      const longest = Math.min(2600, Math.round(1500 * Math.max(1, ZOOMS[zoom] * .7)));
      const [start, end] = value.quote;
      let found;
      try {
        found = await (await fetch(`/page/${value.id}/${number}?start=${start}&end=${end}&longest=${longest}`)).json();
      } catch {
        found = { failure: "The page cannot be shown: the server does not answer." };
      }
      if (asked !== wanted) return;
      place.textContent = `page ${number} of ${value.pages}`;
      failure.hidden = !found.failure;
      paper.hidden = Boolean(found.failure);
      failure.textContent = found.failure || "";
      if (found.failure) return;
      picture.src = found.picture;
      picture.alt = `Page ${number}${found.marks.length ? `, ${plural(found.marks.length, "line")} of the quote marked` : ""}`;
      paper.style.aspectRatio = `${found.width} / ${found.height}`;
      marks.replaceChildren(...found.marks.map((corners) => {
        const mark = document.createElementNS(NS, "polygon");
        mark.setAttribute("points", corners.join(" "));
        return mark;
      }));
      if (anew) toMark();
    }

    const step = (by) => { number += by; load(true); };
    const scale = (by) => { zoom += by; look(); toMark(); load(false); };
    const previous = button("‹", () => step(-1), { class: "bl-quiet", "aria-label": "Previous page" });
    const next = button("›", () => step(1), { class: "bl-quiet", "aria-label": "Next page" });
    const smaller = button("−", () => scale(-1), { class: "bl-quiet", "aria-label": "Smaller" });
    const larger = button("+", () => scale(1), { class: "bl-quiet", "aria-label": "Larger" });
    look();
    requestAnimationFrame(() => load(true));
    return el("section", { class: "bl-page", "aria-label": "The page itself" },
      el("div", { class: "bl-page-head" }, el("div", { class: "bl-steps" }, previous, place, next), el("div", { class: "bl-steps" }, smaller, larger)),
      value.unsure ? el("p", { class: "bl-unsure" }, UNSURE) : null,
      desk);
  }

  const openSide = () => document.querySelector("#bl-side:not(.open) .toggle-button")?.click();

  /* On a phone the sidebar covers what was chosen in it. */
  function leaveSide() {
    if (innerWidth <= 900) document.querySelector("#bl-side.open .toggle-button")?.click();
  }

  function drawPanel(part, value) {
    if (!value || (!value.segments && !value.failure)) { closePanel(); return; }
    leaveSide();
    part.opener = document.activeElement && document.activeElement !== document.body ? document.activeElement : part.opener;
    const close = button("Close", closePanel, { class: "bl-quiet bl-close", "aria-label": "Close the article" });
    if (value.failure) {
      part.root.replaceChildren(el("div", { class: "bl-panel-head" }, close), el("p", { class: "bl-failure", role: "alert" }, value.failure));
    } else {
      Object.assign(open, value.turn >= 0 ? { turn: value.turn, number: value.number } : { turn: -1, number: 0 });
      const place = value.numbers.indexOf(value.number);
      const step = (by) => part.trigger("cite", { turn: value.turn, number: value.numbers[place + by] });
      const heading = el("h2", { class: "bl-title", tabindex: -1 }, value.title);
      fill(part.root,
        el("div", { class: "bl-panel-head" },
          value.numbers.length > 1 ? el("div", { class: "bl-steps" },
            button("‹", () => step(-1), { class: "bl-quiet", disabled: place <= 0, "aria-label": "Previous quote" }),
            el("span", { class: "bl-about" }, `quote ${place + 1} of ${value.numbers.length}`),
            button("›", () => step(1), { class: "bl-quiet", disabled: place >= value.numbers.length - 1, "aria-label": "Next quote" })) : el("span"),
          el("span", {}, value.editable ? button("Correct", () => drawEdit(part, value), { class: "bl-quiet bl-correct", "aria-label": "Correct what is said of the article" }) : null, close)),
        heading,
        el("div", { class: "bl-edit" }),
        el("p", { class: "bl-about" }, [value.author, about(value), plural(value.words, "word")].filter(Boolean).join(" · ")),
        value.url || value.file ? el("p", { class: "bl-about bl-originals" },
          value.url ? el("a", { href: value.url, target: "_blank", rel: "noopener noreferrer" }, "Open the original") : null,
          value.file ? el("a", { href: `/file/${value.id}`, target: "_blank", rel: "noopener noreferrer" }, "Open the file") : null) : null,
        value.tags.length ? el("div", { class: "bl-tags", "aria-label": "Tags", role: "group" }, value.tags.map((tag) => el("span", { class: "bl-tag" }, tag))) : null,
        value.corrected.length ? el("p", { class: "bl-about bl-corrected" }, `Corrected: ${value.corrected.map(([name, said]) =>
          `${NAMED[name]} (its file says ${said ? `“${said}”` : "nothing"})`).join(", ")}`) : null,
        value.kin.length ? el("p", { class: "bl-about" }, `Nearly the same, and no further source: ${value.kin.map(named).join("; ")}`) : null,
        value.pages ? sheet(value) : null,
        el("div", { class: "bl-article", dir: "auto", tabindex: 0, role: "document", "aria-label": "Text of the article" }, value.segments.map((segment) =>
          segment.number ? el("mark", { class: segment.current ? "bl-mark bl-current" : "bl-mark", data: { number: segment.number } }, worded(segment.pieces))
            : document.createTextNode(segment.text))));
      show(true);
      const mark = part.root.querySelector(".bl-current");
      heading.focus({ preventScroll: true });
      part.root.classList.toggle("bl-paged", Boolean(value.pages));
      if (mark) mark.scrollIntoView({ block: value.pages ? "start" : "center" });
      else part.root.scrollTop = 0;
      if (value.described) drawEdit(part, value);
      return;
    }
    show(true);
    close.focus();
  }

  const NAMED = { title: "title", source: "source", author: "author", published: "date", tags: "tags" };

  /* What is said of the article, to be corrected; what is not changed stays as the file has it. */
  function drawEdit(part, value) {
    const place = part.root.querySelector(".bl-edit");
    const back = () => { place.replaceChildren(); part.root.querySelector(".bl-correct").focus(); };
    if (place.firstChild) { back(); return; }
    const typed = value.described || { ...value, title: value.titled };
    const send = (described) => part.trigger("edit", { id: value.id, turn: value.turn, number: value.number, described });
    const field = (name, label, content, type = "text") => el("label", {}, el("span", {}, label),
      el("input", { type, name, value: content, dir: "auto", maxlength: type === "text" ? 1000 : null }));
    const form = el("form", { "aria-label": "What is said of the article", on: {
      submit: (event) => {
        event.preventDefault();
        const said = Object.fromEntries(new FormData(form));
        // A folder's name may have a comma itself.
        const tags = said.tags === value.tags.join(", ") ? value.tags : said.tags.split(",").map((tag) => tag.trim()).filter(Boolean);
        send({ ...said, tags });
      },
      keydown: (event) => { if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); back(); } },
    } },
      value.notice ? el("p", { class: "bl-failure", role: "alert" }, value.notice) : null,
      field("title", "Title", typed.title), field("published", "Date", typed.published, "date"),
      field("source", "Source", typed.source), field("author", "Author", typed.author),
      field("tags", "Tags", typed.tags.join(", ")),
      el("div", { class: "bl-tools" }, el("button", { type: "submit", class: "bl-quiet bl-save" }, "Save"),
        button("Cancel", back, { class: "bl-quiet" }),
        value.corrected.length ? button("Undo corrections", () => send({ undo: true }), { class: "bl-quiet" }) : null));
    place.append(form);
    form.querySelector("input").focus();
  }

  /* On paper nothing is folded away. */
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll(".bl-more:not([open])")];
    for (const node of unfolded) node.open = true;
  });
  addEventListener("afterprint", () => { for (const node of unfolded) node.open = false; });

  addEventListener("resize", () => show(document.body.classList.contains("bl-open")));

  const KEYS = [["/", "to the question"], ["Enter", "asks it"], ["Shift Enter", "begins another line"],
    ["Esc", "closes the article, or stops the answer"], ["?", "shows these keys"]];

  /* A modal dialog: the browser keeps the focus in it, closes it by Escape, and gives the focus back. */
  const keys = el("dialog", { class: "bl-part bl-keys", "aria-label": "Keys" },
    el("h2", {}, "Keys"),
    el("dl", {}, KEYS.map(([key, does]) => [el("dt", {}, key.split(" ").map((each) => el("kbd", {}, each))), el("dd", {}, does)])),
    el("p", {}, button("Close", () => keys.close(), { class: "bl-again" })));

  function showKeys() {
    if (!keys.isConnected) document.body.append(keys);
    keys.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (keys.open) return;
    const typing = /^(input|textarea|select)$/i.test(document.activeElement?.tagName || "");
    if (event.key === "Escape" && !tip.hidden) {
      event.preventDefault();
      tip.hidden = true;
    } else if (event.key === "Escape" && document.body.classList.contains("bl-open")) {
      event.preventDefault();
      closePanel();
    } else if (event.key === "Escape" && document.body.classList.contains("bl-working")) {
      event.preventDefault();
      document.querySelector("#bl-stop").click();
    } else if (event.key === "?" && !typing) {
      event.preventDefault();
      showKeys();
    } else if (event.key === "/" && !typing) {
      event.preventDefault();
      document.querySelector("#bl-box textarea")?.focus();
    }
  });

  /* -------------------------------------------------------------- library */

  const dragged = (event) => event.dataTransfer?.types.includes("Files");
  const hidden = (entry) => entry.name.startsWith(".");

  /* Whether a file begins with sentences, as one without a type has to in a folder
     (looks_like_prose in index/reading/plain/text.py says why, and more exactly). */
  async function isProse(file) {
    const text = await file.slice(0, 8192).text(), letters = text.match(/\p{L}/gu)?.length ?? 0;
    return letters > 0.85 * text.replace(/\s/g, "").length && /\p{L}["'”’)]*[.!?](?:\s|$)|[。！？]/u.test(text);
  }

  /* The files of what was dropped: of a folder, those that can be read. */
  async function filesIn(entry, endings) {
    if (entry.isFile) {
      const name = entry.name.toLowerCase().replace(/(\.\w+)\.gz$/, "$1");
      const known = !endings || endings.some((ending) => name.endsWith(ending));
      const typed = /\.(?!\d+$)[^. ]+$/.test(entry.name);
      if (typed && !known) return [];
      const file = await new Promise((found, failed) => entry.file(found, failed));
      return known || await isProse(file) ? [file] : [];
    }
    const reader = entry.createReader(), inside = [];
    for (let some; !some || some.length;) { /* A hundred at a time. */
      some = await new Promise((found, failed) => reader.readEntries(found, failed));
      inside.push(...some);
    }
    /* One that cannot be read does not keep the others out. */
    const found = inside.filter((each) => !hidden(each)).map((each) => filesIn(each, parts.shelf.value.endings).catch(() => []));
    return (await Promise.all(found)).flat();
  }

  const HEADER = 1024; /* Bytes that an upload spends on each of its files beside them, at most. */
  let adding = null; /* What was dropped and is not uploaded yet, and what became of the rest. */

  /* Files, parted into uploads that the server takes. */
  function portions(files, most) {
    const found = [];
    let room = 0;
    for (const file of files) {
      if (file.size + HEADER > room) { found.push(new DataTransfer()); room = most; }
      found.at(-1).items.add(file);
      room -= file.size + HEADER;
    }
    return found;
  }

  /* Upload the next portion, as soon as the one before is through. */
  function addNext() {
    const input = document.querySelector("#bl-files input[type=file]");
    if (!input) { setTimeout(addNext, 300); return; }
    input.files = adding.due.shift().files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* Join what became of one portion with what became of those before. */
  function follow(value) {
    if (!adding || !value.results.length || value.joined) return;
    value.joined = true;
    value.results = [...adding.earlier, ...value.results];
    if (value.notice) return;
    adding.earlier = value.results;
    if (adding.due.length) addNext(); else adding = null;
  }

  /* Whatever is dropped, wherever on the page, goes the way of files that are chosen. */
  addEventListener("dragover", (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    document.body.classList.add("bl-dropping");
  }, true);
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("bl-dropping"); }, true);
  addEventListener("drop", async (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.body.classList.remove("bl-dropping");
    const tell = (line) => parts.shelf.notice.replaceChildren(line);
    /* What was dropped can be asked for only until this function first waits. */
    const dropped = [...event.dataTransfer.items].filter((item) => item.kind === "file")
      .map((item) => [item.webkitGetAsEntry(), item.getAsFile()]);
    const files = [];
    try {
      for (const [entry, file] of dropped) files.push(...(entry ? await filesIn(entry) : [file]));
    } catch { tell("What was dropped cannot be read; choose its files instead."); return; }
    if (!files.length) tell("Nothing in the folder is of a type that can be read.");
    else if (!document.querySelector("#bl-files input[type=file]")) tell("Wait until the files before are added, and drop these again.");
    else {
      adding = { due: portions(files, parts.shelf.value.upload), earlier: [] };
      addNext();
      tell(`Adding ${plural(files.length, "file")} …`);
    }
  }, true);

  /* What became of the files: what failed, and what was added, of which many are folded away. */
  function results(told) {
    const row = (result) => el("li", { class: result.ok ? "" : "bl-failure", dir: "auto" }, result.text);
    const failed = told.filter((result) => !result.ok), added = told.filter((result) => result.ok);
    if (told.length <= FEW) return [el("ul", { class: "bl-results" }, told.map(row))];
    return [el("ul", { class: "bl-results" }, failed.map(row)),
      added.length ? el("details", { class: "bl-more" }, el("summary", {}, `${plural(added.length, "article")} read`),
        el("ul", { class: "bl-results" }, added.map(row))) : null];
  }

  function drawShelf(part, value) {
    part.value = value;
    follow(value);
    part.notice ||= el("div", { class: "bl-notice", role: "status" });
    if (value.failure) { /* In the place of the list, which is drawn anew once it can be. */
      part.list = part.offered = null;
      fill(part.notice);
      fill(part.root, part.notice, el("p", { class: "bl-failure", role: "alert" }, value.failure));
      return;
    }
    if (!part.list) {
      const told = (page) => part.trigger("search", { text: part.search.value, order: part.order.value, page });
      part.search = el("input", { type: "search", placeholder: "Find an article", "aria-label": "Find an article by title, source, or author",
        on: { input: settled(() => told(0), 250) } });
      part.order = el("select", { "aria-label": "Order of the articles", on: { change: () => told(0) } },
        [["newest", "Newest first"], ["oldest", "Oldest first"], ["title", "By title"], ["source", "By source"], ["added", "Last added first"]].map(([name, label]) => el("option", { value: name }, label)));
      part.count = el("p", { class: "bl-about" });
      part.list = el("ul", { class: "bl-shelf", "aria-label": "Articles" });
      part.choose = el("details", { class: "bl-choose" });
      part.pages = el("nav", { class: "bl-steps", "aria-label": "Pages of the list" });
      part.turnTo = told;
      part.root.replaceChildren(part.notice, part.choose, el("div", { class: "bl-find" }, part.search, part.order), part.count, part.list, part.pages);
    }
    fill(part.notice,
      value.notice ? el("span", {}, value.notice) : null,
      value.undo ? button("Undo", () => part.trigger("undo", {}), { class: "bl-quiet", "aria-label": "Undo the removal" }) : null,
      ...(value.results.length ? results(value.results) : []));
    const offered = JSON.stringify([value.sources, value.tags]);
    if (offered !== part.offered) {
      part.offered = offered;
      drawFilters(part, value);
    }
    for (const box of part.choose.querySelectorAll("input[name]")) {
      if (box.type === "checkbox") box.checked = value.filter[box.name].includes(box.value);
      else if (box !== document.activeElement) box.value = value.filter[box.name];
    }
    part.count.textContent = value.articles === 0 ? "Your library is empty. Add files above, or paste a text."
      : `${plural(value.articles, "article")}, ${plural(value.passages, "passage")}`
        + (value.found !== value.articles ? `; ${value.found.toLocaleString("en")} found` : "");
    const turn = (label, page, possible) => button(label, () => part.turnTo(page),
      { class: "bl-quiet", disabled: !possible, "aria-label": `${label} page of the list`, data: { key: label } });
    redrawn(part.pages, () => fill(part.pages, ...(value.pages > 1 ? [turn("Previous", value.page - 1, value.page > 0),
      el("span", { class: "bl-about", role: "status" }, `${value.first.toLocaleString("en")}–${(value.first + value.rows.length - 1).toLocaleString("en")} of ${value.found.toLocaleString("en")}`),
      turn("Next", value.page + 1, value.page + 1 < value.pages)] : [])), () => part.pages.querySelector("button:enabled") || part.search);
    redrawn(part.list, () => part.list.replaceChildren(...value.rows.map((row) => el("li", {},
      button([el("span", { dir: "auto" }, row.title), el("span", { class: "bl-about" }, [about(row), row.corrected.length ? "corrected" : ""].filter(Boolean).join(" · "))],
        () => part.trigger("show", { id: row.id }), { class: "bl-open-article", data: { key: `show ${row.id}` } }),
      button("×", () => part.trigger("remove", { id: row.id }), { class: "bl-quiet bl-danger", "aria-label": `Remove ${row.title}`, title: "Remove", data: { key: `remove ${row.id}` } })))), () => part.notice.querySelector("button") || part.search);
  }

  /* Draws anew what may hold the focus: that stays on the button of its key, or goes elsewhere. */
  function redrawn(node, draws, elsewhere) {
    const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    draws();
    if (key) ([...node.querySelectorAll("button:enabled")].find((each) => each.dataset.key === key) || elsewhere()).focus();
  }

  function drawFilters(part, value) {
    const { filter } = value;
    const checked = (name) => [...part.choose.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);
    const told = () => part.trigger("filter", {
      sources: checked("sources"),
      tags: checked("tags"),
      after: part.choose.querySelector("[name=after]").value,
      before: part.choose.querySelector("[name=before]").value,
    });
    /* While a year is typed, a date input changes at each digit. */
    const later = settled((event) => {
      const year = event.target.value ? Number(event.target.value.slice(0, 4)) : 9999;
      if (year >= 1000) told();
    }, 600);
    const input = (name, label) => el("label", {}, label,
      el("input", { type: "date", name, value: filter[name], on: { change: later } }));
    const choices = (legend, name, counted) => {
      const rows = counted.filter(([each]) => each).map(([each, count]) => el("label", {},
        el("input", { type: "checkbox", name, value: each, checked: filter[name].includes(each), on: { change: told } }),
        el("span", { dir: "auto" }, each), el("span", { class: "bl-about" }, count.toLocaleString("en"))));
      const find = el("input", { type: "search", placeholder: `Find among ${rows.length}`, "aria-label": `Find among the ${legend.toLowerCase()}`,
        on: { input: () => { for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(find.value.trim().toLowerCase()); } } });
      return el("fieldset", {}, el("legend", {}, legend), rows.length > 8 ? find : null, el("div", { class: "bl-choices" }, rows));
    };
    fill(part.choose,
      el("summary", {}, "Filters of the next question"),
      el("fieldset", {}, el("legend", {}, "Published"), input("after", "from"), input("before", "up to")),
      choices("Sources", "sources", value.sources),
      value.tags.length ? choices("Tags and folders", "tags", value.tags) : null);
  }

  /* -------------------------------------------------------- conversations */

  function drawTalks(part, value) {
    if (value.download && value.download.key !== part.downloaded) {
      part.downloaded = value.download.key;
      const bytes = Uint8Array.from(atob(value.download.data), (letter) => letter.charCodeAt(0));
      const link = el("a", { download: value.download.name, href: URL.createObjectURL(new Blob([bytes])) });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }
    /* A title that is being typed is not taken away; its end draws the list anew. */
    part.value = value;
    if (part.root.querySelector(".bl-talks input")) return;
    const drawn = JSON.stringify([value.rows, value.current, value.search, value.failure]);
    if (drawn === part.drawn) return; /* A menu stays open. */
    part.drawn = drawn;
    part.search ||= el("input", { type: "search", placeholder: "Find a conversation", "aria-label": "Find a conversation by its words", dir: "auto",
      on: { input: settled(() => part.trigger("search", { text: part.search.value }), 250) } });
    const searching = part.search === document.activeElement;
    fill(part.root,
      value.failure ? el("p", { class: "bl-failure", role: "alert" }, value.failure) : null,
      button("New conversation", () => { leaveSide(); toBox(); part.trigger("begin", {}); }, { class: "bl-new" }),
      value.rows.length || value.search ? el("div", { class: "bl-find" }, part.search) : null,
      value.rows.length ? el("ul", { class: "bl-talks", "aria-label": "Conversations" }, value.rows.map((row) => drawTalk(part, row, value.current)))
        : el("p", { class: "bl-about", role: "status" }, value.search ? "No conversation has these words." : "What you ask is kept here, on this machine."),
      value.rows.length ? button("Save judged questions", () => part.trigger("examples", {}),
        { class: "bl-quiet", title: "A file for `ask eval`, of the answers called right or wrong" }) : null,
      button("Keys", showKeys, { class: "bl-quiet", title: "Which keys do what: ?" }));
    if (searching) part.search.focus();
  }

  function drawTalk(part, row, current) {
    const item = el("li", { class: row.id === current ? "bl-here" : "" });
    const name = button(row.title, () => { leaveSide(); part.trigger("reopen", { id: row.id }); }, { class: "bl-open-talk", dir: "auto", "aria-current": row.id === current ? "true" : null });
    const rename = () => {
      const input = el("input", { type: "text", value: row.title, dir: "auto", "aria-label": "Title of the conversation" });
      let done = false;
      const end = (keep) => {
        if (done) return;
        done = true;
        const title = input.value.split(/\s+/).filter(Boolean).join(" ");
        input.replaceWith(name);
        if (keep && title && title !== row.title) part.trigger("rename", { id: row.id, title });
        else drawTalks(part, { ...part.value, download: null });
      };
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") end(true);
        if (event.key === "Escape") { event.stopPropagation(); end(false); name.focus(); }
      });
      input.addEventListener("blur", () => end(true));
      name.replaceWith(input);
      input.focus();
      input.select();
    };
    item.append(name, menu("⋯", `More about ${row.title}`, [
      ["Rename", rename],
      ...[["Markdown", "md"], ["HTML", "html"], ["Word", "docx"], ["JSON", "json"]].map(([name, form]) =>
        [`Save as ${name}`, () => part.trigger("export", { id: row.id, form })]),
      ["Delete", () => part.trigger("forget", { id: row.id }), { class: "bl-quiet bl-danger" }],
    ]));
    return item;
  }

  /* ---------------------------------------------------------------- start */

  const draw = { desk: drawDesk, panel: drawPanel, shelf: drawShelf, talks: drawTalks };

  function mount(name, element, props, trigger, watch) {
    const root = element.querySelector(".bl-part");
    const part = parts[name] = { root, trigger };
    const redraw = () => { if (props.value) draw[name](part, JSON.parse(JSON.stringify(props.value))); };
    watch("value", redraw);
    redraw();
  }

  /* Gradio's sidebar would cover a phone; it begins closed and is opened where there is room. */
  const opened = () => [sessionStorage.getItem("byline-conversation") || ""];

  function start() {
    if (innerWidth > 900) openSide();
    /* Gradio's own `autofocus` takes the focus back at every change. */
    toBox();
    document.querySelector("#bl-side .toggle-button")?.setAttribute("aria-label", "Library and conversations");
    for (const area of document.querySelectorAll("#bl-box textarea, #bl-paste textarea, #bl-paste input")) area.dir = "auto";
    return opened();
  }

  return { mount, opened, start };
})();

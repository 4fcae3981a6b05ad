// Pages that show work in progress say how often to look again; without this script they are loaded again by hand.
const main = document.querySelector("main");
const seconds = Number(main?.dataset.refreshSeconds);
const timer = seconds > 0 ? setInterval(() => refresh().catch(() => {}), seconds * 1000) : undefined;

async function refresh() {
  if (document.hidden || isTyping()) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  // Signed out meanwhile.
  if (answer.redirected) return location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (!fresh || isTyping()) return;
  const at = document.activeElement;
  update(partsOf(main), partsOf(fresh));
  if (!at.isConnected) twinOf(at)?.focus({ preventScroll: true });
  if (!fresh.dataset.refreshSeconds) clearInterval(timer);
}

function isTyping() {
  const at = document.activeElement;
  return main.contains(at) && at.matches("input, select, textarea");
}

// What was said once is not said again by a fresh page.
const partsOf = (page) => [...page.children].filter((part) => !part.matches(".notice"));

// What is as it was stays, so that it is not read out again, and a table stays where it was scrolled to.
function update(shown, fresh) {
  let before = main.querySelector("h1");
  while (shown.length > 0 && fresh.length > 0 && shown[0].isEqualNode(fresh[0])) {
    before = shown.shift();
    fresh.shift();
  }
  while (shown.length > 0 && fresh.length > 0 && shown.at(-1).isEqualNode(fresh.at(-1))) {
    shown.pop();
    fresh.pop();
  }
  if (shown.length === fresh.length) return shown.forEach((part, place) => part.replaceWith(fresh[place]));
  before.after(...fresh);
  for (const part of shown) part.remove();
}

// Of a link, a button or a table that was replaced: where it is now.
const nameOf = (part) => part.getAttribute("aria-label") ?? part.textContent;
const twinOf = (part) => [...main.querySelectorAll(part.localName)].find((one) => nameOf(one) === nameOf(part));

// What was typed is not lost unawares, neither with the page nor with another form of it.
const textOf = (form) => String(new URLSearchParams(new FormData(form)));
const forms = [...document.querySelectorAll("form.card")].map((form) => ({ form, text: textOf(form) }));
let sent;

const isUnsaved = ({ form, text }) => form.querySelector("[role=alert]") !== null || textOf(form) !== text;

addEventListener("submit", ({ target }) => sent = target);
addEventListener("beforeunload", (event) => {
  if (forms.some((one) => one.form !== sent && isUnsaved(one))) event.preventDefault();
  sent = undefined;
});
